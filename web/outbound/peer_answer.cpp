#include "web/outbound/peer_answer.h"

#include <algorithm>
#include <vector>

namespace latchkey {
namespace {

constexpr std::size_t kLongestHeard = 2000;
constexpr std::size_t kLongest = 300;
constexpr std::string_view kMask = "***";
constexpr std::string_view kCut = "...";

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool begins_with(std::string_view text, std::string_view prefix) {
    return text.size() >= prefix.size() &&
           std::ranges::equal(text.substr(0, prefix.size()), prefix, {}, lower, lower);
}

std::string printable(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\r' || c == '\n' || c == '\t') {
            if (!out.empty() && out.back() != ' ') out += ' ';
        } else if (c >= ' ' && c <= '~') {
            out += c;
        } else {
            out.append("\\x") += kHex[byte >> 4];
            out += kHex[byte & 15];
        }
    }
    return out;
}

}  // namespace

std::vector<std::string> secrets_of(const Message& message) {
    std::vector<std::string> secrets{message.to};
    if (!message.data.is_object()) return secrets;
    for (const char* name : {"code", "link"})
        if (const auto found = message.data.find(name);
            found != message.data.end() && found->is_string())
            secrets.push_back(found->get<std::string>());
    return secrets;
}

std::string peer_answer(std::string_view said, std::span<const std::string> hidden) {
    // Secrets are looked for as they would be shown, so no line end inside one brings it through.
    std::vector<std::string> secrets;
    for (const auto& text : hidden) secrets.push_back(printable(text));
    const std::string shown = printable(said.substr(0, kLongestHeard));
    std::string out;
    for (std::string_view left = shown; !left.empty();) {
        std::size_t secret = 0;  // bytes of the longest one that begins here
        for (const auto& text : secrets)
            if (begins_with(left, text)) secret = std::max(secret, text.size());
        if (secret > 0)
            out += kMask;
        else
            out += left.front();
        left.remove_prefix(std::max<std::size_t>(secret, 1));
    }
    if (out.size() > kLongest) out.replace(kLongest - kCut.size(), out.npos, kCut);
    while (out.ends_with(' ')) out.pop_back();
    return out;
}

}  // namespace latchkey
