#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// HTTP as plain data: no Beast type gets past web/server.
namespace latchkey::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
    std::string method;
    std::string path;   // of the target, still percent-encoded; begins with '/'
    std::string query;  // without '?', still percent-encoded
    Headers headers;    // names in lower case
    std::string body;
    std::string client;   // the person's address, from the peer or from a trusted proxy (S48)
    bool secure = false;  // the person's connection is encrypted, here or at a trusted proxy

    /// The first header of that (lower-case) name, or empty.
    std::string_view header(std::string_view name) const;
};

struct Response {
    int status = 200;
    Headers headers;
    std::string body;

    Response& with(std::string name, std::string value) {
        headers.emplace_back(std::move(name), std::move(value));
        return *this;
    }
};

}  // namespace latchkey::http
