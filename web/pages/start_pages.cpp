#include "web/pages/start_pages.h"

#include "web/render/html_prompt.h"
#include "web/render/page_views.h"

#include <algorithm>

namespace latchkey {
namespace {

bool offered(const Process* process) {
    return process && process->enabled && process->open_to("public");
}

/// "Who is it?", each proof, and the act: as many as the request's own pages will count.
std::int64_t steps_of(const Process& process) {
    return 2 + process.optional_needed + std::ranges::count(process.steps, true, &Step::required);
}

/// The same form gives the same request, so that it begins once however often it is sent (R12.7).
RequestId request_for(const Crypto& crypto, const Call& call, std::string_view identifier) {
    return RequestId{base32(crypto
                                .keyed_digest(KeyUse::form, {"request", call.visitor.session.text(),
                                                             call.form_token(), identifier})
                                .substr(0, 16))};
}

}  // namespace

void StartPages::add_to(Site& site) {
    site.get("/", Access::anyone, Pace::quick, [this](Call& call) { return home(call); });
    site.get("/p/{slug}", Access::anyone, Pace::quick,
             [this](Call& call) { return identify(call); });
    site.post(
        "/p/{slug}", Access::anyone, {{"identifier"}}, [this](Call& call) { return begin(call); },
        [this](Call& call) {
            const Problem stale{"", "form_expired", {"problem.form_expired", {}}};
            return identify_again(call, {&stale, 1}, 403);
        });
}

http::Response StartPages::home(const Call& call) const {
    Json processes = Json::array();
    for (const auto& process : processes_.all())
        if (offered(process.get()))
            processes.push_back({{"title", call.catalog.pick(process->title)},
                                 {"description", call.catalog.pick(process->description)},
                                 {"url", frame_.url("/p/" + process->slug)}});
    return frame_.page(call, "home",
                       {{"processes", processes},
                        {"sign_in_url", frame_.url("/sign-in")},
                        {"message_url", frame_.url("/message")}});
}

http::Response StartPages::identify(const Call& call) const {
    return identify_again(call, {}, 200);
}

http::Response StartPages::identify_again(const Call& call, std::span<const Problem> problems,
                                          int status) const {
    const auto process = processes_.current(call.parameter("slug"));
    if (!offered(process.get())) return frame_.refusal(call, Error{Errc::unknown_process}, "/");
    const RawAnswers typed{{"identifier", std::string(call.form["identifier"])}};
    Json view = html_prompt(identifier_prompt(process->identify_by),
                            {.problems = problems, .typed = &typed, .now = frame_.clock().now()});
    view["process"] = call.catalog.pick(process->title);
    view["description"] = call.catalog.pick(process->description);
    view["attempts_left"] = false;
    view["step"] = step(1, steps_of(*process));
    view["form"] = form(frame_.url("/p/" + process->slug));
    return frame_.page(call, "identify", std::move(view), status);
}

http::Response StartPages::begin(Call& call) const {
    const std::string identifier(call.form["identifier"]);
    visitors_.remember(call.visitor);
    const auto begun = conductor_.begin({.slug = call.parameter("slug"),
                                         .identifier = identifier,
                                         .id = request_for(crypto_, call, identifier),
                                         .session = call.visitor.session},
                                        call.origin());
    if (begun) return frame_.go(call, "/r/" + begun->request.id.text());
    if (begun.error().code == Errc::validation_failed)
        return identify_again(call, begun.error().problems, 422);
    return frame_.refusal(call, begun.error(), "/p/" + call.parameter("slug"));
}

}  // namespace latchkey
