#pragma once

#include "engine/ids.h"
#include "engine/result.h"
#include "engine/secret.h"

#include <string>

namespace latchkey {

/// A new password, hashed and ready to be committed with the request that sets it.
struct CredentialChange {
    AccountId account;
    std::string hash;
    bool must_change = false;
    std::int64_t history = 0;  // how many former hashes to keep
    std::int64_t version = 0;  // of the credential that it replaces; 0: there is none
};

/// A place where passwords live.
class CredentialStore {
 public:
    virtual ~CredentialStore() = default;

    /// Costs one slow hash, for people without a password and for nobody as well (S02).
    /// Refuses with `wrong_credentials`.
    virtual Result<void> sign_in(const AccountId& account, const Secret& password) = 0;

    /// Hashes a new password outside any transaction. Refuses with `password_rejected` and the
    /// problem `password_used_before` if it is the current one or one of the last `history`.
    virtual Result<CredentialChange> prepare(const AccountId& account, const Secret& password,
                                             std::int64_t history) = 0;
};

}  // namespace latchkey
