#include "db/crypto/aead_box.h"

#include "db/crypto/encoding.h"

namespace latchkey {
namespace {

constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;

unsigned char* bytes_in(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

}  // namespace

AeadBox::AeadBox(KeySource keys, std::string_view purpose)
    : source_(std::move(keys)), purpose_(purpose) {
    (void)subkeys(source_.ring());
}

std::shared_ptr<const AeadBox::Subkeys> AeadBox::subkeys(
    const std::shared_ptr<const KeyRing>& ring) const {
    const std::lock_guard lock(mutex_);
    if (!subkeys_ || subkeys_->ring != ring) {
        Subkeys made{.ring = ring, .keys = {}};
        for (const auto& root : ring->roots())
            made.keys.emplace(root.id, KeyRing::subkey(root, purpose_));
        subkeys_ = std::make_shared<const Subkeys>(std::move(made));
    }
    return subkeys_;
}

std::string AeadBox::newest() const {
    return source_.ring()->newest().id;
}

std::string AeadBox::seal(std::string_view context, std::string_view plain) const {
    const auto now = subkeys(source_.ring());
    const std::string& newest = now->ring->newest().id;
    const std::string bound = joined({newest, context});
    std::string box(kNonce + plain.size() + kTag, '\0');
    unsigned char* nonce = bytes_in(box);
    randombytes_buf(nonce, kNonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + kNonce, nullptr, bytes_of(plain),
                                               plain.size(), bytes_of(bound), bound.size(), nullptr,
                                               nonce, now->keys.find(newest)->second.data());
    return newest + '.' + to_base64url(box);
}

std::optional<std::string> AeadBox::open(std::string_view context, std::string_view sealed) const {
    const std::size_t dot = sealed.find('.');
    const std::string_view id = sealed.substr(0, dot);
    auto now = subkeys(source_.ring());
    auto key = now->keys.find(id);
    if (key == now->keys.end()) {
        // Another process has taken up a new key already.
        now = subkeys(source_.look_again());
        key = now->keys.find(id);
    }
    if (dot == sealed.npos || key == now->keys.end()) return {};
    const auto box = from_base64url(sealed.substr(dot + 1));
    if (!box || box->size() < kNonce + kTag) return {};

    const std::string bound = joined({key->first, context});
    const unsigned char* nonce = bytes_of(*box);
    std::string plain(box->size() - kNonce - kTag, '\0');
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            bytes_in(plain), nullptr, nullptr, nonce + kNonce, box->size() - kNonce,
            bytes_of(bound), bound.size(), nonce, key->second.data()) != 0)
        return {};
    return plain;
}

bool AeadBox::current(std::string_view sealed) const {
    return sealed.substr(0, sealed.find('.')) == newest();
}

}  // namespace latchkey
