#include "web/pages/step_up.h"

#include "web/http/csrf.h"
#include "web/pages/return_path.h"
#include "web/render/html_prompt.h"
#include "web/render/page_views.h"
#include "web/render/view.h"

#include <algorithm>

namespace latchkey {
namespace {

constexpr const char* kThen = "then";

/// What was wanted before this was asked for; empty: nothing in particular.
std::string then_of(const Call& call) {
    const std::string path = return_path(call);
    return path == "/account" ? std::string() : path;
}

std::string with_then(const std::string& path, const std::string& then) {
    return then.empty() ? path : path + "?then=" + then;
}

std::map<std::string, std::string> hidden(const std::string& then) {
    return {{kThen, then}};
}

}  // namespace

void StepUp::add_to(Site& site, GoOn go_on) {
    go_on_ = std::move(go_on);
    const auto get = [&](std::string_view pattern, Action action) {
        site.get(pattern, Access::signed_in, Pace::waits, with_account(action));
    };
    const auto post = [&](std::string_view pattern, Action action, Fields fields) {
        site.post(pattern, Access::signed_in, std::move(fields), with_account(action));
    };
    get("/account/confirm", &StepUp::ask_password);
    post("/account/confirm", &StepUp::take_password, {{"password", kThen}});
    get("/account/prove/{verification}", &StepUp::ask_proof);
    get("/account/test/{verification}", &StepUp::ask_place);
    post("/account/open/{verification}", &StepUp::open, {{"destination", kThen}});
    get("/account/try/{verification}", &StepUp::show);
    post("/account/try/{verification}", &StepUp::answer, {.names = {}, .asked = true});
    post("/account/leave/{verification}", &StepUp::leave, {{kThen}});
}

PageHandler StepUp::with_account(Action action) const {
    return [this, action](Call& call) {
        const auto account = accounts_.find(call.visitor.account());
        if (!account || account->disabled) return frame_.go(call, "/sign-in");
        return (this->*action)(call, *account);
    };
}

std::optional<std::string> StepUp::first(const Visitor& visitor, const Account& account,
                                         const std::string& verification,
                                         const std::string& then) const {
    if (!visitors_.fresh(visitor)) return with_then("/account/confirm", then);
    if (verification.empty()) return {};
    const auto demand = desk_.proof_demanded(account, verification);
    if (demand.met_by(visitors_.fresh_factor(visitor))) return {};
    return with_then("/account/prove/" + verification, then);
}

http::Response StepUp::ask_password(Call& call, const Account&) const {
    return password_page(call, then_of(call), {}, 200);
}

http::Response StepUp::password_page(const Call& call, const std::string& then,
                                     std::span<const Problem> problems, int status) const {
    Json view = html_prompt(confirm_password_prompt(),
                            {.problems = problems, .typed = nullptr, .now = frame_.clock().now()});
    view["attempts_left"] = false;
    view["form"] = form(frame_.url("/account/confirm"), hidden(then));
    view["help_url"] = frame_.url("/");
    return frame_.page(call, "sign_in", std::move(view), status);
}

http::Response StepUp::take_password(Call& call, const Account& account) const {
    const Secret password{std::string(call.form["password"])};
    const auto entered = sign_in_.enter(account.user_name, password, call.origin());
    if (entered) {
        visitors_.gain(call.visitor, call.form_token(), account.id);
        return go_on_(call, account, then_of(call));
    }
    if (entered.error().code != Errc::wrong_credentials)
        return frame_.refusal(call, entered.error(), "/account");
    const Problem wrong{"password", "wrong_password", {"problem.wrong_password", {}}};
    return password_page(call, then_of(call), {&wrong, 1}, 401);
}

http::Response StepUp::ask_proof(Call& call, const Account& account) const {
    const auto demand = desk_.proof_demanded(account, call.parameter("verification"));
    if (demand.needed && demand.ways.empty())
        return frame_.refusal(call, Error{Errc::not_verified}, "/account");
    return ways_page(call, "prove", demand.ways, then_of(call));
}

http::Response StepUp::ask_place(Call& call, const Account& account) const {
    auto ways = trials_.ways(account);
    std::erase_if(ways, [&](const Way& way) {
        return way.verification.name != call.parameter("verification");
    });
    if (ways.empty()) return frame_.refusal(call, Error{Errc::not_found}, "/account");
    return ways_page(call, "try", ways, {});
}

http::Response StepUp::ways_page(const Call& call, std::string_view what,
                                 const std::vector<Way>& ways, const std::string& then) const {
    Json options = Json::array();
    for (const Way& way : ways) {
        const std::string& title = call.catalog.pick(way.verification.title);
        const std::string action = frame_.url("/account/open/" + way.verification.name);
        const auto option = [&](Json label, Json note, const std::string& destination) {
            options.push_back(
                {{"label", std::move(label)},
                 {"note", std::move(note)},
                 {"form", way.blocked_until
                              ? Json(false)
                              : form(action, {{"destination", destination}, {kThen, then}})},
                 {"blocked_until", instant(way.blocked_until)}});
        };
        if (way.places.empty()) option(title, "", "");
        for (const Destination& place : way.places) option(place.label, title, place.id);
    }
    const std::string id(what);
    return frame_.page(call, "prove",
                       {{"title", Text{"account." + id + ".title", {}}},
                        {"lead", Text{"account." + id + ".lead", {}}},
                        {"options", std::move(options)},
                        {"back_url", frame_.url("/account")}});
}

http::Response StepUp::open(Call& call, const Account& account) const {
    const std::string& verification = call.parameter("verification");
    const auto draft =
        trials_.open(account, verification, std::string(call.form["destination"]), call.origin());
    if (!draft) return frame_.refusal(call, draft.error(), "/account");
    return frame_.go(call, with_then("/account/try/" + verification, then_of(call)));
}

http::Response StepUp::show(Call& call, const Account& account) const {
    const auto draft = trials_.begun(account, call.parameter("verification"));
    if (!draft) return frame_.go(call, "/account");
    return trial_page(call, *draft, draft->problems, nullptr, then_of(call), 200);
}

http::Response StepUp::trial_page(const Call& call, const EnrollmentDraft& draft,
                                  std::span<const Problem> problems, const RawAnswers* typed,
                                  const std::string& then, int status) const {
    const std::string& verification = call.parameter("verification");
    const Delivery delivery = messages_.delivery(draft.message);
    Json view = html_prompt(prompt_at(draft.prompt, delivery),
                            {.problems = problems, .typed = typed, .now = frame_.clock().now()});
    view["verification"] = "";
    for (const auto& configured : desk_.configured())
        if (configured.name == verification)
            view["verification"] = call.catalog.pick(configured.title);
    view["delivery"] = delivery_view(delivery);
    view["attempts_left"] = false;
    view["form"] = form(frame_.url("/account/try/" + verification), hidden(then));
    view["cancel"] = form(frame_.url("/account/leave/" + verification), hidden(then));
    return frame_.page(call, "enroll", std::move(view), status);
}

http::Response StepUp::answer(Call& call, const Account& account) const {
    const std::string& verification = call.parameter("verification");
    const std::string then = then_of(call);
    const RawAnswers raw = call.answers({kThen});
    Visitor proved = visitors_.proving(call.visitor, call.form_token(), verification);
    const auto turn = trials_.reply(account, verification, raw, *proved.known, call.origin());
    if (!turn) {
        if (turn.error().code == Errc::already_answered)
            visitors_.catch_up(call.visitor, call.form_token());
        if (turn.error().code == Errc::not_found || turn.error().code == Errc::already_answered)
            return go_on_(call, account, then);
        if (turn.error().code != Errc::validation_failed)
            return frame_.refusal(call, turn.error(), "/account");
        const auto draft = trials_.begun(account, verification);
        if (!draft) return frame_.go(call, "/account");
        return trial_page(call, *draft, turn.error().problems, &raw, then, 422);
    }
    if (*turn) return frame_.go(call, with_then("/account/try/" + verification, then));
    call.visitor = std::move(proved);
    return then.empty() ? frame_.go(call, "/account?done=works") : go_on_(call, account, then);
}

http::Response StepUp::leave(Call& call, const Account& account) const {
    const auto gone = trials_.cancel(account, call.parameter("verification"));
    if (!gone) return frame_.refusal(call, gone.error(), "/account");
    return frame_.go(call, "/account?done=forgotten");
}

}  // namespace latchkey
