#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::http {

/// What a pattern's "{name}" stood for.
using Parameters = std::map<std::string, std::string, std::less<>>;

/// Finds a route by method and path. Patterns are segments, "/p/{slug}"; what is written out wins
/// over a parameter, and nothing matches two patterns of one shape.
class Router {
 public:
    /// Two routes with one method and shape are a mistake of ours: throws std::logic_error.
    void add(std::string method, std::string_view pattern, std::size_t route);

    struct Found {
        std::optional<std::size_t> route;
        Parameters parameters;
        std::string allowed;  // if the path exists for other methods only: their names for Allow
    };

    /// HEAD finds what GET finds.
    Found find(std::string_view method, const std::vector<std::string>& segments) const;

 private:
    struct Node {
        std::map<std::string, std::size_t, std::less<>> children;  // by segment
        std::optional<std::size_t> parameter;                      // the child for any segment
        std::string parameter_name;
        std::map<std::string, std::size_t, std::less<>> routes;  // by method
    };
    std::vector<Node> nodes_{1};
};

}  // namespace latchkey::http
