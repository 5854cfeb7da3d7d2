#include "web/pages/account_pages.h"

#include "engine/intake.h"
#include "web/http/csrf.h"
#include "web/pages/return_path.h"
#include "web/render/html_prompt.h"
#include "web/render/page_views.h"
#include "web/render/qr_code.h"
#include "web/render/view.h"

#include <algorithm>
#include <array>

namespace latchkey {
namespace {

/// What a page may say was just done; anything else in the address is ignored.
constexpr std::array<std::string_view, 4> kDone{"added", "removed", "renamed", "forgotten"};

constexpr std::array<std::string_view, 7> kFacts{
    "display_name", "given_name", "family_name", "email", "phone", "employee_number", "locale"};

std::string path_of(std::string_view what, const std::string& verification,
                    const std::string& item = {}) {
    return "/account/" + std::string(what) + "/" + verification + (item.empty() ? "" : "/" + item);
}

RawAnswers answers_in(const http::Form& form) {
    RawAnswers raw;
    for (const auto& [key, value] : form)
        if (key != http::kFormToken) raw.emplace(key, value);
    return raw;
}

Json facts_of(const Account& account) {
    Json facts = Json::array();
    facts.push_back({{"label", Text{"fact.user_name", {}}}, {"value", account.user_name}});
    for (const auto name : kFacts)
        if (const auto found = account.attributes.find(name); found != account.attributes.end())
            facts.push_back(
                {{"label", Text{"fact." + std::string(name), {}}}, {"value", found->second}});
    return facts;
}

std::string item_of(const Call& call) {
    const auto found = call.parameters.find("item");
    return found == call.parameters.end() ? std::string{} : found->second;
}

/// The name of one of several enrolled things; empty if there is no such thing.
std::string item_name(const EnrollmentEntry& entry, const std::string& id) {
    if (entry.held && entry.held->data.is_object())
        for (const Json& item : entry.held->data.value("items", Json::array()))
            if (item.value("id", "") == id) return item.value("name", "");
    return {};
}

bool usable(const EnrollmentEntry& entry) {
    return entry.automatic ||
           (entry.held && counts(entry.held->state, entry.verification.settings));
}

/// Until when it works, or that it does no more.
Json expiry_of(const EnrollmentEntry& entry) {
    if (!entry.held || !entry.expires_at) return false;
    const bool over = entry.held->state == EnrollmentState::expired;
    return Text{over ? "account.expired" : "account.expires", {{"expires", *entry.expires_at}}};
}

}  // namespace

void AccountPages::add_to(Site& site) {
    const auto get = [&](std::string_view pattern, PageHandler handler) {
        site.get(pattern, Access::signed_in, Pace::waits, std::move(handler));
    };
    const auto post = [&](std::string_view pattern, PageHandler handler, Fields fields = {}) {
        site.post(pattern, Access::signed_in, std::move(fields), std::move(handler));
    };
    get("/account", with_account(&AccountPages::show));
    get("/account/confirm", with_account(&AccountPages::ask_password));
    post("/account/confirm", with_account(&AccountPages::take_password), {{"password", "then"}});
    post("/account/begin/{verification}", with_open_gate(&AccountPages::begin));
    get("/account/enroll/{verification}", with_open_gate(&AccountPages::show_draft));
    post("/account/enroll/{verification}", with_open_gate(&AccountPages::answer),
         {.names = {}, .asked = true});
    post("/account/forget/{verification}", with_account(&AccountPages::forget));
    post("/account/rename/{verification}/{item}", with_account(&AccountPages::rename), {{"name"}});
    get("/account/remove/{verification}", with_fresh_proof(&AccountPages::ask_removal));
    get("/account/remove/{verification}/{item}", with_fresh_proof(&AccountPages::ask_removal));
    post("/account/remove/{verification}", with_fresh_proof(&AccountPages::remove));
    post("/account/remove/{verification}/{item}", with_fresh_proof(&AccountPages::remove));
}

PageHandler AccountPages::with_account(Action action) const {
    return [this, action](Call& call) {
        const auto account = accounts_.find(call.visitor.account());
        if (!account || account->disabled) return frame_.go(call, "/sign-in");
        return (this->*action)(call, *account);
    };
}

PageHandler AccountPages::with_fresh_proof(Action action) const {
    auto inner = with_account(action);
    return [this, inner = std::move(inner)](Call& call) {
        if (visitors_.fresh(call.visitor)) return inner(call);
        return frame_.go(call, "/account/confirm" + asking_to_return(call));
    };
}

PageHandler AccountPages::with_open_gate(Action action) const {
    const auto inner = with_fresh_proof(action);
    const auto gate = [this, inner](Call& call, const Account& account) {
        for (const auto& entry : desk_.overview(account)) {
            if (entry.verification.name != call.parameter("verification")) continue;
            if (entry.gate == Gate::missing)
                return frame_.refusal(call, Error{Errc::not_found}, "/account");
            if (entry.gate == Gate::closed)
                return page(call, account, "refusal",
                            {{"title", call.catalog.pick(entry.verification.title)},
                             {"body", entry.closed},
                             {"until", false},
                             {"start", false},
                             {"start_url", ""}},
                            403);
        }
        return inner(call);
    };
    return [this, gate](Call& call) {
        const auto account = accounts_.find(call.visitor.account());
        if (!account || account->disabled) return frame_.go(call, "/sign-in");
        return gate(call, *account);
    };
}

Json AccountPages::factors_view(const Call& call,
                                const std::vector<EnrollmentEntry>& entries) const {
    Json factors = Json::array();
    for (const auto& entry : entries)
        if (entry.gate == Gate::open)
            factors.push_back(
                {{"title", call.catalog.pick(entry.verification.title)},
                 {"enroll", form(frame_.url(path_of("begin", entry.verification.name)))}});
    return factors;
}

http::Response AccountPages::page(const Call& call, const Account& account, std::string_view name,
                                  Json view, int status) const {
    Json factors = factors_view(call, desk_.overview(account));
    view["menu"] = factors.empty() ? Json(false) : Json{{"factors", std::move(factors)}};
    return frame_.page(call, name, std::move(view), status);
}

http::Response AccountPages::done(const Call& call, std::string_view what) const {
    return frame_.go(call, "/account?done=" + std::string(what));
}

http::Response AccountPages::show(Call& call, const Account& account) const {
    const auto entries = desk_.overview(account);
    Json verifications = Json::array();
    for (const auto& entry : entries)
        if (entry.gate == Gate::open || entry.held)
            verifications.push_back(verification_view(call, entry));
    Json links = factors_view(call, entries);

    const auto query = http::read_query(call.request);
    const std::string what(query ? (*query)["done"] : "");
    const bool known = std::ranges::count(kDone, what) > 0;
    return page(call, account, "account",
                {{"person", account.user_name},
                 {"done", known ? Json(Text{"account." + what, {}}) : Json(false)},
                 {"facts", facts_of(account)},
                 {"processes", processes_view(call, entries)},
                 {"verifications", std::move(verifications)},
                 {"related", links.empty() ? Json(false) : Json{{"links", std::move(links)}}}});
}

Json AccountPages::verification_view(const Call& call, const EnrollmentEntry& entry) const {
    const std::string& id = entry.verification.name;
    Json items = Json::array();
    if (entry.held && entry.held->data.is_object()) {
        for (const Json& item : entry.held->data.value("items", Json::array())) {
            const std::string item_id = item.value("id", "");
            const auto added = from_millis(item.value("added_at", std::int64_t{0}));
            items.push_back({{"id", item_id},
                             {"name", item.value("name", "")},
                             {"added", instant(added)},
                             {"unconfirmed", item.value(kImported, false)},
                             {"rename", form(frame_.url(path_of("rename", id, item_id)))},
                             {"remove_url", frame_.url(path_of("remove", id, item_id))}});
        }
    }
    const std::string state = entry.draft       ? "pending"
                              : entry.held      ? std::string(name(entry.held->state))
                              : entry.automatic ? "automatic"
                                                : "none";
    const bool whole = entry.held && items.empty();
    const bool several = !items.empty();
    const bool imported = entry.held && (unconfirmed_item(entry.held->data) ||
                                         entry.held->state == EnrollmentState::imported);
    return {
        {"title", call.catalog.pick(entry.verification.title)},
        {"id", id},
        {"state", Text{"enrollment." + state, {}}},
        {"ready", usable(entry)},
        {"summary", entry.summary.empty() ? Json(false) : Json(entry.summary)},
        {"expires", expiry_of(entry)},
        {"automatic", entry.automatic},
        {"used", instant(entry.held ? entry.held->used_at : std::nullopt)},
        {"items", std::move(items)},
        {"add", entry.gate == Gate::open ? form(frame_.url(path_of("begin", id))) : Json(false)},
        {"several", several},
        {"unconfirmed", imported},
        {"remove_url", whole ? frame_.url(path_of("remove", id)) : ""}};
}

Json AccountPages::processes_view(const Call& call,
                                  const std::vector<EnrollmentEntry>& entries) const {
    const auto ready = [&](const Step& step) {
        const auto entry = std::ranges::find_if(entries, [&](const EnrollmentEntry& e) {
            return e.verification.name == step.verification.name;
        });
        return entry == entries.end() || usable(*entry);  // what takes no enrollment is ready
    };
    Json processes = Json::array();
    for (const auto& process : processes_.all()) {
        if (!process->enabled || !process->open_to("public")) continue;
        const auto [needed, missing] = readiness(*process, ready);
        processes.push_back({{"title", call.catalog.pick(process->title)},
                             {"missing", missing},
                             {"needed", needed}});
    }
    return processes;
}

http::Response AccountPages::ask_password(Call& call, const Account&) const {
    return password_page(call, {}, 200);
}

http::Response AccountPages::password_page(const Call& call, std::span<const Problem> problems,
                                           int status) const {
    Json view = html_prompt(confirm_password_prompt(),
                            {.problems = problems, .typed = nullptr, .now = frame_.clock().now()});
    view["attempts_left"] = false;
    view["form"] = form(frame_.url("/account/confirm"), {{"then", return_path(call)}});
    view["help_url"] = frame_.url("/");
    return frame_.page(call, "sign_in", std::move(view), status);
}

http::Response AccountPages::take_password(Call& call, const Account& account) const {
    const Secret password{std::string(call.form["password"])};
    const auto entered = sign_in_.enter(account.user_name, password, call.origin());
    if (entered) {
        visitors_.gain(call.visitor, call.form_token(), account.id);
        return frame_.go(call, return_path(call));
    }
    if (entered.error().code != Errc::wrong_credentials)
        return frame_.refusal(call, entered.error(), "/account");
    const Problem wrong{"password", "wrong_password", {"problem.wrong_password", {}}};
    return password_page(call, {&wrong, 1}, 401);
}

http::Response AccountPages::begin(Call& call, const Account& account) const {
    const auto draft = desk_.open(account, call.parameter("verification"), call.origin());
    if (!draft) return frame_.refusal(call, draft.error(), "/account");
    return frame_.go(call, path_of("enroll", draft->verification));
}

http::Response AccountPages::show_draft(Call& call, const Account& account) const {
    for (const auto& entry : desk_.overview(account))
        if (entry.verification.name == call.parameter("verification") && entry.draft)
            return draft_page(call, account, *entry.draft, entry.draft->problems, nullptr, 200);
    return set_up(call, account);
}

/// Nothing was begun: somebody followed a link in a reminder. Looking begins nothing.
http::Response AccountPages::set_up(Call& call, const Account& account) const {
    for (const auto& entry : desk_.overview(account)) {
        if (entry.verification.name != call.parameter("verification")) continue;
        const std::string title = call.catalog.pick(entry.verification.title);
        return page(call, account, "set_up",
                    {{"title", Text{"account.set_up.title", {{"title", title}}}},
                     {"body", Text{"account.set_up.body", {}}},
                     {"submit", Text{"account.set_up.submit", {}}},
                     {"form", form(frame_.url(path_of("begin", entry.verification.name)))},
                     {"back_url", frame_.url("/account")}});
    }
    return frame_.go(call, "/account");
}

http::Response AccountPages::draft_page(const Call& call, const Account& account,
                                        const EnrollmentDraft& draft,
                                        std::span<const Problem> problems, const RawAnswers* typed,
                                        int status) const {
    Prompt prompt = draft.prompt;
    const Delivery delivery = messages_.delivery(draft.message);
    if (prompt.lasts && delivery.state == Delivery::State::accepted)
        prompt.expires_at = delivery.at + *std::exchange(prompt.lasts, {});
    Json view = html_prompt(
        prompt,
        {.problems = problems, .typed = typed, .now = frame_.clock().now(), .draw_qr = qr_picture});
    std::string title = draft.verification;
    const auto definitions = processes_.definitions();
    for (const auto& configured : definitions->verifications)
        if (configured.name == draft.verification) title = call.catalog.pick(configured.title);
    view["verification"] = title;
    view["delivery"] = delivery_view(delivery);
    view["attempts_left"] = false;
    view["form"] = form(frame_.url(path_of("enroll", draft.verification)));
    view["cancel"] = form(frame_.url(path_of("forget", draft.verification)));
    return page(call, account, "enroll", std::move(view), status);
}

http::Response AccountPages::answer(Call& call, const Account& account) const {
    const std::string& verification = call.parameter("verification");
    const RawAnswers raw = answers_in(call.form);
    const auto turn = desk_.reply(account, verification, raw, call.origin());
    if (!turn) {
        if (turn.error().code == Errc::not_found) return frame_.go(call, "/account");
        if (turn.error().code != Errc::validation_failed)
            return frame_.refusal(call, turn.error(), path_of("enroll", verification));
        for (const auto& entry : desk_.overview(account))
            if (entry.verification.name == verification && entry.draft)
                return draft_page(call, account, *entry.draft, turn.error().problems, &raw, 422);
        return frame_.go(call, "/account");
    }
    if (!*turn) return done(call, "added");
    return frame_.go(call, path_of("enroll", verification));
}

http::Response AccountPages::forget(Call& call, const Account& account) const {
    const auto gone = desk_.cancel(account, call.parameter("verification"));
    if (!gone) return frame_.refusal(call, gone.error(), "/account");
    return done(call, "forgotten");
}

http::Response AccountPages::rename(Call& call, const Account& account) const {
    const auto renamed =
        desk_.rename(account, call.parameter("verification"), call.parameter("item"),
                     std::string(call.form["name"]), call.origin());
    if (!renamed) return frame_.refusal(call, renamed.error(), "/account");
    return done(call, "renamed");
}

http::Response AccountPages::ask_removal(Call& call, const Account& account) const {
    const std::string& verification = call.parameter("verification");
    const std::string item = item_of(call);
    for (const auto& entry : desk_.overview(account)) {
        if (entry.verification.name != verification || !entry.held) continue;
        const std::string what =
            item.empty() ? call.catalog.pick(entry.verification.title) : item_name(entry, item);
        if (what.empty()) break;
        return frame_.page(call, "confirm",
                           {{"title", Text{"account.remove.title", {{"name", what}}}},
                            {"body", Text{"account.remove.body", {{"name", what}}}},
                            {"submit", Text{"account.remove.submit", {}}},
                            {"form", form(frame_.url(path_of("remove", verification, item)))},
                            {"back_url", frame_.url("/account")}});
    }
    return frame_.refusal(call, Error{Errc::not_found}, "/account");
}

http::Response AccountPages::remove(Call& call, const Account& account) const {
    const auto removed =
        desk_.remove(account, call.parameter("verification"), item_of(call), call.origin());
    if (!removed) return frame_.refusal(call, removed.error(), "/account");
    return done(call, "removed");
}

}  // namespace latchkey
