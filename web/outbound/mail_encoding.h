#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// The encodings that keep a mail within short lines of printable ASCII.
namespace latchkey {

/// Quoted-printable (RFC 2045 section 6.7) of UTF-8 text whose lines end in "\n" or "\r\n": lines
/// of at most 76 characters that end in "\r\n".
std::string quoted_printable(std::string_view text);

/// RFC 4648 section 4, with padding, on one line.
std::string base64(std::string_view bytes);

/// A header's free text: as it is where it is short and plain, else as encoded words (RFC 2047) on
/// folded lines. `column` is where it begins on its line. Throws std::invalid_argument on control
/// characters (S63).
std::string header_text(std::string_view text, std::size_t column);

/// The same for the name before an address: quoted where it is plain (RFC 5322 "phrase").
std::string header_phrase(std::string_view name, std::size_t column);

}  // namespace latchkey
