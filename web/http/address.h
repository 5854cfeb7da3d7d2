#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey::http {

/// An IPv4 or IPv6 address. An IPv4 address in IPv6 clothes (::ffff:192.0.2.1) is the IPv4 address,
/// so that one machine has one spelling.
class Address {
 public:
    /// "192.0.2.1" or "2001:db8::1": no brackets, port, zone or leading zeros in IPv4.
    static std::optional<Address> parse(std::string_view text);
    static Address v4(const std::array<std::uint8_t, 4>& bytes);
    static Address v6(const std::array<std::uint8_t, 16>& bytes);

    bool is_v4() const;
    /// Of this machine: 127.0.0.0/8 or ::1.
    bool loopback() const;
    /// The shortest spelling (RFC 5952).
    std::string text() const;
    /// The address with all but its first `bits` bits zero; bits counts from the family's own
    /// start, 0 to 32 or 128.
    Address masked(unsigned bits) const;

    auto operator<=>(const Address&) const = default;

 private:
    explicit Address(const std::array<std::uint8_t, 16>& bytes) : bytes_(bytes) {}
    std::array<std::uint8_t, 16> bytes_;  // IPv4 as ::ffff:a.b.c.d
};

/// A set of addresses: "10.0.0.0/8", "2001:db8::/32", or one address.
class Network {
 public:
    /// Nothing if it is malformed, or has bits set outside its prefix ("10.0.0.1/8" is a slip).
    static std::optional<Network> parse(std::string_view text);

    bool contains(const Address& address) const;

 private:
    Network(const Address& first, unsigned bits) : first_(first), bits_(bits) {}
    Address first_;
    unsigned bits_;
};

/// Whom to count as one source (S48): an IPv4 address, or the /64 that an IPv6 address lies in,
/// because a single line is given at least that much.
Address source_of(const Address& address);

}  // namespace latchkey::http
