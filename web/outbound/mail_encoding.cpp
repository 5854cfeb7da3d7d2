#include "web/outbound/mail_encoding.h"

#include "engine/unicode.h"

#include <openssl/evp.h>
#include <algorithm>
#include <array>
#include <stdexcept>

namespace latchkey {
namespace {

constexpr std::size_t kLine = 76;  // of quoted-printable, and of a line with encoded words
constexpr std::string_view kWordBegin = "=?UTF-8?B?";
constexpr std::string_view kWordEnd = "?=";
constexpr std::size_t kLongestWord = 75;

void append_hex(std::string& out, unsigned char byte) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    out += '=';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
}

/// One line without its end. White space at the end of a line is lost on some ways, so it is
/// encoded.
void append_line(std::string& out, std::string_view line) {
    std::size_t column = 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
        const char c = line[at];
        const bool blank = c == ' ' || c == '\t';
        const bool last = at + 1 == line.size();
        const bool plain = blank ? !last : c > ' ' && c <= '~' && c != '=';
        const std::size_t width = plain ? 1 : 3;
        if (column + width > kLine - (last ? 0 : 1)) {
            out += "=\r\n";
            column = 0;
        }
        if (plain)
            out += c;
        else
            append_hex(out, static_cast<unsigned char>(c));
        column += width;
    }
}

bool continues_a_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// How many bytes fit into one encoded word `width` characters wide without splitting a character.
std::size_t word_length(std::string_view text, std::size_t width) {
    std::size_t length =
        std::min((width - kWordBegin.size() - kWordEnd.size()) / 4 * 3, text.size());
    while (length > 1 && length < text.size() && continues_a_character(text[length])) --length;
    return length;
}

std::string encoded_words(std::string_view text, std::size_t column) {
    std::string out;
    while (!text.empty()) {
        if (!out.empty()) out += "\r\n ";
        const std::size_t used = out.empty() ? column : 1;
        const std::size_t length = word_length(text, std::min(kLongestWord, kLine - used));
        out.append(kWordBegin).append(base64(text.substr(0, length))).append(kWordEnd);
        text.remove_prefix(length);
    }
    return out;
}

/// Whether the text survives a header untouched. "=?" would be taken for an encoded word.
bool plain(std::string_view text, std::size_t column) {
    return column + text.size() <= kLine && !text.starts_with(' ') && !text.ends_with(' ') &&
           text.find("=?") == std::string_view::npos &&
           std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

void refuse_control_characters(std::string_view text) {
    if (!to_nfc(text)) throw std::invalid_argument("a header value is not valid UTF-8");
    if (has_control_characters(text))
        throw std::invalid_argument("a header value contains control characters");
}

}  // namespace

std::string quoted_printable(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 8);
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        append_line(out, line);
        out += "\r\n";
    }
    return out;
}

std::string base64(std::string_view bytes) {
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');  // the last one for the library's NUL
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

std::string header_text(std::string_view text, std::size_t column) {
    refuse_control_characters(text);
    return plain(text, column) ? std::string(text) : encoded_words(text, column);
}

std::string header_phrase(std::string_view name, std::size_t column) {
    refuse_control_characters(name);
    std::string quoted = "\"";
    for (const char c : name) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    quoted += '"';
    return plain(quoted, column) ? quoted : encoded_words(name, column);
}

}  // namespace latchkey
