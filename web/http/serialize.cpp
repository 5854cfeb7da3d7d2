#include "web/http/serialize.h"

#include "web/http/tokens.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <stdexcept>

namespace latchkey::http {

namespace {

/// Set by the server for every response, and by nobody else.
bool reserved(std::string_view name) {
    constexpr std::array<std::string_view, 4> kReserved = {"connection", "content-length", "date",
                                                           "transfer-encoding"};
    return std::ranges::any_of(
        kReserved, [&](std::string_view ours) { return same_ignoring_case(ours, name); });
}

bool fit_field_value(std::string_view value) {
    return std::ranges::none_of(value, [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7f';
    });
}

void check(const Response& response) {
    if (response.status < 200 || response.status > 599)
        throw std::logic_error("a response's status must be from 200 to 599");
    for (const auto& [name, value] : response.headers) {
        if (!is_token(name) || reserved(name))
            throw std::logic_error("a response may not bring the header \"" + name + "\"");
        if (!fit_field_value(value))
            throw std::logic_error("control character in the response header " + name);
    }
}

void append_number(std::size_t number, std::string& out) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

}  // namespace

void serialize(const Response& response, const Wire& wire, std::string& out) {
    check(response);
    const bool bodiless = response.status == 204 || response.status == 304;
    out.reserve(out.size() + response.body.size() + 512);
    out += "HTTP/1.1 ";
    append_number(static_cast<std::size_t>(response.status), out);
    out.append(" ").append(reason_phrase(response.status)).append("\r\nDate: ").append(wire.date);
    if (!wire.keep_alive) out += "\r\nConnection: close";
    if (!bodiless) {
        out += "\r\nContent-Length: ";
        append_number(response.body.size(), out);
    }
    for (const auto& [name, value] : response.headers)
        out.append("\r\n").append(name).append(": ").append(value);
    out += "\r\n\r\n";
    if (!bodiless && !wire.head) out += response.body;
}

std::string_view DateLine::at(std::int64_t now) {
    if (now != made_for_) {
        const std::time_t seconds = now;
        std::tm utc{};
        ::gmtime_r(&seconds, &utc);
        std::array<char, 32> text;
        // The C locale's names of days and months: the program sets no other.
        text_.assign(text.data(),
                     std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc));
        made_for_ = now;
    }
    return text_;
}

}  // namespace latchkey::http
