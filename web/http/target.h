#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::http {

/// The parts of a request target, as views into it.
struct Target {
    std::string_view authority;  // of absolute-form, else empty
    std::string_view path;       // begins with '/'
    std::string_view query;      // without '?'
};

/// Reads origin-form ("/a?b") and absolute-form ("http://host/a?b", RFC 9112 section 3.2). Nothing
/// for any other: "*", "host:443", other schemes, user information.
std::optional<Target> split_target(std::string_view target);

/// The segments of a path, decoded once: "/users/a%2Fb" is {"users", "a/b"}, "/" is {}, "/a/" is
/// {"a", ""}. Nothing if an escape is bad, a segment is empty and not the last ("//host", "/a//b"),
/// is "." or ".." also when written %2e, contains a control character, or is not UTF-8 (S66, S67).
/// A segment may contain '/': route on segments and never join them to a file name.
std::optional<std::vector<std::string>> path_segments(std::string_view path);

}  // namespace latchkey::http
