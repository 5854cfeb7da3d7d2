#include "web/outbound/peer_answer.h"

#include <algorithm>

namespace latchkey {
namespace {

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

void append_printable(std::string& out, char c) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
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

}  // namespace

std::string peer_answer(std::string_view said, std::span<const std::string> hidden) {
    std::string out;
    while (!said.empty() && out.size() <= kLongest) {
        std::size_t secret = 0;  // bytes of the longest one that begins here
        for (const auto& text : hidden)
            if (begins_with(said, text)) secret = std::max(secret, text.size());
        if (secret > 0)
            out += kMask;
        else
            append_printable(out, said.front());
        said.remove_prefix(std::max<std::size_t>(secret, 1));
    }
    if (out.size() > kLongest) out.replace(kLongest - kCut.size(), out.npos, kCut);
    while (out.ends_with(' ')) out.pop_back();
    return out;
}

}  // namespace latchkey
