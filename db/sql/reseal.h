#pragma once

#include "db/crypto/sealer.h"
#include "db/crypto/sodium_crypto.h"
#include "db/sql/database.h"

#include <filesystem>
#include <functional>
#include <string>

namespace latchkey {

// Key rotation (S61): what older root keys sealed, and the pepper of slow hashes in it, is put
// under the newest one. Others may go on reading and writing meanwhile; an end at any moment loses
// nothing, and the next run goes on.

/// True if there is anything sealed under an older key.
bool has_old_seals(Database& database, const std::string& newest);

/// Goes through everything once, in small transactions; returns how many rows it changed. What
/// somebody else changes at that moment is left to the next time. Throws BrokenSeal.
std::int64_t reseal(Database& database, const Sealer& sealer, const SodiumCrypto& crypto);

struct Rotation {
    std::string key;        // the id of the root key under which everything is sealed now
    bool went_on = false;   // with a rotation that was interrupted
    std::int64_t rows = 0;  // that were sealed again
};

/// Makes a new root key in the key file, unless an interrupted rotation is to be ended, and puts
/// everything under it. `wait` returns when every program that serves has taken the key up, and
/// what it sealed before is stored. Throws KeyTrouble and BrokenSeal.
Rotation rotate_key(Database& database, const std::filesystem::path& file, const HashCost& cost,
                    HashingPool& pool, const std::function<void()>& wait);

}  // namespace latchkey
