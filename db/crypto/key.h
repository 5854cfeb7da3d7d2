#pragma once

#include <sodium.h>

#include <array>
#include <cstddef>
#include <string_view>

namespace latchkey {

/// 32 secret bytes, wiped when they go.
class Key {
 public:
    static constexpr std::size_t kSize = 32;

    Key() = default;
    Key(const Key&) = default;
    Key& operator=(const Key&) = default;
    ~Key() { sodium_memzero(bytes_.data(), bytes_.size()); }

    unsigned char* data() { return bytes_.data(); }
    const unsigned char* data() const { return bytes_.data(); }

 private:
    std::array<unsigned char, kSize> bytes_{};
};

/// The bytes of a text as libsodium takes them.
inline const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace latchkey
