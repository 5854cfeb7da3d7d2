#pragma once

#include "db/crypto/aead_box.h"
#include "db/crypto/hashing_pool.h"
#include "db/crypto/slow_hash.h"
#include "engine/crypto.h"
#include "engine/secret.h"

#include <array>
#include <atomic>

namespace latchkey {

/// Slow hashes: Argon2id, whose output is encrypted under the pepper subkey, so that rows alone
/// confirm no guess (S17) and the pepper can be replaced without anybody's password. Digests: keyed
/// BLAKE2b. HMAC-SHA-1 is OpenSSL's, since libsodium has none. Thread-safe. A stored hash that is
/// damaged or sealed under an unknown key throws BrokenSeal.
class SodiumCrypto final : public Crypto {
 public:
    /// `pool` must outlive it.
    SodiumCrypto(const KeySource& keys, const HashCost& cost, HashingPool& pool);

    std::string hash_secret(std::string_view secret) const override;
    Match match_secret(std::string_view hash, std::string_view secret) const override;
    std::string unmatchable_hash() const override;
    std::string keyed_digest(KeyUse use,
                             std::initializer_list<std::string_view> parts) const override;
    std::string hmac_sha1(std::string_view key, std::string_view message) const override;
    bool equal(std::string_view a, std::string_view b) const override;

    // One user's former passwords share salt and cost, so that one slow hash of a new password
    // compares with all of them.

    /// A hash of `secret` with the salt and cost of `hash`. Costs one slow hash.
    std::string hash_like(std::string_view hash, std::string_view secret) const;
    /// Made with the same salt and cost.
    static bool alike(std::string_view hash, std::string_view other);
    /// Made of the same secret, both being alike. Costs nothing slow.
    bool same_secret(std::string_view hash, std::string_view other) const;
    /// Made with another cost than new ones, or sealed under an old key.
    bool outdated(std::string_view hash) const;
    /// The same hash with its pepper under the newest key. Costs nothing slow.
    std::string under_newest_key(std::string_view hash) const;

    /// Slow hashes computed so far: equal for people and decoys (S02).
    std::int64_t hashes() const { return hashes_; }

 private:
    Secret slow(const HashRecipe& recipe, std::string_view secret) const;
    std::string wrapped(const HashRecipe& recipe, const Secret& digest) const;
    Secret unwrapped(const StoredHash& stored) const;

    HashCost cost_;
    HashingPool& pool_;
    AeadBox pepper_;
    std::array<Key, 8> digest_keys_;  // by KeyUse
    mutable std::atomic<std::int64_t> hashes_ = 0;
};

}  // namespace latchkey
