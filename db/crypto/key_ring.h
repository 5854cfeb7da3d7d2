#pragma once

#include "db/crypto/key.h"

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

/// The root keys cannot be used; says what to do about it.
class KeyTrouble : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

/// Lets libsodium choose its implementations; may be called again at any time. A KeyRing does it,
/// so whoever has one need not.
void start_sodium();

/// The root keys of an installation, oldest first, and what is derived from them (S61; the key map
/// is in db/README.md). New secrets are sealed under the newest; any can open. Digests that must
/// stay the same (decoys, the activity chain) come from the oldest. Immutable.
class KeyRing {
 public:
    struct Root {
        std::string id;  // "k1": stands in front of everything sealed under it, never renamed
        Key key;
    };

    /// Throws KeyTrouble if there is none, or an id is malformed or repeated.
    explicit KeyRing(std::vector<Root> roots);

    const Root& oldest() const { return roots_.front(); }
    const Root& newest() const { return roots_.back(); }
    const std::vector<Root>& roots() const { return roots_; }

    /// A key for one purpose. The names of purposes are persisted through what is made with them.
    static Key subkey(const Root& root, std::string_view purpose);

 private:
    std::vector<Root> roots_;
};

/// Reads a key file: a line "id key" each, the key being 32 bytes in base64url. Throws KeyTrouble
/// if it is missing, malformed, somebody else's, or readable by others than its owner.
KeyRing read_key_file(const std::filesystem::path& file);

/// Makes a key file with one new root key. For `init` alone. Throws KeyTrouble if there is a file
/// already.
void create_key_file(const std::filesystem::path& file);

/// Adds a new root key to a key file, which has the keys of `ring`, at once or not at all. From
/// then on it is the newest. Throws KeyTrouble.
void add_root_key(const std::filesystem::path& file, const KeyRing& ring);

}  // namespace latchkey
