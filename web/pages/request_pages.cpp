#include "web/pages/request_pages.h"

#include "web/http/csrf.h"
#include "web/render/html_prompt.h"
#include "web/render/page_views.h"
#include "web/render/view.h"

#include <algorithm>
#include <charconv>

namespace latchkey {
namespace {

/// Where the person is, counting "who is it?", each proof, and the act.
Json step_of(const Proceeding& at) {
    const auto passed = std::ranges::count(at.request.steps, StepState::passed, &Progress::state);
    const auto total = static_cast<std::int64_t>(at.proofs_missing) + passed;
    return step(2 + passed, 2 + total);
}

RequestId request_id(const Call& call) {
    return RequestId{call.parameter("id")};
}

std::string path_of(const Call& call, std::string_view rest = {}) {
    return "/r/" + call.parameter("id") + std::string(rest);
}

std::optional<std::int64_t> expected_in(const http::Form& form) {
    const std::string_view text = form["expected"];
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < 0) return 0;
    return number;
}

std::size_t proofs_done(const ResetRequest& request) {
    return static_cast<std::size_t>(
        std::ranges::count(request.steps, StepState::passed, &Progress::state));
}

}  // namespace

void RequestPages::add_to(Site& site) {
    using Method = http::Response (RequestPages::*)(Call&) const;
    const auto post = [&](const char* what, Fields fields, Method method) {
        site.post(std::string("/r/{id}/") + what, Access::anyone, std::move(fields),
                  [this, method](Call& call) { return (this->*method)(call); });
    };
    site.get("/r/{id}", Access::anyone, Pace::waits, [this](Call& call) { return show(call); });
    post("choose", {{"verification", "destination"}}, &RequestPages::choose);
    post("answer", {.names = {}, .asked = true}, &RequestPages::answer);
    post("another-way", {}, &RequestPages::another_way);
    post("extend", {}, &RequestPages::extend);
    post("cancel", {}, &RequestPages::cancel);
    post("act", {{"password", "user_name"}}, &RequestPages::act);
    post("restart", {}, &RequestPages::restart);
}

http::Response RequestPages::show(const Call& call) const {
    const auto at = conductor_.look(request_id(call), call.visitor.session);
    if (!at) return refused(call, at.error());
    return show(call, *at, {}, nullptr, 200);
}

http::Response RequestPages::show(const Call& call, const Proceeding& at,
                                  std::span<const Problem> problems, const RawAnswers* typed,
                                  int status) const {
    const ResetRequest& request = at.request;
    if (latchkey::closed(request.state)) return closed(call, at);
    const Progress* current = request.step(request.current);

    const char* name = "act";
    Json view;
    if (request.state == RequestState::verified) {
        if (sets_password(at.process->purpose)) {
            name = "password";
            view = password_view(at, problems);
        } else {
            view["unlock"] = unlocks(at.process->purpose);
            view["form"] = form(frame_.url(path_of(call, "/act")));
        }
    } else if (current) {
        name = "verify";
        view = verify_view(at, problems, typed);
    } else {
        name = "choose";
        view = choose_view(call, at);
    }
    view["here"] = frame_.url(path_of(call));
    view["process"] = call.catalog.pick(at.process->title);
    view["reference"] = request.reference;
    view["step"] = step_of(at);
    view["cancel"] = form(frame_.url(path_of(call, "/cancel")));
    view["time_out"] = {
        {"ends", instant(request.expires_at)},
        {"extend", request.extended ? Json(false) : form(frame_.url(path_of(call, "/extend")))}};
    return frame_.page(call, name, std::move(view), status);
}

Json RequestPages::choose_view(const Call& call, const Proceeding& at) const {
    const std::string action = frame_.url(path_of(call, "/choose"));
    Json options = Json::array();
    for (const auto& offer : at.offers) {
        const auto& configured = at.process->step(offer.verification)->verification;
        const std::string& title = call.catalog.pick(configured.title);
        const auto option = [&](Json label, Json note, const std::string& destination) {
            const bool blocked = offer.blocked_until.has_value();
            options.push_back(
                {{"label", std::move(label)},
                 {"note", std::move(note)},
                 {"form", blocked ? Json(false)
                                  : form(action, {{"verification", offer.verification},
                                                  {"destination", destination}})},
                 {"blocked_until", instant(offer.blocked_until)}});
        };
        if (offer.destinations.empty()) option(title, "", "");
        for (const auto& place : offer.destinations) option(place.label, title, place.id);
    }
    Json failed = Json::array();
    for (const Progress& step : at.request.steps)
        if (step.state == StepState::failed)
            failed.push_back(
                {{"title",
                  call.catalog.pick(at.process->step(step.verification)->verification.title)}});
    return {{"proofs_missing", at.proofs_missing},
            {"proofs_done", proofs_done(at.request)},
            {"ways", options.size()},
            {"stronger", at.more == MoreProof::Why::stronger},
            {"older", at.more == MoreProof::Why::older},
            {"too_new", at.too_new ? duration(*at.too_new) : Json(false)},
            {"failed", std::move(failed)},
            {"options", std::move(options)}};
}

Json RequestPages::verify_view(const Proceeding& at, std::span<const Problem> problems,
                               const RawAnswers* typed) const {
    const Progress& current = *at.request.step(at.request.current);
    const std::string path = frame_.url("/r/" + at.request.id.text());
    Prompt prompt = prompt_at(current.prompt, at.delivery);
    if (prompt.expires_at) prompt.expires_at = std::min(*prompt.expires_at, at.request.expires_at);

    Json view =
        html_prompt(prompt, {.problems = problems.empty() ? std::span(current.problems) : problems,
                             .typed = typed,
                             .now = frame_.clock().now()});
    const bool waiting = current.state == StepState::waiting;
    view["waiting"] = waiting;
    view["delivery"] = delivery_view(at.delivery);
    view["attempts_left"] = at.attempts_left;
    view["form"] = waiting
                       ? Json(false)
                       : form(path + "/answer", {{"verification", current.verification},
                                                 {"expected", std::to_string(at.attempts_used)}});
    const bool other = at.offers.size() > 1 ||
                       (at.offers.size() == 1 && at.offers.front().destinations.size() > 1);
    view["another_way"] = other ? form(path + "/another-way") : Json(false);
    return view;
}

Json RequestPages::password_view(const Proceeding& at, std::span<const Problem> problems) const {
    Json view = html_prompt(password_prompt(),
                            {.problems = problems, .typed = nullptr, .now = frame_.clock().now()});
    view["user_name"] = at.request.identifier;
    view["rules"] = rules_view(PasswordPolicy::rules(at.process->password));
    view["attempts_left"] = false;
    view["form"] = form(frame_.url("/r/" + at.request.id.text() + "/act"));
    return view;
}

http::Response RequestPages::closed(const Call& call, const Proceeding& at) const {
    const ResetRequest& request = at.request;
    if (request.state == RequestState::completed) {
        return frame_.page(call, "done",
                           {{"process", call.catalog.pick(at.process->title)},
                            {"reference", request.reference},
                            {"changed", sets_password(at.process->purpose)},
                            {"unlocked", unlocks(at.process->purpose)},
                            {"must_change", flag(at.process->password, "must_change")},
                            {"sign_in_url", frame_.url("/sign-in")}});
    }
    // A closed request is a state like any other: its page is there, and says how to go on.
    const Json again = form(frame_.url(path_of(call, "/restart")));
    return frame_.refusal(call, "request_" + std::string(name(request.state)), 200, again);
}

http::Response RequestPages::refused(const Call& call, const Error& error) const {
    if (error.code == Errc::unknown_request) return frame_.refusal(call, error, "/");
    return frame_.refusal(call, error, path_of(call));
}

http::Response RequestPages::next(Call& call, const Result<Proceeding>& result) const {
    if (result) return frame_.go(call, path_of(call));
    switch (result.error().code) {
        case Errc::request_expired:
        case Errc::request_closed:
            return frame_.go(call, path_of(call));  // its page says what happened
        default:
            return refused(call, result.error());
    }
}

http::Response RequestPages::choose(Call& call) const {
    return next(call, conductor_.choose(request_id(call), call.visitor.session,
                                        std::string(call.form["verification"]),
                                        std::string(call.form["destination"]), call.origin()));
}

http::Response RequestPages::answer(Call& call) const {
    const std::string verification(call.form["verification"]);
    const RawAnswers raw = call.answers({"verification", "expected"});
    const auto before = conductor_.look(request_id(call), call.visitor.session);
    if (!before) return refused(call, before.error());
    const auto at = conductor_.reply(request_id(call), call.visitor.session, verification, raw,
                                     expected_in(call.form), call.origin());
    if (!at && at.error().code == Errc::validation_failed)
        return show(call, *before, at.error().problems, &raw, 422);
    if (at && proofs_done(at->request) > proofs_done(before->request))
        visitors_.gain(call.visitor, call.form_token());
    return next(call, at);
}

http::Response RequestPages::another_way(Call& call) const {
    return next(call, conductor_.another_way(request_id(call), call.visitor.session));
}

http::Response RequestPages::extend(Call& call) const {
    return next(call, conductor_.extend(request_id(call), call.visitor.session, call.origin()));
}

http::Response RequestPages::cancel(Call& call) const {
    return next(call, conductor_.cancel(request_id(call), call.visitor.session, call.origin()));
}

http::Response RequestPages::act(Call& call) const {
    const Secret password{std::string(call.form["password"])};
    const auto at = conductor_.act(request_id(call), call.visitor.session, password, call.origin());
    if (!at && at.error().code == Errc::password_rejected) {
        const auto now = conductor_.look(request_id(call), call.visitor.session);
        if (now) return show(call, *now, at.error().problems, nullptr, 422);
    }
    return next(call, at);
}

http::Response RequestPages::restart(Call& call) const {
    const auto old = conductor_.look(request_id(call), call.visitor.session);
    if (!old) return refused(call, old.error());
    const RequestId id{base32(
        crypto_.keyed_digest(KeyUse::form, {"restart", old->request.id.text(), call.form_token()})
            .substr(0, 16))};
    const auto begun = conductor_.begin({.slug = old->process->slug,
                                         .identifier = old->request.identifier,
                                         .id = id,
                                         .session = call.visitor.session},
                                        call.origin());
    if (!begun) return refused(call, begun.error());
    return frame_.go(call, "/r/" + begun->request.id.text());
}

}  // namespace latchkey
