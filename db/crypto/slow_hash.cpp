#include "db/crypto/slow_hash.h"

#include "db/crypto/encoding.h"
#include "db/crypto/key.h"
#include "engine/result.h"

#include <algorithm>
#include <charconv>

namespace latchkey {
namespace {

constexpr std::string_view kHead = "$argon2id$v=19$m=";
constexpr HashCost kDearest{.memory_kib = 1 << 20, .passes = 16};
constexpr HashCost kCheapest{.memory_kib = crypto_pwhash_MEMLIMIT_MIN / 1024, .passes = 1};

/// Reads a text from its beginning; any surprise makes all that follows fail.
class Reader {
 public:
    explicit Reader(std::string_view text) : rest_(text) {}

    void skip(std::string_view expected) {
        good_ = good_ && rest_.starts_with(expected);
        if (good_) rest_.remove_prefix(expected.size());
    }
    std::int64_t number() {
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        good_ = good_ && error == std::errc{};
        if (good_) rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return value;
    }
    std::string_view until(char stop) {
        const std::size_t end = rest_.find(stop);
        good_ = good_ && end != rest_.npos;
        if (!good_) return {};
        const std::string_view found = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return found;
    }
    bool good() const { return good_; }
    std::string_view rest() const { return rest_; }

 private:
    std::string_view rest_;
    bool good_ = true;
};

}  // namespace

HashRecipe new_recipe(const HashCost& cost) {
    HashRecipe recipe{cost, {}};
    randombytes_buf(recipe.salt.data(), recipe.salt.size());
    return recipe;
}

std::string text_of(const HashRecipe& recipe) {
    const std::string_view salt(reinterpret_cast<const char*>(recipe.salt.data()),
                                recipe.salt.size());
    return std::string(kHead) + std::to_string(recipe.cost.memory_kib) +
           ",t=" + std::to_string(recipe.cost.passes) + ",p=1$" + to_base64url(salt) + '$';
}

std::optional<StoredHash> parse_stored_hash(std::string_view text) {
    Reader reader(text);
    HashRecipe recipe{};
    reader.skip(kHead);
    recipe.cost.memory_kib = reader.number();
    reader.skip(",t=");
    recipe.cost.passes = reader.number();
    reader.skip(",p=1$");
    const auto salt = from_base64url(reader.until('$'));
    if (!reader.good() || !salt || salt->size() != recipe.salt.size()) return {};
    std::ranges::copy(*salt, recipe.salt.begin());

    const auto within = [](std::int64_t value, std::int64_t least, std::int64_t most) {
        return value >= least && value <= most;
    };
    if (!within(recipe.cost.memory_kib, kCheapest.memory_kib, kDearest.memory_kib) ||
        !within(recipe.cost.passes, kCheapest.passes, kDearest.passes))
        return {};
    return StoredHash{recipe, reader.rest()};
}

std::string argon2id(const HashRecipe& recipe, std::string_view secret) {
    static_assert(HashRecipe::kSaltSize == crypto_pwhash_SALTBYTES);
    std::string out(32, '\0');
    const char* const text = secret.empty() ? "" : secret.data();  // null is not allowed
    if (crypto_pwhash(reinterpret_cast<unsigned char*>(out.data()), out.size(), text, secret.size(),
                      recipe.salt.data(), static_cast<unsigned long long>(recipe.cost.passes),
                      static_cast<std::size_t>(recipe.cost.memory_kib) * 1024,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        throw Outage("not enough memory for a slow hash");
    return out;
}

}  // namespace latchkey
