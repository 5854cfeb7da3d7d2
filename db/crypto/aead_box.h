#pragma once

#include "db/crypto/key_ring.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey {

/// Encrypts short texts with XChaCha20-Poly1305 under the subkeys of one purpose. The text form,
/// "k1." and base64url of nonce and ciphertext, is persisted and never changes. Immutable.
class AeadBox {
 public:
    AeadBox(const KeyRing& ring, std::string_view purpose);

    /// Under the newest root key. `context` must be given again to open it.
    std::string seal(std::string_view context, std::string_view plain) const;

    /// Nothing if it was changed, made in another context, or under a key that is not in the ring.
    std::optional<std::string> open(std::string_view context, std::string_view sealed) const;

    /// Sealed under the newest key.
    bool current(std::string_view sealed) const;

 private:
    std::map<std::string, Key, std::less<>> keys_;
    std::string newest_;
};

}  // namespace latchkey
