#include "engine/mail_address.h"

#include "engine/unicode.h"

#include <unicode/uchar.h>
#include <unicode/uidna.h>
#include <unicode/utf8.h>
#include <algorithm>
#include <stdexcept>

// GCC reports conversions inside ICU's macros.
#pragma GCC diagnostic ignored "-Wconversion"

namespace latchkey {
namespace {

constexpr std::size_t kLongestLocal = 64;     // RFC 5321 section 4.5.3.1.1, in bytes
constexpr std::size_t kLongestAddress = 254;  // a path of 256 less its brackets
constexpr std::size_t kLongestDomain = 253;

bool ascii_digit(char c) {
    return c >= '0' && c <= '9';
}

bool ascii_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// "atext" of RFC 5322 section 3.2.3.
bool atom_character(char c) {
    return ascii_letter(c) || ascii_digit(c) ||
           std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

/// Beyond ASCII, whatever people can see and nothing that hides or separates.
bool visible(UChar32 code_point) {
    return !(U_GET_GC_MASK(code_point) & (U_GC_C_MASK | U_GC_Z_MASK));
}

bool local_part(std::string_view text) {
    if (text.empty() || text.size() > kLongestLocal) return false;
    if (text.front() == '.' || text.back() == '.') return false;
    if (text.find("..") != std::string_view::npos) return false;
    const auto size = static_cast<std::int32_t>(text.size());
    for (std::int32_t at = 0; at < size;) {
        UChar32 code_point = 0;
        U8_NEXT(text.data(), at, size, code_point);
        if (code_point < 0) return false;  // not UTF-8
        if (code_point >= 0x80
                ? !visible(code_point)
                : code_point != '.' && !atom_character(static_cast<char>(code_point)))
            return false;
    }
    return true;
}

const UIDNA* idna() {
    static const UIDNA* const kIdna = [] {
        UErrorCode error = U_ZERO_ERROR;
        const UIDNA* opened =
            uidna_openUTS46(UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
                                UIDNA_NONTRANSITIONAL_TO_ASCII,
                            &error);
        if (U_FAILURE(error)) throw std::runtime_error("ICU has no data for domain names");
        return opened;
    }();
    return kIdna;
}

/// A quoted string without its quotes, any other text as it is; nothing if a quote stands alone.
std::optional<std::string> display_name(std::string_view text) {
    if (!to_nfc(text) || has_control_characters(text)) return {};
    if (!text.starts_with('"'))
        return text.find('"') == std::string_view::npos ? std::optional(std::string(text))
                                                        : std::nullopt;
    std::string name;
    for (std::size_t at = 1; at < text.size(); ++at) {
        if (text[at] == '"')
            return at + 1 == text.size() ? std::optional(std::move(name)) : std::nullopt;
        if (text[at] == '\\' && ++at == text.size()) break;
        name += text[at];
    }
    return {};
}

}  // namespace

bool MailAddress::international() const {
    return !ascii(local_);
}

std::optional<std::string> ascii_domain(std::string_view text) {
    if (text.empty() || text.size() > kLongestAddress) return {};
    std::string out(kLongestDomain + 1, '\0');
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode error = U_ZERO_ERROR;
    const auto size =
        uidna_nameToASCII_UTF8(idna(), text.data(), static_cast<std::int32_t>(text.size()),
                               out.data(), static_cast<std::int32_t>(out.size()), &info, &error);
    if (U_FAILURE(error) || info.errors != 0 || size <= 0) return {};
    if (static_cast<std::size_t>(size) > kLongestDomain) return {};
    out.resize(static_cast<std::size_t>(size));
    if (out.back() == '.') return {};
    // Only numbers at the end are an IP address, in whatever disguise (WHATWG URL, "ends in a
    // number").
    const auto last = std::string_view(out).substr(out.rfind('.') + 1);
    if (std::ranges::all_of(last, ascii_digit) || last.starts_with("0x")) return {};
    return out;
}

std::string readable_domain(std::string_view domain) {
    if (domain.size() > kLongestAddress) return std::string(domain);
    std::string out(kLongestDomain * 4, '\0');  // a label may grow when its letters are written out
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode error = U_ZERO_ERROR;
    const auto size =
        uidna_nameToUnicodeUTF8(idna(), domain.data(), static_cast<std::int32_t>(domain.size()),
                                out.data(), static_cast<std::int32_t>(out.size()), &info, &error);
    if (U_FAILURE(error) || info.errors != 0 || size <= 0) return std::string(domain);
    out.resize(static_cast<std::size_t>(size));
    return out;
}

std::optional<MailAddress> parse_mail_address(std::string_view text) {
    const auto at = text.find('@');
    if (at == std::string_view::npos || !local_part(text.substr(0, at))) return {};
    auto domain = ascii_domain(text.substr(at + 1));
    if (!domain || at + 1 + domain->size() > kLongestAddress) return {};
    return MailAddress(std::string(text.substr(0, at)), *std::move(domain));
}

std::optional<Mailbox> parse_mailbox(std::string_view text) {
    text = trimmed(text);
    const auto bracket = text.rfind('<');
    if (bracket == std::string_view::npos) {
        auto address = parse_mail_address(text);
        if (!address) return {};
        return Mailbox{"", *std::move(address)};
    }
    if (!text.ends_with('>')) return {};
    auto name = display_name(trimmed(text.substr(0, bracket)));
    auto address = parse_mail_address(text.substr(bracket + 1, text.size() - bracket - 2));
    if (!name || !address) return {};
    return Mailbox{*std::move(name), *std::move(address)};
}

}  // namespace latchkey
