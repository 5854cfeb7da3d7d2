#pragma once

#include "web/http/message.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

/// Cookies of our sessions (S34): opaque values, `__Host-` prefix, gone when the browser closes.
namespace latchkey::http {

enum class SameSite { lax, strict };

/// The name on the wire: with the prefix `__Host-` (RFC 6265bis section 4.1.3.2), by which a
/// browser lets neither a sibling host nor plain HTTP plant the cookie. On a connection that is not
/// encrypted (plain HTTP on loopback) browsers refuse such a cookie, so it goes without.
std::string cookie_name(std::string_view name, bool secure);

/// The value of a Set-Cookie header. Always HttpOnly and Path=/, never Domain or Expires; Secure
/// when `secure`. Throws std::invalid_argument if the name is not a token or the value contains
/// anything but cookie octets (RFC 6265 section 4.1.1): that is our mistake.
std::string set_cookie(std::string_view name, std::string_view value, SameSite same_site,
                       bool secure);

/// The value of a Set-Cookie header that makes the browser forget the cookie.
std::string forget_cookie(std::string_view name, SameSite same_site, bool secure);

/// What a Cookie header says. Malformed pairs are ignored. A name that is given twice counts as
/// absent, for one of the two was planted and nobody can tell which.
class Cookies {
 public:
    explicit Cookies(std::string_view header);

    /// The cookie that `set_cookie` set under that name and that `secure`; nothing if it was not
    /// sent, or sent twice.
    std::optional<std::string> find(std::string_view name, bool secure) const;

 private:
    std::map<std::string, std::optional<std::string>, std::less<>> values_;
};

}  // namespace latchkey::http
