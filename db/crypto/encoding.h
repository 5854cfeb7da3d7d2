#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey {

/// Bytes as text without padding, in letters that are safe in URLs (RFC 4648, section 5).
std::string to_base64url(std::string_view bytes);

/// Nothing if the text is anything but what to_base64url writes.
std::optional<std::string> from_base64url(std::string_view text);

/// BLAKE2b-256 in hexadecimal digits. Databases keep it: it may never change.
std::string hex_digest(std::string_view bytes);

/// Parts joined so that different parts never give the same bytes: each behind its length.
std::string joined(std::initializer_list<std::string_view> parts);

}  // namespace latchkey
