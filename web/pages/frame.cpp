#include "web/pages/frame.h"

#include "web/http/csrf.h"
#include "web/http/problems.h"
#include "web/render/page_views.h"
#include "web/render/view.h"

#include <algorithm>

namespace latchkey {
namespace {

constexpr std::string_view kContentPolicy =
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

std::int64_t seconds_until(TimePoint until, TimePoint now) {
    return std::max<std::int64_t>(1, std::chrono::ceil<Seconds>(until - now).count());
}

}  // namespace

std::string_view Call::form_token() const {
    return form[http::kFormToken];
}

RawAnswers Call::answers(std::initializer_list<std::string_view> carriers) const {
    RawAnswers raw;
    for (const auto& [key, value] : form)
        if (key != http::kFormToken && std::ranges::find(carriers, key) == carriers.end())
            raw.emplace(key, value);
    return raw;
}

Origin Call::origin() const {
    return {.channel = "web", .network = request.client, .locale = catalog.language()};
}

void Frame::harden(http::Response& response, bool secure) {
    response.with("Cache-Control", "no-store")
        .with("X-Content-Type-Options", "nosniff")
        .with("Referrer-Policy", "same-origin")
        .with("Cross-Origin-Opener-Policy", "same-origin")
        .with("Cross-Origin-Resource-Policy", "same-origin");
    if (secure) response.with("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
}

std::string Frame::contact() const {
    try {
        return text(processes_.definitions()->settings, "service_desk.contact");
    } catch (const Outage&) {
        return {};  // the page that says so must not fail for the same reason
    }
}

void Frame::add_common(const Call& call, Json& view) const {
    const auto defaults = [&](const char* name, Json value) {
        if (!view.contains(name)) view[name] = std::move(value);
    };
    view["now"] = instant(clock_.now());
    view["root"] = url("/");
    view["csrf"] = http::make_form_token(crypto_, random_, call.visitor.session);
    view["contact"] = contact();
    defaults("here", call.has_page ? url(std::string(call.path)) : "");
    for (const char* name : {"errors", "step", "time_out", "cancel", "menu"}) defaults(name, false);
    defaults("reference", "");
    view["signed_in"] = false;
    if (!call.visitor.account().empty())
        view["signed_in"] = {{"name", Text{"page.my_account", {}}},
                             {"account_url", url("/account")},
                             {"sign_out", form(url("/sign-out"))}};
    view["demo"] = false;
    if (demo_)
        view["demo"] = {{"mailbox_url", url(demo_->mailbox_path)}, {"accounts", demo_->accounts}};
}

http::Response Frame::page(const Call& call, std::string_view name, Json view, int status) const {
    add_common(call, view);
    http::Response response{.status = status, .body = pages_.render(name, view, call.catalog)};
    response.with("Content-Type", "text/html; charset=utf-8")
        .with("Content-Language", call.catalog.language())
        .with("Content-Security-Policy", std::string(kContentPolicy));
    harden(response, call.request.secure);
    set_cookies(response, call.visitor, call.request.secure);
    return response;
}

http::Response Frame::go(const Call& call, const std::string& path) const {
    http::Response response{.status = 303};
    response.with("Location", url(path));
    harden(response, call.request.secure);
    set_cookies(response, call.visitor, call.request.secure);
    return response;
}

http::Response Frame::refusal(const Call& call, const Error& error, const Json& start) const {
    const auto& row = http::problem_row(error.code);
    return refusal(call, row.name, row.status, start, error.until);
}

http::Response Frame::refusal(const Call& call, std::string_view name, int status,
                              const Json& start, std::optional<TimePoint> until) const {
    Json view = refusal_view(name, until);
    view["start"] = start.is_object() ? start : Json(false);
    view["start_url"] = start.is_string() ? url(start.get<std::string>()) : "";
    http::Response response = page(call, "refusal", std::move(view), status);
    if (until) response.with("Retry-After", std::to_string(seconds_until(*until, clock_.now())));
    return response;
}

}  // namespace latchkey
