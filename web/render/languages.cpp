#include "web/render/languages.h"

#include <algorithm>
#include <cctype>
#include <functional>
#include <map>

namespace latchkey {
namespace {

constexpr std::size_t kLongestTag = 35;  // RFC 5646 section 4.4.1
constexpr std::size_t kMostTags = 20;

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string_view cut(std::string_view& rest, char separator) {
    const auto at = rest.find(separator);
    const auto head = rest.substr(0, at);
    rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
    return trimmed(head);
}

/// A weight of RFC 9110 in thousandths; 0 for one that cannot be read.
int weight(std::string_view parameter) {
    if (parameter.empty()) return 1000;
    if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) return 0;
    const auto digits = parameter.substr(2);
    if (digits.empty() || digits.size() > 5 || (digits[0] != '0' && digits[0] != '1')) return 0;
    if (digits.size() > 1 && digits[1] != '.') return 0;
    int value = (digits[0] - '0') * 1000;
    int place = 100;
    for (const char c : digits.substr(std::min<std::size_t>(2, digits.size()))) {
        if (c < '0' || c > '9') return 0;
        value += (c - '0') * place;
        place /= 10;
    }
    return std::min(value, 1000);
}

}  // namespace

std::string language_tag(std::string_view text) {
    if (text.empty() || text.size() > kLongestTag || text.ends_with('-')) return {};
    std::string tag;
    while (!text.empty()) {
        const auto part = text.substr(0, text.find('-'));
        if (part.empty() || part.size() > 8) return {};
        const std::size_t begin = tag.empty() ? 0 : tag.size() + 1;
        if (begin > 0) tag += '-';
        for (const char c : part) {
            if (!std::isalnum(static_cast<unsigned char>(c))) return {};
            // Regions are written in capitals, scripts with a capital: pt-BR, zh-Hant.
            const bool capital =
                begin > 0 && (part.size() == 2 || (part.size() == 4 && tag.size() == begin));
            const auto byte = static_cast<unsigned char>(c);
            tag += static_cast<char>(capital ? std::toupper(byte) : std::tolower(byte));
        }
        text.remove_prefix(std::min(text.size(), part.size() + 1));
    }
    return tag;
}

std::vector<std::string> accepted_languages(std::string_view header) {
    std::multimap<int, std::string, std::greater<>> wanted;  // by weight, then as listed
    while (!header.empty() && wanted.size() < kMostTags) {
        std::string_view element = cut(header, ',');
        const std::string tag = language_tag(cut(element, ';'));
        const int q = weight(trimmed(element));
        if (!tag.empty() && q > 0) wanted.emplace(q, tag);
    }
    std::vector<std::string> tags;
    for (auto& [q, tag] : wanted) tags.push_back(std::move(tag));
    return tags;
}

std::vector<std::string> with_parents(std::string_view tag) {
    std::vector<std::string> chain;
    for (std::string rest = language_tag(tag); !rest.empty();) {
        chain.push_back(rest);
        const auto dash = rest.rfind('-');
        rest.erase(dash == std::string::npos ? 0 : dash);
    }
    return chain;
}

}  // namespace latchkey
