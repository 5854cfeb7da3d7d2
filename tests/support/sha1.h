#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace latchkey {

/// SHA-1 as FIPS 180-4 describes it, written down without the library that it is to check.
inline std::string sha1(std::string_view text) {
    std::array<std::uint32_t, 5> sum{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
    std::string padded = std::string(text) + '\x80';
    padded.append((120 - padded.size() % 64) % 64, '\0');
    for (int shift = 56; shift >= 0; shift -= 8)
        padded += static_cast<char>(((std::uint64_t{text.size()} * 8) >> shift) & 0xFF);
    for (std::size_t block = 0; block < padded.size(); block += 64) {
        std::array<std::uint32_t, 80> w{};
        for (std::size_t i = 0; i < 64; ++i)
            w[i / 4] = (w[i / 4] << 8) | static_cast<unsigned char>(padded[block + i]);
        for (std::size_t i = 16; i < 80; ++i)
            w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        auto [a, b, c, d, e] = sum;
        for (std::size_t i = 0; i < 80; ++i) {
            const auto [f, k] = i < 20   ? std::pair{(b & c) | (~b & d), 0x5A827999U}
                                : i < 40 ? std::pair{b ^ c ^ d, 0x6ED9EBA1U}
                                : i < 60 ? std::pair{(b & c) | (b & d) | (c & d), 0x8F1BBCDCU}
                                         : std::pair{b ^ c ^ d, 0xCA62C1D6U};
            const std::uint32_t next = std::rotl(a, 5) + f + e + k + w[i];
            e = d;
            d = c;
            c = std::rotl(b, 30);
            b = a;
            a = next;
        }
        sum = {sum[0] + a, sum[1] + b, sum[2] + c, sum[3] + d, sum[4] + e};
    }
    std::string digest;
    for (const std::uint32_t word : sum)
        for (int shift = 24; shift >= 0; shift -= 8)
            digest += static_cast<char>((word >> shift) & 0xFF);
    return digest;
}

/// RFC 2104.
inline std::string hmac_sha1(std::string_view key, std::string_view message) {
    std::string block = key.size() > 64 ? sha1(key) : std::string(key);
    block.resize(64, '\0');
    std::string inner = block;
    std::string outer = block;
    for (char& byte : inner) byte = static_cast<char>(byte ^ 0x36);
    for (char& byte : outer) byte = static_cast<char>(byte ^ 0x5C);
    return sha1(outer + sha1(inner + std::string(message)));
}

}  // namespace latchkey
