#include "web/http/host.h"

#include "web/http/address.h"
#include "web/http/tokens.h"

#include <algorithm>
#include <charconv>

namespace latchkey::http {

namespace {

constexpr std::size_t kLongestName = 255;  // RFC 1035 section 2.3.4

bool name_character(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.' || c == '_';
}

bool fit_name(std::string_view name) {
    if (name.starts_with('[')) {
        if (!name.ends_with(']')) return false;
        const auto inside = name.substr(1, name.size() - 2);
        return inside.find(':') != std::string_view::npos && Address::parse(inside);
    }
    return !name.empty() && name.size() <= kLongestName && name.front() != '.' &&
           std::ranges::all_of(name, name_character);
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.begin(), text.end(), port);
    if (error != std::errc() || end != text.end() || text.front() == '0') return std::nullopt;
    return port;
}

}  // namespace

std::optional<Host> parse_host(std::string_view value) {
    const auto bracket = value.find(']');
    const auto colon = value.find(':', bracket == std::string_view::npos ? 0 : bracket);
    const auto name = value.substr(0, colon);
    if (!fit_name(name)) return std::nullopt;
    Host host{.name = lower_case(name)};
    if (colon != std::string_view::npos) {
        const auto port = parse_port(value.substr(colon + 1));
        if (!port) return std::nullopt;
        host.port = *port;
    }
    return host;
}

}  // namespace latchkey::http
