#pragma once

#include "engine/crypto.h"
#include "engine/random.h"
#include "tests/support/counting_random.h"
#include "tests/support/sha1.h"

#include <array>
#include <atomic>
#include <cstring>

namespace latchkey {

/// Quick stand-ins for slow hashes and keyed digests: they look like the real ones, keep no secret,
/// and can be counted. Two with the same key are one installation. Thread-safe.
class PlainCrypto final : public Crypto {
 public:
    explicit PlainCrypto(std::uint64_t key = 1) : key_(key) {}

    std::string hash_secret(std::string_view secret) const override {
        const std::uint64_t salt = ++slow_hashes_;
        return line(std::to_string(salt), secret);
    }

    Match match_secret(std::string_view hash, std::string_view secret) const override {
        ++slow_hashes_;
        const auto first = hash.find('$') + 1;
        const auto second = hash.find('$', first);
        return {.equal = hash == line(hash.substr(first, second - first), secret)};
    }

    std::string unmatchable_hash() const override { return "plain$0$nothing-has-this-digest"; }

    std::string keyed_digest(KeyUse use,
                             std::initializer_list<std::string_view> parts) const override {
        std::array<std::uint64_t, 4> lanes{key_, ~key_, key_ << 32, 0x243F6A8885A308D3};
        absorb(lanes, static_cast<std::uint64_t>(use));
        for (const std::string_view part : parts) {
            absorb(lanes, part.size());
            for (std::size_t at = 0; at < part.size(); at += 8) {
                std::uint64_t word = 0;
                std::memcpy(&word, part.data() + at, std::min<std::size_t>(8, part.size() - at));
                absorb(lanes, word);
            }
        }
        absorb(lanes, parts.size());
        absorb(lanes, 0);
        std::string digest(sizeof lanes, '\0');
        std::memcpy(digest.data(), lanes.data(), sizeof lanes);
        return digest;
    }

    std::string hmac_sha1(std::string_view key, std::string_view message) const override {
        return latchkey::hmac_sha1(key, message);
    }

    bool equal(std::string_view a, std::string_view b) const override { return a == b; }

    /// How many slow hashes were computed so far.
    std::uint64_t slow_hashes() const { return slow_hashes_; }

 private:
    static void absorb(std::array<std::uint64_t, 4>& lanes, std::uint64_t word) {
        for (std::size_t i = 0; i < lanes.size(); ++i)
            lanes[i] = CountingRandom::mixed(lanes[i] ^ word) + lanes[(i + 1) % lanes.size()];
    }

    std::string line(std::string_view salt, std::string_view secret) const {
        return "plain$" + std::string(salt) + "$" +
               base32(keyed_digest(KeyUse::session, {"slow", salt, secret}));
    }

    std::uint64_t key_;
    mutable std::atomic<std::uint64_t> slow_hashes_{0};
};

}  // namespace latchkey
