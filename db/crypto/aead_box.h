#pragma once

#include "db/crypto/key_source.h"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey {

/// Encrypts short texts with XChaCha20-Poly1305 under the subkeys of one purpose. The text form,
/// "k1." and base64url of nonce and ciphertext, is persisted and never changes. Thread-safe.
class AeadBox {
 public:
    AeadBox(KeySource keys, std::string_view purpose);

    /// Under the newest root key. `context` must be given again to open it.
    std::string seal(std::string_view context, std::string_view plain) const;

    /// Nothing if it was changed, made in another context, or under a key that is not there.
    std::optional<std::string> open(std::string_view context, std::string_view sealed) const;

    /// The id of the newest root key.
    std::string newest() const;

    /// Sealed under the newest key.
    bool current(std::string_view sealed) const;

 private:
    /// The subkeys of one state of the root keys.
    struct Subkeys {
        std::shared_ptr<const KeyRing> ring;
        std::map<std::string, Key, std::less<>> keys;
    };
    std::shared_ptr<const Subkeys> subkeys(const std::shared_ptr<const KeyRing>& ring) const;

    KeySource source_;
    std::string purpose_;
    mutable std::mutex mutex_;
    mutable std::shared_ptr<const Subkeys> subkeys_;
};

}  // namespace latchkey
