#pragma once

#include "engine/conductor.h"

namespace latchkey {

/// Signing in with user name and password. A stranger's failures never lock the account (R8.1):
/// they block this door only, for a time that grows and ends by itself.
class SignIn {
 public:
    explicit SignIn(const Parts& parts) : parts_(parts) {}

    /// The account, or `wrong_credentials` for a wrong password, an unknown and a disabled user
    /// alike, at the cost of one slow hash each; `blocked` until an instant after too many
    /// failures.
    Result<Account> enter(std::string_view user_name, const Secret& password, const Origin& origin);

 private:
    Parts parts_;
};

}  // namespace latchkey
