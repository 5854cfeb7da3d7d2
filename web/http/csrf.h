#pragma once

#include "engine/crypto.h"
#include "engine/ids.h"
#include "engine/random.h"
#include "web/http/message.h"

#include <string>
#include <string_view>

namespace latchkey::http {

/// The name of the hidden field that every form of ours carries.
inline constexpr std::string_view kFormToken = "csrf";

/// A token that proves that a form was made for this session (S35): a random part, new with every
/// form and so also the name of this one form, and a keyed digest over it and the session.
std::string make_form_token(const Crypto& crypto, Random& random, const SessionId& session);

bool form_token_holds(const Crypto& crypto, const SessionId& session, std::string_view token);

/// False if the browser says that another site sent this request: by Sec-Fetch-Site, else by
/// Origin. A sender that says neither is no browser of today; the form token must do.
bool same_origin(const Request& request);

}  // namespace latchkey::http
