#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace latchkey {

using Json = nlohmann::json;

/// Where and why a text is not acceptable JSON.
struct JsonError {
    std::size_t line = 0;  // 1 for the first line
    std::string reason;    // in English, for operators and API clients
};

/// Reads untrusted JSON strictly (S55): valid UTF-8, no repeated member names, at most 32 levels
/// deep. On failure `error` says where, and the result is "discarded".
Json parse_json(std::string_view text, JsonError& error);

/// Writes a member unless it is what its absence stands for, so that what is stored stays small.
template <class T>
void write_member(Json& json, const char* key, const T& value, const T& if_absent = T{}) {
    if (value != if_absent) json[key] = value;
}

/// The pointer to a member of what `parent` points to (RFC 6901).
std::string member_pointer(const std::string& parent, std::string_view member);

}  // namespace latchkey
