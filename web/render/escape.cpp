#include "web/render/escape.h"

namespace latchkey {

void append_escaped(std::string& out, std::string_view text) {
    for (std::size_t from = 0;;) {
        const std::size_t at = text.find_first_of("&<>\"'", from);
        out.append(text, from, at - from);
        if (at == std::string_view::npos) return;
        switch (text[at]) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += "&#39;";
                break;
        }
        from = at + 1;
    }
}

void append_words(std::string& out, std::string_view text, Manner manner) {
    if (manner == Manner::plain)
        out += text;
    else
        append_escaped(out, text);
}

}  // namespace latchkey
