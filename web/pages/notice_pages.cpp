#include "web/pages/notice_pages.h"

#include "web/http/cookies.h"
#include "web/render/page_views.h"
#include "web/render/view.h"

#include <algorithm>

namespace latchkey {
namespace {

constexpr std::string_view kNoticeCookie = "notice";

std::string token_of(const Call& call) {
    return http::Cookies(call.request.header("cookie"))
        .find(kNoticeCookie, call.request.secure)
        .value_or("");
}

bool looks_like_a_token(const std::string& text) {
    return text.size() == 26 && std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
           });
}

}  // namespace

void NoticePages::add_to(Site& site) {
    site.get("/n/{token}", Access::anyone, Pace::waits, [this](Call& call) { return land(call); });
    site.get("/not-me", Access::anyone, Pace::waits, [this](Call& call) { return show(call); });
    site.post("/not-me", Access::anyone, {}, [this](Call& call) { return freeze(call); });
}

http::Response NoticePages::land(const Call& call) const {
    const std::string& token = call.parameter("token");
    if (!looks_like_a_token(token)) return frame_.refusal(call, "notice_link_over", 404, "/");
    http::Response response = frame_.go(call, "/not-me");
    std::erase_if(response.headers, [](const auto& h) { return h.first == "Referrer-Policy"; });
    return response.with("Referrer-Policy", "no-referrer")
        .with("Set-Cookie",
              http::set_cookie(kNoticeCookie, token, http::SameSite::lax, call.request.secure));
}

http::Response NoticePages::show(const Call& call) const {
    const auto outlook = desk_.look(token_of(call));
    if (!outlook) return frame_.refusal(call, "notice_link_over", 404, "/");
    return page(call, *outlook, false);
}

http::Response NoticePages::freeze(const Call& call) const {
    const auto done = desk_.freeze(token_of(call), call.origin());
    if (!done) return frame_.refusal(call, "notice_link_over", 404, "/");
    return page(call, *done, true)
        .with("Set-Cookie",
              http::forget_cookie(kNoticeCookie, http::SameSite::lax, call.request.secure));
}

http::Response NoticePages::page(const Call& call, const NoticeDesk::Outlook& outlook,
                                 bool done) const {
    Json restored = Json::array();
    for (const Words& title : outlook.restored)
        restored.push_back({{"title", call.catalog.pick(title)}});
    return frame_.page(call, "notice_link",
                       {{"done", done},
                        {"freeze", duration(outlook.freeze)},
                        {"restored", std::move(restored)},
                        {"form", done ? Json(false) : form(frame_.url("/not-me"))}});
}

}  // namespace latchkey
