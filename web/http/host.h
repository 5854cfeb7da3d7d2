#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey::http {

/// The value of a Host field: `uri-host [":" port]` (RFC 9110 section 7.2).
struct Host {
    std::string name;        // in lower case; an IPv6 literal with its brackets
    std::uint16_t port = 0;  // 0: not given

    bool operator==(const Host&) const = default;
};

/// Strict: letters, digits, '-', '.' and '_' in a name, an address in brackets, a port from 1 to
/// 65535 without leading zeros. No user information, escapes, blanks, lists or empty port.
std::optional<Host> parse_host(std::string_view value);

}  // namespace latchkey::http
