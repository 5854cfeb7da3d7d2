#include "web/render/assets.h"
#include "web/render/catalog.h"
#include "web/render/template.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <regex>
#include <stdexcept>

// A template of an administrator's overlay: refused with its file and line, or rendered without
// ever letting a value out of its place.

using namespace latchkey;

namespace {

/// Does a link or a form lead to the value? In other attributes it is text like any other.
bool is_address(const std::string& page) {
    static const std::regex kAddress(
        "[\\s\"'/](href|src|action|formaction|poster|cite|data|ping)\\s*=\\s*[\"']?javascript:zz9",
        std::regex::icase);
    return std::regex_search(page, kAddress);
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
