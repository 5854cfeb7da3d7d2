#include "engine/unicode.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>
#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <utility>

// GCC reports conversions inside ICU's macros.
#pragma GCC diagnostic ignored "-Wconversion"

namespace latchkey {
namespace {

/// Calls `visit` with each code point; false as soon as the text is not UTF-8 or `visit` says so.
template <class Visit>
bool each_code_point(std::string_view text, Visit&& visit) {
    const auto size = static_cast<std::int32_t>(text.size());
    for (std::int32_t at = 0; at < size;) {
        UChar32 point = 0;
        U8_NEXT(text.data(), at, size, point);
        if (point < 0 || !visit(point)) return false;
    }
    return true;
}

bool valid(std::string_view text) {
    return each_code_point(text, [](UChar32) { return true; });
}

std::string normalized(const icu::Normalizer2& form, std::string_view text) {
    std::string out;
    icu::StringByteSink<std::string> sink(&out);
    UErrorCode status = U_ZERO_ERROR;
    const auto size = static_cast<std::int32_t>(text.size());
    form.normalizeUTF8(0, {text.data(), size}, sink, nullptr, status);
    if (U_FAILURE(status)) throw std::runtime_error("normalising text failed");
    return out;
}

using Form = const icu::Normalizer2* (*)(UErrorCode&);

const icu::Normalizer2& loaded(Form form) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* instance = form(status);
    if (U_FAILURE(status)) throw std::runtime_error("ICU's normalisation data is missing");
    return *instance;
}

bool ascii(std::string_view text) {
    for (const char byte : text)
        if (static_cast<unsigned char>(byte) >= 0x80) return false;
    return true;
}

void append(std::string& out, UChar32 point) {
    std::uint8_t bytes[U8_MAX_LENGTH];
    std::int32_t length = 0;
    U8_APPEND_UNSAFE(bytes, length, point);
    out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

/// Hyphens, dashes and the minus sign, which some programs put in place of a hyphen.
bool is_dash(UChar32 point) {
    return u_hasBinaryProperty(point, UCHAR_DASH) != 0;
}

/// Characters that nobody sees or types, and that make two equal-looking names differ.
bool hides(UChar32 point) {
    const auto type = u_charType(point);
    return type == U_CONTROL_CHAR || type == U_FORMAT_CHAR || type == U_PRIVATE_USE_CHAR ||
           type == U_SURROGATE || type == U_UNASSIGNED;
}

constexpr UChar32 kNothing = -1;
constexpr UChar32 kDotAbove = 0x0307;
constexpr UChar32 kDotlessI = 0x0131;

bool is_apostrophe(UChar32 point) {
    return point == 0x2018 || point == 0x2019 || point == 0x201B || point == 0x02BC ||
           point == 0x02B9 || point == 0x2032 || point == '`';
}

/// NFKC, case-folded, trimmed, blanks collapsed; `change` replaces each code point or leaves it
/// out.
template <class Change>
std::string folded(std::string_view text, Change&& change) {
    const std::string form = normalized(loaded(icu::Normalizer2::getNFKCCasefoldInstance), text);
    std::string out;
    bool blank = false;
    each_code_point(form, [&](UChar32 point) {
        point = change(point);
        if (point == kNothing) return true;
        if (u_isUWhiteSpace(point)) {
            blank = !out.empty();
        } else {
            if (blank) out += ' ';
            blank = false;
            append(out, point);
        }
        return true;
    });
    return out;
}

}  // namespace

std::optional<std::string> to_nfc(std::string_view text) {
    if (ascii(text)) return std::string(text);
    if (!valid(text)) return {};
    return normalized(loaded(icu::Normalizer2::getNFCInstance), text);
}

std::optional<std::string> fold(std::string_view text) {
    if (!each_code_point(text, [](UChar32 point) { return !hides(point); })) return {};
    return folded(text, [](UChar32 point) { return point; });
}

std::optional<std::string> fold_answer(std::string_view text) {
    if (!valid(text)) return {};
    UChar32 before = 0;
    return folded(text, [&](UChar32 point) -> UChar32 {
        const UChar32 last = std::exchange(before, point);
        if (hides(point) && !u_isUWhiteSpace(point)) return kNothing;
        if (point == kDotAbove && last == 'i') return kNothing;
        if (point == kDotlessI) return 'i';
        if (is_dash(point)) return '-';
        if (is_apostrophe(point)) return '\'';
        return point;
    });
}

std::string_view trimmed(std::string_view text) {
    std::size_t begin = text.size();
    std::size_t end = 0;
    std::size_t at = 0;
    const bool readable = each_code_point(text, [&](UChar32 point) {
        const std::size_t next = at + static_cast<std::size_t>(U8_LENGTH(point));
        if (!u_isUWhiteSpace(point)) {
            begin = std::min(begin, at);
            end = next;
        }
        at = next;
        return true;
    });
    if (!readable) return text;
    return end == 0 ? std::string_view{} : text.substr(begin, end - begin);
}

std::size_t code_points(std::string_view text) {
    std::size_t count = 0;
    for (const char byte : text)
        if ((static_cast<unsigned char>(byte) & 0xC0) != 0x80) ++count;
    return count;
}

bool has_control_characters(std::string_view text) {
    // Not u_iscntrl: that one also means what joins emoji and letters (category Cf).
    return !each_code_point(text,
                            [](UChar32 point) { return u_charType(point) != U_CONTROL_CHAR; });
}

std::optional<std::string> to_ascii_digits(std::string_view text) {
    std::string digits;
    const bool only_digits = each_code_point(text, [&](UChar32 point) {
        const std::int32_t value = u_charDigitValue(point);
        if (value >= 0) digits += static_cast<char>('0' + value);
        return value >= 0 || u_isUWhiteSpace(point) || is_dash(point);
    });
    if (!only_digits) return {};
    return digits;
}

}  // namespace latchkey
