#pragma once

#include "db/credentials/credential_rows.h"
#include "db/crypto/sodium_crypto.h"
#include "db/sql/database.h"
#include "engine/credential_store.h"

namespace latchkey {

/// Passwords in our own database. A person's present and former passwords share one salt, so that a
/// new one is compared with all of them at the cost of one slow hash (S17).
class LocalCredentialStore final : public CredentialStore {
 public:
    LocalCredentialStore(Database& database, const SodiumCrypto& crypto, const CredentialRows& rows)
        : database_(database), crypto_(crypto), rows_(rows) {}

    /// On success a hash of outdated cost is made anew, which costs one more.
    Result<void> sign_in(const AccountId& account, const Secret& password) override;

    Result<CredentialChange> prepare(const AccountId& account, const Secret& password,
                                     std::int64_t history) override;

 private:
    std::vector<CredentialRows::Stored> latest(const AccountId& account, std::int64_t history);
    void renew(const AccountId& account, std::int64_t version, const Secret& password);

    Database& database_;
    const SodiumCrypto& crypto_;
    const CredentialRows& rows_;
};

}  // namespace latchkey
