#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace latchkey {

/// What a keyed digest is for. Each use has its own derived key, so that a digest made for one can
/// never be shown as another (S61). The names are persisted with the key ids and never change.
enum class KeyUse { code, decoy, form, session, link, origin, activity, recovery };

/// A stored slow hash checked against what was typed.
struct Match {
    bool equal = false;
    bool outdated = false;  // made with other parameters or an old key: store a new one
};

/// Slow hashes and keyed digests. Thread-safe. A slow hash runs on its own threads and may throw
/// Busy.
class Crypto {
 public:
    virtual ~Crypto() = default;

    /// A slow, salted, peppered hash (Argon2id) as one line of text that records its parameters.
    virtual std::string hash_secret(std::string_view secret) const = 0;

    /// Costs one slow hash with the parameters of `hash`.
    virtual Match match_secret(std::string_view hash, std::string_view secret) const = 0;

    /// A hash that looks like any other, costs the same to check and matches nothing.
    virtual std::string unmatchable_hash() const = 0;

    /// 32 bytes that only this installation can compute. `parts` are joined unambiguously.
    virtual std::string keyed_digest(KeyUse use,
                                     std::initializer_list<std::string_view> parts) const = 0;

    /// The 20 bytes of HMAC-SHA-1 (RFC 2104), which authenticator apps compute.
    virtual std::string hmac_sha1(std::string_view key, std::string_view message) const = 0;

    /// In a time that tells nothing about where they differ.
    virtual bool equal(std::string_view a, std::string_view b) const = 0;
};

/// `count` decimal digits drawn from a keyed digest without bias (S08): the same parts give the
/// same digits, so that a code can be sent again without being stored (S14).
std::string keyed_digits(const Crypto& crypto, std::size_t count,
                         std::initializer_list<std::string_view> parts);

}  // namespace latchkey
