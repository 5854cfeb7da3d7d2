#pragma once

#include <array>
#include <string>
#include <string_view>

/// The small grammar that all header fields share (RFC 9110 section 5.6).
namespace latchkey::http {

/// A character of a token: what methods, field names and cookie names are made of.
constexpr bool token_character(char c) {
    constexpr auto kTable = [] {
        std::array<bool, 256> table{};
        for (unsigned char i = '0'; i <= '9'; ++i) table[i] = true;
        for (unsigned char i = 'A'; i <= 'Z'; ++i) table[i] = true;
        for (unsigned char i = 'a'; i <= 'z'; ++i) table[i] = true;
        for (const char i : std::string_view("!#$%&'*+-.^_`|~"))
            table[static_cast<unsigned char>(i)] = true;
        return table;
    }();
    return kTable[static_cast<unsigned char>(c)];
}

/// One token and nothing else.
bool is_token(std::string_view text);

/// ASCII only: bytes above 0x7f stay as they are.
char lower_case(char c);
std::string lower_case(std::string_view text);
bool same_ignoring_case(std::string_view a, std::string_view b);

/// Without blanks and tabs at both ends.
std::string_view trim(std::string_view text);

/// Cuts off and returns the trimmed text before the next `separator`; `rest` becomes what follows
/// it.
std::string_view next_element(std::string_view& rest, char separator);

}  // namespace latchkey::http
