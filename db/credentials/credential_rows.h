#pragma once

#include "db/crypto/sealer.h"
#include "db/sql/database.h"
#include "engine/credential_store.h"
#include "engine/time.h"

#include <string>
#include <vector>

namespace latchkey {

/// The rows in which local passwords live, each hash sealed to its account and version, so that
/// nobody can put a hash that he knows into somebody else's row. Thread-safe.
class CredentialRows {
 public:
    struct Stored {
        std::int64_t version = 0;
        std::string hash;
    };

    explicit CredentialRows(const Sealer& sealer) : sealer_(sealer) {}

    /// The present one first, then up to `history` former ones; none if there is no password.
    std::vector<Stored> latest(Transaction& transaction, const AccountId& account,
                               std::int64_t history) const;

    /// Makes `change` the present password. False if somebody else was faster.
    bool replace(Transaction& transaction, const CredentialChange& change, TimePoint now) const;

    /// The same password hashed anew. Does nothing if it was replaced meanwhile.
    void renew(Transaction& transaction, const AccountId& account, const Stored& renewed) const;

 private:
    std::string sealed(const AccountId& account, const Stored& stored) const;

    const Sealer& sealer_;
};

}  // namespace latchkey
