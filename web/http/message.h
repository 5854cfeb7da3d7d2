#pragma once

#include "engine/time.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// HTTP as plain data: no Beast type gets past web/server.
namespace latchkey::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
    std::string method;
    std::string path;  // of the target, still percent-encoded; begins with '/' (target.h splits it)
    std::string query;  // without '?', still percent-encoded (forms.h reads it)
    Headers headers;    // names in lower case
    std::string body;
    std::string client;   // the person's address, from the peer or from a trusted proxy (S48)
    bool secure = false;  // the person's connection is encrypted, here or at a trusted proxy

    /// How long the server has held this request since a handler first answered `ask_again`. The
    /// largest value means: the server is stopping, answer now.
    Milliseconds waited{0};

    /// The first header of that (lower-case) name, or empty.
    std::string_view header(std::string_view name) const;
};

struct Response {
    int status = 200;
    Headers headers;
    std::string body;

    /// Above zero this is no answer yet: the server keeps the person waiting without a thread and
    /// hands the request to the handler again after this time.
    Milliseconds ask_again{0};

    Response& with(std::string name, std::string value) {
        headers.emplace_back(std::move(name), std::move(value));
        return *this;
    }
};

/// The server's own short answers: the status and its reason phrase as plain text, not to be
/// stored. `detail` is a sentence of ours, never the sender's words.
Response plain_response(int status, std::string_view detail = {});

/// The reason phrase of a status that we send ("Not Found"), or "Unknown".
std::string_view reason_phrase(int status);

}  // namespace latchkey::http
