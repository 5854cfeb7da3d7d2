#include "verifications/totp.h"

namespace latchkey {
namespace {

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// All but RFC 3986's unreserved characters as %XX. A colon parts issuer and name even when it is
/// escaped, so a blank stands for it.
std::string escaped(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c == ':' ? ' ' : c);
        const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                           (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' ||
                           byte == '_' || byte == '~';
        if (plain)
            out += c;
        else
            out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
    return out;
}

}  // namespace

std::int64_t time_step(TimePoint at) {
    return std::chrono::floor<Seconds>(at.time_since_epoch()) / kTimeStep;
}

std::string hotp(const Crypto& crypto, std::string_view key, std::uint64_t counter,
                 std::size_t digits) {
    std::string message(8, '\0');
    for (std::size_t i = 8; i-- > 0; counter >>= 8) message[i] = static_cast<char>(counter & 0xFF);
    const std::string mac = crypto.hmac_sha1(key, message);
    const std::size_t offset = static_cast<unsigned char>(mac.at(19)) & 15;
    std::uint32_t number = 0;
    for (std::size_t i = offset; i < offset + 4; ++i)
        number = (number << 8) | static_cast<unsigned char>(mac.at(i));
    number &= 0x7FFFFFFF;
    std::string code(digits, '0');
    for (std::size_t i = digits; i-- > 0; number /= 10)
        code[i] = static_cast<char>('0' + number % 10);
    return code;
}

std::string key_text(std::string_view key) {
    std::string out;
    unsigned held = 0;
    int bits = 0;
    for (const char byte : key) {
        held = (held << 8) | static_cast<unsigned char>(byte);
        for (bits += 8; bits >= 5; bits -= 5) out += kLetters[(held >> (bits - 5)) & 31];
    }
    if (bits > 0) out += kLetters[(held << (5 - bits)) & 31];
    return out;
}

std::string key_bytes(std::string_view text) {
    std::string out;
    unsigned held = 0;
    int bits = 0;
    for (const char letter : text) {
        held = (held << 5) | (static_cast<unsigned>(kLetters.find(letter)) & 31);
        bits += 5;
        if (bits < 8) continue;
        bits -= 8;
        out += static_cast<char>((held >> bits) & 0xFF);
    }
    return out;
}

std::optional<std::string> read_key(std::string_view written) {
    std::string letters;
    for (char c : written) {
        if (c == ' ' || c == '-' || c == '=') continue;
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if (kLetters.find(c) == std::string_view::npos) return {};
        letters += c;
    }
    std::string bytes = key_bytes(letters);
    if (key_text(bytes) != letters) return {};  // half a byte at the end: something is missing
    return bytes;
}

std::string in_groups_of_four(std::string_view text, char between) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 4) {
        if (i > 0) out += between;
        out += text.substr(i, 4);
    }
    return out;
}

std::string pairing_address(std::string_view issuer, std::string_view user, std::string_view key) {
    const std::string who = escaped(issuer);
    return "otpauth://totp/" + (who.empty() ? "" : who + ":") + escaped(user) +
           "?secret=" + key_text(key) + (who.empty() ? "" : "&issuer=" + who);
}

}  // namespace latchkey
