#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace latchkey::http {

/// Undoes percent-encoding, exactly once (RFC 3986 section 2.1). Nothing if an escape is not '%'
/// and two hexadecimal digits. With `plus_is_space` also as forms write it.
std::optional<std::string> percent_decode(std::string_view encoded, bool plus_is_space = false);

/// Escapes everything but the unreserved characters (RFC 3986 section 2.3): fit for a path segment
/// and for a query's keys and values.
std::string percent_encode(std::string_view text);

/// UTF-8 without overlong forms and surrogates (RFC 3629).
bool valid_utf8(std::string_view text);

}  // namespace latchkey::http
