#include "web/render/assets.h"
#include "web/render/catalog.h"
#include "web/render/template.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

// A template of an administrator's overlay: refused with its file and line, or rendered without
// ever letting a value out of its place.

using namespace latchkey;

namespace {

bool blank(char c) {
    return std::string_view(" \t\n\f\r").find(c) != std::string_view::npos;
}

void skip_blanks(std::string_view& rest) {
    while (!rest.empty() && blank(rest.front())) rest.remove_prefix(1);
}

/// All that an address may begin with without meaning anything.
void skip_controls(std::string_view& rest) {
    while (!rest.empty() && static_cast<unsigned char>(rest.front()) <= ' ') rest.remove_prefix(1);
}

/// Takes at least one character.
std::string take_name(std::string_view& rest) {
    std::string name;
    do {
        name += static_cast<char>(std::tolower(static_cast<unsigned char>(rest.front())));
        rest.remove_prefix(1);
    } while (!rest.empty() && !blank(rest.front()) &&
             std::string_view("/>=").find(rest.front()) == std::string_view::npos);
    return name;
}

std::string_view take_value(std::string_view& rest) {
    const char quote = rest.empty() ? '\0' : rest.front();
    const bool quoted = quote == '"' || quote == '\'';
    if (quoted) rest.remove_prefix(1);
    std::size_t end = 0;
    while (end < rest.size() &&
           (quoted ? rest[end] != quote : !blank(rest[end]) && rest[end] != '>'))
        ++end;
    std::string_view value = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), end + (quoted ? 1 : 0)));
    skip_controls(value);
    return value;
}

void skip_to(std::string_view& rest, std::string_view end) {
    rest.remove_prefix(std::min(rest.size(), rest.find(end)));
}

/// Does an address in a tag lead to the value? Elsewhere it is text like any other. Reads the page
/// as a browser does.
bool is_address(std::string_view rest) {
    static const std::set<std::string> addresses{"href", "src",  "action", "formaction", "poster",
                                                 "cite", "data", "ping",   "xlink:href"};
    static const std::set<std::string> without_tags{"script", "style", "textarea", "title"};
    while (true) {
        skip_to(rest, "<");
        if (rest.size() < 2) return false;
        rest.remove_prefix(1);
        if (rest.starts_with("!--")) skip_to(rest, "-->");
        if (rest.empty() || std::isalpha(static_cast<unsigned char>(rest.front())) == 0) continue;
        const std::string element = take_name(rest);
        while (!rest.empty() && rest.front() != '>') {
            if (blank(rest.front()) || rest.front() == '/') {
                rest.remove_prefix(1);
                continue;
            }
            const std::string name = take_name(rest);
            skip_blanks(rest);
            if (!rest.starts_with('=')) continue;
            rest.remove_prefix(1);
            skip_blanks(rest);
            if (take_value(rest).starts_with("javascript:zz9") && addresses.contains(name))
                return true;
        }
        if (without_tags.contains(element)) skip_to(rest, "</" + element);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Assets assets;
    static const Catalogs catalogs(assets, {});
    const std::string text(reinterpret_cast<const char*>(data), size);
    const std::string empty;
    const auto load = [&](const std::string& name) -> const std::string& {
        return name == "page" ? text : empty;
    };
    try {
        const Template page("page", load, Markup::page, catalogs);
        const Json view = {{"a", "<zz9>\"'`&zz9"},
                           {"list", {{{"a", "javascript:zz9()"}}, {{"a", "\x01"}}}},
                           {"flag", true}};
        const std::array<const Json*, 1> roots{&view};
        std::string out;
        page.render(out, roots, catalogs.in("en"), Template::Missing::empty);
        // The template itself is trusted; the value is not.
        if (text.find("zz9") == std::string::npos &&
            (out.find("<zz9>") != std::string::npos || is_address(out)))
            std::abort();
    } catch (const std::runtime_error&) {
    }
    return 0;
}
