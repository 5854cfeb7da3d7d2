#include "web/pages/message_pages.h"

#include "web/http/forms.h"
#include "web/render/view.h"

namespace latchkey {
namespace {

constexpr std::size_t kLongestReference = 40;

/// As it is printed, however it was typed: "7kqf m3pd" is 7KQF-M3PD.
std::string canonical_reference(std::string_view typed) {
    std::string out;
    for (const char c : typed.substr(0, kLongestReference)) {
        if (c >= 'a' && c <= 'z') out += static_cast<char>(c - 'a' + 'A');
        if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) out += c;
    }
    if (out.size() > 4) out.insert(4, "-");
    return out;
}

Json sentence(const std::string& id) {
    return Text{id, {}};
}

}  // namespace

void MessagePages::add_to(Site& site) {
    site.get("/message", Access::anyone, Pace::waits, [this](Call& call) { return show(call); });
}

http::Response MessagePages::show(const Call& call) const {
    const auto query = http::read_query(call.request);
    const std::string reference =
        canonical_reference(query ? (*query)["reference"] : std::string_view());
    Json view{{"action", frame_.url("/message")},
              {"reference", reference},
              {"known", false},
              {"unknown", false}};
    if (!reference.empty()) {
        if (const auto found = messages_.sent(reference))
            view["known"] = {{"at", instant(found->at)},
                             {"why", sentence("about." + found->wording + ".why")},
                             {"ignored", sentence("about." + found->wording + ".ignored")}};
        else
            view["unknown"] = true;
    }
    return frame_.page(call, "message", std::move(view));
}

}  // namespace latchkey
