#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey {

/// What one slow hash costs.
struct HashCost {
    std::int64_t memory_kib = 65536;
    std::int64_t passes = 2;

    bool operator==(const HashCost&) const = default;
};

/// How a slow hash is made: everything but the secret. Its text is the head of the stored form and
/// never changes: "$argon2id$v=19$m=65536,t=2,p=1$SALT$".
struct HashRecipe {
    static constexpr std::size_t kSaltSize = 16;

    HashCost cost;
    std::array<unsigned char, kSaltSize> salt;

    bool operator==(const HashRecipe&) const = default;
};

/// A recipe with a salt of its own.
HashRecipe new_recipe(const HashCost& cost);

std::string text_of(const HashRecipe& recipe);

/// The recipe at the head of a stored hash, and what follows it. Nothing if it is malformed or
/// would cost more than a stored hash may: whoever can write the database must not fill the memory.
struct StoredHash {
    HashRecipe recipe;
    std::string_view rest;
};
std::optional<StoredHash> parse_stored_hash(std::string_view text);

/// Argon2id with 32 bytes of output, by libsodium, on the calling thread. Throws Outage if there is
/// not enough memory.
std::string argon2id(const HashRecipe& recipe, std::string_view secret);

}  // namespace latchkey
