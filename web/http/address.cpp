#include "web/http/address.h"

#include <arpa/inet.h>
#include <algorithm>
#include <charconv>
#include <cstring>

namespace latchkey::http {

namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned kMappedBits = 96;

}  // namespace

std::optional<Address> Address::parse(std::string_view text) {
    const std::string terminated(text);
    if (terminated.size() != std::strlen(terminated.c_str())) return std::nullopt;
    std::array<std::uint8_t, 4> four{};
    if (::inet_pton(AF_INET, terminated.c_str(), four.data()) == 1) return v4(four);
    std::array<std::uint8_t, 16> sixteen{};
    if (::inet_pton(AF_INET6, terminated.c_str(), sixteen.data()) == 1) return v6(sixteen);
    return std::nullopt;
}

Address Address::v4(const std::array<std::uint8_t, 4>& bytes) {
    std::array<std::uint8_t, 16> all{};
    std::ranges::copy(kMappedPrefix, all.begin());
    std::ranges::copy(bytes, all.begin() + kMappedPrefix.size());
    return Address(all);
}

Address Address::v6(const std::array<std::uint8_t, 16>& bytes) {
    return Address(bytes);
}

bool Address::is_v4() const {
    return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes_.begin());
}

bool Address::loopback() const {
    constexpr std::array<std::uint8_t, 16> kOne = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    return is_v4() ? bytes_[kMappedPrefix.size()] == 127 : bytes_ == kOne;
}

std::string Address::text() const {
    char out[INET6_ADDRSTRLEN] = {};
    if (is_v4())
        ::inet_ntop(AF_INET, bytes_.data() + kMappedPrefix.size(), out, sizeof out);
    else
        ::inet_ntop(AF_INET6, bytes_.data(), out, sizeof out);
    return out;
}

Address Address::masked(unsigned bits) const {
    if (is_v4()) bits += kMappedBits;
    auto bytes = bytes_;
    for (unsigned i = 0; i < bytes.size(); ++i) {
        const unsigned kept = std::clamp(bits, i * 8, i * 8 + 8) - i * 8;
        bytes[i] &= static_cast<std::uint8_t>(0xff00u >> kept);
    }
    return Address(bytes);
}

std::optional<Network> Network::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto first = Address::parse(text.substr(0, slash));
    if (!first) return std::nullopt;
    const unsigned most = first->is_v4() ? 32 : 128;
    unsigned bits = most;
    if (slash != std::string_view::npos) {
        const auto length = text.substr(slash + 1);
        const auto [end, error] = std::from_chars(length.begin(), length.end(), bits);
        if (error != std::errc() || end != length.end() || bits > most) return std::nullopt;
    }
    if (first->masked(bits) != *first) return std::nullopt;
    return Network(*first, bits);
}

bool Network::contains(const Address& address) const {
    return address.is_v4() == first_.is_v4() && address.masked(bits_) == first_;
}

Address source_of(const Address& address) {
    return address.is_v4() ? address : address.masked(64);
}

}  // namespace latchkey::http
