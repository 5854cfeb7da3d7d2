#include "db/crypto/key_ring.h"

#include <algorithm>

namespace latchkey {

void start_sodium() {
    if (sodium_init() < 0) throw KeyTrouble("libsodium finds no source of random numbers");
}

namespace {

bool well_formed(std::string_view id) {
    const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !id.empty() && id.size() <= 16 && std::ranges::all_of(id, allowed);
}

}  // namespace

KeyRing::KeyRing(std::vector<Root> roots) : roots_(std::move(roots)) {
    start_sodium();
    if (roots_.empty()) throw KeyTrouble("there is no root key");
    for (auto root = roots_.begin(); root != roots_.end(); ++root) {
        if (!well_formed(root->id))
            throw KeyTrouble("a root key's id must be lower-case letters and digits, such as k1");
        if (std::find_if(roots_.begin(), root,
                         [&](const Root& other) { return other.id == root->id; }) != root)
            throw KeyTrouble("two root keys are called " + root->id);
    }
}

Key KeyRing::subkey(const Root& root, std::string_view purpose) {
    constexpr std::array<unsigned char, crypto_generichash_blake2b_SALTBYTES> kNoSalt{};
    constexpr std::array<unsigned char, crypto_generichash_blake2b_PERSONALBYTES> kPersonal{
        'l', 'a', 't', 'c', 'h', 'k', 'e', 'y', ' ', 's', 'u', 'b', 'k', 'e', 'y', '1'};
    Key key;
    crypto_generichash_blake2b_salt_personal(key.data(), Key::kSize, bytes_of(purpose),
                                             purpose.size(), root.key.data(), Key::kSize,
                                             kNoSalt.data(), kPersonal.data());
    return key;
}

}  // namespace latchkey
