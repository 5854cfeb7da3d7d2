#pragma once

#include "web/pages/call.h"

#include <string>
#include <string_view>

namespace latchkey {

/// Where a person goes after signing in: a page of their own account and nothing else, whatever the
/// address or the form says (S37).
bool is_account_path(std::string_view path);

/// The wanted page as `call` names it in "then", of its form or its address; else the account.
std::string return_path(const Call& call);

/// "?then=" and the page that was asked for, to come back to it; empty for all but those pages. A
/// form is not sent again: its page is asked for anew.
std::string asking_to_return(const Call& call);

}  // namespace latchkey
