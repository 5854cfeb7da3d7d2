#pragma once

#include "db/crypto/sealer.h"
#include "db/crypto/sodium_crypto.h"
#include "db/sql/database.h"

namespace latchkey {

// Key rotation (S61): what older root keys sealed, and the pepper of slow hashes in it, is put
// under the newest one. Others may go on reading and writing meanwhile; an end at any moment loses
// nothing, and the next run goes on.

/// True if there is anything sealed under an older key.
bool has_old_seals(Database& database, const std::string& newest);

/// Goes through everything once, in small transactions; returns how many rows it changed. What
/// somebody else changes at that moment is left to the next time. Throws BrokenSeal.
std::int64_t reseal(Database& database, const Sealer& sealer, const SodiumCrypto& crypto);

}  // namespace latchkey
