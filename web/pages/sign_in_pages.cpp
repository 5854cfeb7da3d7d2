#include "web/pages/sign_in_pages.h"

#include "web/pages/return_path.h"
#include "web/render/html_prompt.h"
#include "web/render/page_views.h"

namespace latchkey {

void SignInPages::add_to(Site& site) {
    site.get("/sign-in", Access::anyone, Pace::waits,
             [this](Call& call) { return show(call, {}, 200); });
    site.post(
        "/sign-in", Access::anyone, {{"user_name", "password", "then"}},
        [this](Call& call) { return enter(call); },
        [this](Call& call) {
            const Problem stale{"", "form_expired", {"problem.form_expired", {}}};
            return show(call, {&stale, 1}, 403);
        });
    site.post("/sign-out", Access::anyone, {}, [this](Call& call) { return leave(call); });
}

http::Response SignInPages::show(const Call& call, std::span<const Problem> problems,
                                 int status) const {
    if (!call.visitor.account().empty()) return frame_.go(call, return_path(call));
    const RawAnswers typed{{"user_name", std::string(call.form["user_name"])}};
    Json view = html_prompt(sign_in_prompt(),
                            {.problems = problems, .typed = &typed, .now = frame_.clock().now()});
    view["attempts_left"] = false;
    view["form"] = form(frame_.url("/sign-in"), {{"then", return_path(call)}});
    view["help_url"] = frame_.url("/");
    return frame_.page(call, "sign_in", std::move(view), status);
}

http::Response SignInPages::enter(Call& call) const {
    const Secret password{std::string(call.form["password"])};
    const auto account = sign_in_.enter(call.form["user_name"], password, call.origin());
    if (account) {
        visitors_.gain(call.visitor, call.form_token(), account->id);
        return frame_.go(call, return_path(call));
    }
    const Error& error = account.error();
    if (error.code != Errc::wrong_credentials) return frame_.refusal(call, error, "/sign-in");
    const Problem wrong{"", "wrong_credentials", {"problem.wrong_credentials", {}}};
    return show(call, {&wrong, 1}, 401);
}

http::Response SignInPages::leave(Call& call) const {
    if (call.visitor.known) visitors_.leave(call.visitor, call.form_token());
    return frame_.go(call, "/");
}

}  // namespace latchkey
