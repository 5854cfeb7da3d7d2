#include "web/server/request_parser.h"

#include "web/http/target.h"
#include "web/http/tokens.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace latchkey {

namespace {

namespace beast = boost::beast;
using Parser = beast::http::request_parser<beast::http::string_body>;
using Message = Parser::value_type;

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

/// True if the parser took the whole message and found its end there.
bool read_all(std::string_view message, Parser& parser) {
    parser.eager(true);
    // The gate has enforced the real limits.
    parser.header_limit(static_cast<std::uint32_t>(message.size()));
    parser.body_limit(message.size());
    beast::error_code error;
    while (!message.empty() && !parser.is_done()) {
        const auto taken = parser.put(boost::asio::buffer(message), error);
        message.remove_prefix(taken);
        if (error || taken == 0) return false;
    }
    return message.empty() && parser.is_done();
}

bool agree(const Message& seen, const FramingGate& gate, std::string_view message) {
    return view(seen.method_string()) == gate.method() &&
           view(seen.target()) == gate.target(message) &&
           view(seen[beast::http::field::host]) == gate.host(message) &&
           seen.body().size() == gate.body_size();
}

http::Headers headers_of(const Message& seen) {
    http::Headers headers;
    headers.reserve(static_cast<std::size_t>(std::distance(seen.begin(), seen.end())));
    for (const auto& field : seen)
        headers.emplace_back(http::lower_case(view(field.name_string())),
                             std::string(view(field.value())));
    return headers;
}

}  // namespace

std::optional<ParsedRequest> parse_request(std::string_view message, const FramingGate& gate) {
    Parser parser;
    if (!read_all(message, parser)) return std::nullopt;
    auto& seen = parser.get();
    if (!agree(seen, gate, message)) return std::nullopt;

    const auto target = http::split_target(gate.target(message));
    ParsedRequest parsed;
    parsed.request.method = gate.method();
    parsed.request.path = target->path;
    parsed.request.query = target->query;
    parsed.request.headers = headers_of(seen);
    parsed.request.body = std::move(seen.body());
    parsed.keep_alive = seen.version() == 11 && seen.keep_alive();
    return parsed;
}

}  // namespace latchkey
