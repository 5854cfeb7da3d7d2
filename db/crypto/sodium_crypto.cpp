#include "db/crypto/sodium_crypto.h"

#include "db/crypto/encoding.h"
#include "db/crypto/sealer.h"
#include "engine/result.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace latchkey {
namespace {

/// In the order of KeyUse. Persisted through what is made with them.
constexpr std::array<std::string_view, 8> kPurposes{"code", "decoy",  "form",     "session",
                                                    "link", "origin", "activity", "recovery"};

StoredHash parsed(std::string_view hash) {
    if (auto stored = parse_stored_hash(hash)) return *stored;
    throw BrokenSeal("a stored slow hash is damaged");
}

Secret random_digest() {
    std::string digest(32, '\0');
    randombytes_buf(digest.data(), digest.size());
    return Secret(std::move(digest));
}

}  // namespace

SodiumCrypto::SodiumCrypto(const KeySource& keys, const HashCost& cost, HashingPool& pool)
    : cost_(cost), pool_(pool), pepper_(keys, "pepper") {
    const auto ring = keys.ring();
    for (std::size_t use = 0; use < kPurposes.size(); ++use)
        digest_keys_[use] = KeyRing::subkey(ring->oldest(), kPurposes[use]);
}

std::string SodiumCrypto::hash_secret(std::string_view secret) const {
    const HashRecipe recipe = new_recipe(cost_);
    return wrapped(recipe, slow(recipe, secret));
}

Match SodiumCrypto::match_secret(std::string_view hash, std::string_view secret) const {
    const StoredHash stored = parsed(hash);
    const Secret expected = unwrapped(stored);
    const Secret digest = slow(stored.recipe, secret);
    return {equal(expected.reveal(), digest.reveal()), outdated(hash)};
}

std::string SodiumCrypto::unmatchable_hash() const {
    return wrapped(new_recipe(cost_), random_digest());
}

std::string SodiumCrypto::keyed_digest(KeyUse use,
                                       std::initializer_list<std::string_view> parts) const {
    const std::string message = joined(parts);
    std::string digest(32, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(digest.data()), digest.size(),
                       bytes_of(message), message.size(),
                       digest_keys_.at(static_cast<std::size_t>(use)).data(), Key::kSize);
    return digest;
}

std::string SodiumCrypto::hmac_sha1(std::string_view key, std::string_view message) const {
    std::string digest(20, '\0');
    unsigned size = 0;
    if (!HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), bytes_of(message),
              message.size(), reinterpret_cast<unsigned char*>(digest.data()), &size))
        throw Outage("computing an HMAC");
    return digest;
}

bool SodiumCrypto::equal(std::string_view a, std::string_view b) const {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string SodiumCrypto::hash_like(std::string_view hash, std::string_view secret) const {
    const HashRecipe recipe = parsed(hash).recipe;
    return wrapped(recipe, slow(recipe, secret));
}

bool SodiumCrypto::alike(std::string_view hash, std::string_view other) {
    return parsed(hash).recipe == parsed(other).recipe;
}

bool SodiumCrypto::same_secret(std::string_view hash, std::string_view other) const {
    return alike(hash, other) &&
           equal(unwrapped(parsed(hash)).reveal(), unwrapped(parsed(other)).reveal());
}

bool SodiumCrypto::outdated(std::string_view hash) const {
    const StoredHash stored = parsed(hash);
    return stored.recipe.cost != cost_ || !pepper_.current(stored.rest);
}

std::string SodiumCrypto::under_newest_key(std::string_view hash) const {
    const StoredHash stored = parsed(hash);
    return wrapped(stored.recipe, unwrapped(stored));
}

Secret SodiumCrypto::slow(const HashRecipe& recipe, std::string_view secret) const {
    Secret digest;
    pool_.run([&] { digest = Secret(argon2id(recipe, secret)); });
    ++hashes_;
    return digest;
}

std::string SodiumCrypto::wrapped(const HashRecipe& recipe, const Secret& digest) const {
    const std::string head = text_of(recipe);
    return head + pepper_.seal(head, digest.reveal());
}

Secret SodiumCrypto::unwrapped(const StoredHash& stored) const {
    auto digest = pepper_.open(text_of(stored.recipe), stored.rest);
    if (!digest) throw BrokenSeal("a stored slow hash does not open");
    return Secret(std::move(*digest));
}

}  // namespace latchkey
