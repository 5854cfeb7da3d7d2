#include "web/http/cookies.h"

#include "web/http/tokens.h"

#include <algorithm>
#include <stdexcept>

namespace latchkey::http {

namespace {

bool cookie_octet(char c) {
    return c > ' ' && c < '\x7f' && c != '"' && c != ',' && c != ';' && c != '\\';
}

bool fit_value(std::string_view value) {
    return std::ranges::all_of(value, cookie_octet);
}

}  // namespace

std::string cookie_name(std::string_view name, bool secure) {
    return (secure ? "__Host-" : "") + std::string(name);
}

std::string set_cookie(std::string_view name, std::string_view value, SameSite same_site,
                       bool secure) {
    if (!is_token(name)) throw std::invalid_argument("a cookie's name must be a token");
    if (!fit_value(value))
        throw std::invalid_argument("a cookie's value has a forbidden character");
    std::string out = cookie_name(name, secure);
    out.append("=").append(value).append("; Path=/; HttpOnly; SameSite=");
    out += same_site == SameSite::strict ? "Strict" : "Lax";
    if (secure) out += "; Secure";
    return out;
}

std::string forget_cookie(std::string_view name, SameSite same_site, bool secure) {
    return set_cookie(name, "", same_site, secure) + "; Max-Age=0";
}

Cookies::Cookies(std::string_view header) {
    while (!header.empty()) {
        const auto pair = next_element(header, ';');
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || !is_token(pair.substr(0, equals))) continue;
        const auto value = pair.substr(equals + 1);
        const auto [entry, first] = values_.try_emplace(std::string(pair.substr(0, equals)));
        if (first && fit_value(value))
            entry->second = value;
        else
            entry->second.reset();
    }
}

std::optional<std::string> Cookies::find(std::string_view name, bool secure) const {
    const auto entry = values_.find(cookie_name(name, secure));
    return entry == values_.end() ? std::nullopt : entry->second;
}

}  // namespace latchkey::http
