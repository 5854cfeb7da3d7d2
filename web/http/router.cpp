#include "web/http/router.h"

#include <stdexcept>
#include <utility>

namespace latchkey::http {

void Router::add(std::string method, std::string_view pattern, std::size_t route) {
    std::size_t at = 0;
    std::string_view rest = pattern.substr(1);
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('/'), rest.size());
        const std::string_view segment = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const bool parameter = segment.starts_with('{');
        std::optional<std::size_t> next;
        if (parameter) {
            next = nodes_[at].parameter;
        } else if (const auto child = nodes_[at].children.find(segment);
                   child != nodes_[at].children.end()) {
            next = child->second;
        }
        if (!next) {
            next = nodes_.size();
            nodes_.emplace_back();
            if (parameter) {
                nodes_[at].parameter = next;
                nodes_[at].parameter_name = segment.substr(1, segment.size() - 2);
            } else {
                nodes_[at].children.emplace(segment, *next);
            }
        }
        at = *next;
    }
    if (!nodes_[at].routes.emplace(std::move(method), route).second)
        throw std::logic_error("two routes for " + std::string(pattern));
}

Router::Found Router::find(std::string_view method,
                           const std::vector<std::string>& segments) const {
    Found found;
    std::size_t at = 0;
    for (const std::string& segment : segments) {
        const Node& node = nodes_[at];
        if (const auto child = node.children.find(segment); child != node.children.end()) {
            at = child->second;
        } else if (node.parameter) {
            found.parameters[node.parameter_name] = segment;
            at = *node.parameter;
        } else {
            return {};
        }
    }
    const auto& routes = nodes_[at].routes;
    const auto route = routes.find(method == "HEAD" ? "GET" : method);
    if (route != routes.end()) {
        found.route = route->second;
    } else {
        for (const auto& [name, index] : routes)
            found.allowed += (found.allowed.empty() ? "" : ", ") + name;
        if (routes.contains("GET")) found.allowed += ", HEAD";
    }
    return found;
}

}  // namespace latchkey::http
