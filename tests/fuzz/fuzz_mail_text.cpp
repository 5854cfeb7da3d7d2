#include "web/outbound/mail_encoding.h"
#include "web/outbound/peer_answer.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

// Whatever text goes into a mail stays within short lines of ASCII and is read back as it was;
// whatever a server says becomes one short printable line without our secrets.

namespace {

using namespace latchkey;

void require(bool holds) {
    if (!holds) std::abort();
}

bool printable(char c) {
    return c >= ' ' && c <= '~';
}

int digit(char c) {
    return c <= '9' ? c - '0' : c - 'A' + 10;
}

/// The other direction of quoted_printable, for what it wrote.
std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '=') {
            out += text[at];
        } else {
            if (text[at + 1] != '\r')
                out += static_cast<char>(digit(text[at + 1]) * 16 + digit(text[at + 2]));
            at += 2;
        }
    }
    return out;
}

void body(std::string_view bytes) {
    const std::string encoded = quoted_printable(bytes);
    std::size_t column = 0;
    for (const char c : encoded) {
        require(printable(c) || c == '\r' || c == '\n' || c == '\t');
        column = c == '\n' ? 0 : column + 1;
        require(column <= 76 + 1);  // and the "\r"
    }
    std::string lines;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        if (bytes[at] == '\n' && !(at > 0 && bytes[at - 1] == '\r')) lines += '\r';
        lines += bytes[at];
    }
    if (!bytes.empty() && bytes.back() != '\n') {
        if (bytes.back() == '\r') lines.pop_back();  // taken for half a line end
        lines += "\r\n";
    }
    require(decoded(encoded) == lines);
}

void header(std::string_view bytes) {
    std::string text;
    try {
        text = header_text(bytes, 9);
    } catch (const std::invalid_argument&) {
        return;
    }
    std::size_t column = 9;
    for (std::size_t at = 0; at < text.size(); ++at) {
        require(printable(text[at]) || text.compare(at, 3, "\r\n ") == 0 ||
                (text[at] == '\n' && text[at - 1] == '\r'));
        column = text[at] == '\n' ? 0 : column + 1;
        require(column <= 76 + 1);
    }
}

void answer(std::string_view bytes) {
    const std::vector<std::string> hidden{"s3cret", "amy@example.org"};
    const std::string line = peer_answer(bytes, hidden);
    require(line.size() <= 300 && std::ranges::all_of(line, printable));
    for (const auto& secret : hidden) require(line.find(secret) == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    body(bytes);
    header(bytes);
    answer(bytes);
    return 0;
}
