#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Text as people write it. All strings are UTF-8; ICU does the work.
namespace latchkey {

/// NFC, or nothing if the text is not valid UTF-8.
std::optional<std::string> to_nfc(std::string_view text);

/// How two spellings of one name or answer are compared: NFKC, case-folded, trimmed, white space
/// collapsed to single blanks. Nothing if the text is not valid UTF-8, or contains control, format
/// or private-use characters, which nobody types and which hide differences (S04).
std::optional<std::string> fold(std::string_view text);

/// How two spellings of one answer to a question are compared (R14.1). As fold, and besides: what
/// nobody sees is left out instead of refused (Persian is typed with it), a Turkish i is an i with
/// or without its dot, and an apostrophe or dash of any kind is a plain one, since phones put in
/// their own. Nothing if the text is not valid UTF-8.
std::optional<std::string> fold_answer(std::string_view text);

/// Without the white space of any kind at both ends; text that is not UTF-8 stays as it is.
std::string_view trimmed(std::string_view text);

/// Code points in valid UTF-8 (S40 counts passwords so).
std::size_t code_points(std::string_view text);

/// True if some character is a control character (Unicode category Cc).
bool has_control_characters(std::string_view text);

/// Decimal digits of any script as ASCII digits; blanks and dashes of any kind are left out.
/// Nothing if any other character occurs.
std::optional<std::string> to_ascii_digits(std::string_view text);

}  // namespace latchkey
