#pragma once

#include "engine/random.h"
#include "engine/stores.h"
#include "web/http/message.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey {

/// A browser as its cookie tells. Its `session` names what its requests and forms belong to; it is
/// the same before and after sign-in and survives every change of the cookie.
struct Visitor {
    SessionId session;
    std::string token;             // what the cookie holds
    bool new_cookie = false;       // the answer has to set it
    std::optional<Session> known;  // what is stored; nothing for a browser that began nothing yet

    /// Signed in, or empty.
    AccountId account() const { return known ? known->account : AccountId{}; }
};

/// Cookies and sessions (S33, S34). The cookie holds an opaque token. A browser that began nothing
/// holds one that we can recognise without having stored it; at each gain it gets another, and
/// whoever planted or copied the old one is left behind.
class Visitors {
 public:
    Visitors(const Clock& clock, Random& random, const Crypto& crypto, SessionStore& sessions)
        : clock_(clock), random_(random), crypto_(crypto), sessions_(sessions) {}

    /// True if `look` needs no database for this browser.
    bool quick(const http::Request& request) const;

    /// For pages that anybody may see.
    Visitor look(const http::Request& request);

    /// For everything else: tells a token that was replaced from the present one. A browser that
    /// lost the answer to the form that replaced it may send that very form (`form_token`) again
    /// and gets its new cookie once more (R12.7).
    Visitor visit(const http::Request& request, std::string_view form_token);

    /// Makes sure that the session is stored, so that requests can belong to it.
    void remember(Visitor& visitor);

    /// The person proved something by sending the form `form_token`: another token from now on.
    /// With an `account`, that one is signed in from now on; else whoever is signed in stays.
    void gain(Visitor& visitor, std::string_view form_token, const AccountId& account = {});

    /// The browser as it is once the person has proved this verification beside the password
    /// (step-up): its session is to be stored together with what the proof uses up, so that neither
    /// is without the other.
    Visitor proving(const Visitor& visitor, std::string_view form_token,
                    const std::string& factor) const;

    /// Somebody else changed the session meanwhile: the browser as `visit` finds it now.
    void catch_up(Visitor& visitor, std::string_view form_token);

    /// Signs out; requests of this browser go on.
    void leave(Visitor& visitor, std::string_view form_token);

    /// True if the person proved who they are within the last five minutes (step-up, S34).
    bool fresh(const Visitor& visitor) const;

    /// The verification that was proved beside it as lately; empty: none.
    std::string fresh_factor(const Visitor& visitor) const;

 private:
    Visitor anonymous();
    Visitor arrived(std::string token, std::string_view form_token);
    Visitor stored(Session session, std::string token);
    Visitor rotated(Visitor visitor, std::string_view form_token) const;
    void rotate(Visitor& visitor, std::string_view form_token,
                const std::function<void(Session&)>& gained);
    bool save(Visitor& visitor);  // false: somebody else changed or ended it

    const Clock& clock_;
    Random& random_;
    const Crypto& crypto_;
    SessionStore& sessions_;
};

/// Adds the cookie to the answer if it has to be set.
void set_cookies(http::Response& response, const Visitor& visitor, bool secure);

}  // namespace latchkey
