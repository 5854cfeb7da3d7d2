#include "web/http/target.h"

#include "web/http/percent.h"
#include "web/http/tokens.h"

#include <algorithm>

namespace latchkey::http {

namespace {

/// What follows "http://" or "https://", if the target begins so.
std::optional<std::string_view> after_scheme(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"})
        if (same_ignoring_case(target.substr(0, scheme.size()), scheme))
            return target.substr(scheme.size());
    return std::nullopt;
}

bool control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
}

bool fit_segment(const std::string& segment) {
    return segment != "." && segment != ".." && std::ranges::none_of(segment, control) &&
           valid_utf8(segment);
}

}  // namespace

std::optional<Target> split_target(std::string_view target) {
    Target parts;
    if (!target.starts_with('/')) {
        const auto rest = after_scheme(target);
        if (!rest) return std::nullopt;
        parts.authority = rest->substr(0, rest->find_first_of("/?"));
        if (parts.authority.empty() || parts.authority.find('@') != std::string_view::npos)
            return std::nullopt;
        target = rest->substr(parts.authority.size());
    }
    const auto mark = target.find('?');
    parts.path = target.substr(0, mark);
    if (parts.path.empty()) parts.path = "/";  // RFC 9110 section 4.2.3
    if (mark != std::string_view::npos) parts.query = target.substr(mark + 1);
    return parts;
}

std::optional<std::vector<std::string>> path_segments(std::string_view path) {
    if (!path.starts_with('/')) return std::nullopt;
    std::vector<std::string> segments;
    if (path == "/") return segments;
    while (!path.empty()) {
        path.remove_prefix(1);  // the slash
        const auto size = std::min(path.find('/'), path.size());
        auto segment = percent_decode(path.substr(0, size));
        path.remove_prefix(size);
        if (!segment || !fit_segment(*segment)) return std::nullopt;
        if (segment->empty() && !path.empty()) return std::nullopt;
        segments.push_back(std::move(*segment));
    }
    return segments;
}

}  // namespace latchkey::http
