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
constexpr std::array<std::string_view, 6> kDone{"added",     "removed", "renamed",
                                                "forgotten", "works",   "late"};

constexpr std::array<std::string_view, 7> kFacts{
    "display_name", "given_name", "family_name", "email", "phone", "employee_number", "locale"};

std::string path_of(std::string_view what, const std::string& verification,
                    const std::string& item = {}) {
    return "/account/" + std::string(what) + "/" + verification + (item.empty() ? "" : "/" + item);
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

/// Is all of it held as one, so that it is replaced and removed as one?
bool held_as_one(const EnrollmentEntry& entry) {
    return entry.held && entry.held->state != EnrollmentState::revoked &&
           !(entry.held->data.is_object() && entry.held->data.contains("items"));
}

bool wants_attention(FactorState state) {
    return state == FactorState::stale || state == FactorState::expired ||
           state == FactorState::pending || state == FactorState::proved;
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
    post("/account/begin/{verification}", with_open_gate(&AccountPages::begin, Proof::another));
    post("/account/begin/{verification}/{item}",
         with_open_gate(&AccountPages::begin, Proof::another));
    get("/account/enroll/{verification}",
        with_open_gate(&AccountPages::show_draft, Proof::password));
    post("/account/enroll/{verification}", with_open_gate(&AccountPages::answer, Proof::password),
         {.names = {}, .asked = true});
    post("/account/forget/{verification}", with_account(&AccountPages::forget));
    post("/account/rename/{verification}/{item}", with_account(&AccountPages::rename), {{"name"}});
    get("/account/remove/{verification}", with_proof(&AccountPages::ask_removal, Proof::another));
    get("/account/remove/{verification}/{item}",
        with_proof(&AccountPages::ask_removal, Proof::another));
    post("/account/remove/{verification}", with_proof(&AccountPages::remove, Proof::another));
    post("/account/remove/{verification}/{item}",
         with_proof(&AccountPages::remove, Proof::another));
}

PageHandler AccountPages::with_account(Action action) const {
    return [this, action](Call& call) {
        const auto account = accounts_.find(call.visitor.account());
        if (!account || account->disabled) return frame_.go(call, "/sign-in");
        return (this->*action)(call, *account);
    };
}

PageHandler AccountPages::with_proof(Action action, Proof wanted) const {
    return [this, action, wanted](Call& call) {
        const auto account = accounts_.find(call.visitor.account());
        if (!account || account->disabled) return frame_.go(call, "/sign-in");
        const std::string then(is_account_path(call.path) ? call.path : "");
        const std::string changed =
            wanted == Proof::password ? std::string() : call.parameter("verification");
        if (const auto first = step_up_.first(call.visitor, *account, changed, then))
            return frame_.go(call, *first);
        return (this->*action)(call, *account);
    };
}

PageHandler AccountPages::with_open_gate(Action action, Proof wanted) const {
    const auto proved = with_proof(action, wanted);
    return [this, proved](Call& call) {
        const auto account = accounts_.find(call.visitor.account());
        if (!account || account->disabled) return frame_.go(call, "/sign-in");
        const auto entries = desk_.overview(*account);
        for (const auto& entry : entries) {
            if (entry.verification.name != call.parameter("verification")) continue;
            if (entry.gate == Gate::missing)
                return frame_.refusal(call, Error{Errc::not_found}, "/account");
            if (entry.gate == Gate::closed)
                return page(call, "refusal", entries,
                            {{"title", call.catalog.pick(entry.verification.title)},
                             {"body", entry.closed},
                             {"until", false},
                             {"start", false},
                             {"start_url", ""}},
                            403);
        }
        return proved(call);
    };
}

http::Response AccountPages::go_on(Call& call, const Account& account,
                                   const std::string& then) const {
    constexpr std::string_view kBegin = "/account/begin/";
    if (!then.starts_with(kBegin)) return frame_.go(call, then.empty() ? "/account" : then);
    const std::string rest = then.substr(kBegin.size());
    const std::size_t slash = rest.find('/');
    call.parameters["verification"] = rest.substr(0, slash);
    if (slash != std::string::npos) call.parameters["item"] = rest.substr(slash + 1);
    if (const auto first =
            step_up_.first(call.visitor, account, call.parameter("verification"), then))
        return frame_.go(call, *first);
    return begin(call, account);
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

http::Response AccountPages::page(const Call& call, std::string_view name,
                                  const std::vector<EnrollmentEntry>& entries, Json view,
                                  int status) const {
    Json factors = factors_view(call, entries);
    view["menu"] = factors.empty() ? Json(false) : Json{{"factors", std::move(factors)}};
    return frame_.page(call, name, std::move(view), status);
}

http::Response AccountPages::done(const Call& call, std::string_view what) const {
    return frame_.go(call, "/account?done=" + std::string(what));
}

http::Response AccountPages::show(Call& call, const Account& account) const {
    const auto entries = desk_.overview(account);
    const auto ways = trials_.ways(account);
    Json verifications = Json::array();
    for (const auto& entry : entries)
        if (entry.gate == Gate::open || entry.held)
            verifications.push_back(verification_view(call, entry, ways));
    Json processes = Json::array();
    for (const auto& [title, ready] : desk_.readiness(account))
        processes.push_back({{"title", call.catalog.pick(title)},
                             {"ready", ready.missing == 0},
                             {"missing", ready.missing},
                             {"needed", ready.needed}});
    Json links = factors_view(call, entries);

    const auto query = http::read_query(call.request);
    const std::string what(query ? (*query)["done"] : "");
    const bool known = std::ranges::count(kDone, what) > 0;
    const auto frozen = desk_.frozen_until(account);
    return page(call, "account", entries,
                {{"person", account.user_name},
                 {"done", known ? Json(Text{"account." + what, {}}) : Json(false)},
                 {"frozen", instant(frozen)},
                 {"facts", facts_of(account)},
                 {"processes", std::move(processes)},
                 {"verifications", std::move(verifications)},
                 {"related", links.empty() ? Json(false) : Json{{"links", std::move(links)}}}});
}

Json AccountPages::items_view(const EnrollmentEntry& entry) const {
    Json items = Json::array();
    if (!entry.held || !entry.held->data.is_object()) return items;
    const std::string& name = entry.verification.name;
    for (const Json& item : entry.held->data.value("items", Json::array())) {
        const std::string id = item.value("id", "");
        const bool open = entry.gate == Gate::open;
        items.push_back(
            {{"id", id},
             {"name", item.value("name", "")},
             {"added", instant(from_millis(item.value("added_at", std::int64_t{0})))},
             {"unconfirmed", item.value(kImported, false)},
             {"rename", form(frame_.url(path_of("rename", name, id)))},
             {"replace", open ? form(frame_.url(path_of("begin", name, id))) : Json(false)},
             {"remove_url", frame_.url(path_of("remove", name, id))}});
    }
    return items;
}

Json AccountPages::verification_view(const Call& call, const EnrollmentEntry& entry,
                                     const std::vector<Way>& ways) const {
    const std::string& id = entry.verification.name;
    Json serves = Json::array();
    for (const Words& title : entry.serves)
        serves.push_back({{"process", call.catalog.pick(title)}});
    Json items = items_view(entry);
    const bool whole = held_as_one(entry);
    const bool imported = entry.held && (unconfirmed_item(entry.held->data) ||
                                         entry.held->state == EnrollmentState::imported);
    const Text add = entry.draft      ? Text{"account.continue", {}}
                     : imported       ? Text{"account.confirm_it", {}}
                     : whole          ? entry.renew
                     : !items.empty() ? Text{"account.add_another", {}}
                                      : Text{"account.set_up", {}};
    const auto way = std::ranges::find_if(
        ways, [&](const Way& candidate) { return candidate.verification.name == id; });
    const bool can_try = way != ways.end() && !way->blocked_until;
    const bool one_place = can_try && way->places.size() < 2;
    return {
        {"title", call.catalog.pick(entry.verification.title)},
        {"id", id},
        {"state", Text{"enrollment." + std::string(name(entry.state)), {}}},
        {"ready", entry.usable},
        {"attention", wants_attention(entry.state)},
        {"summary", entry.summary.empty() ? Json(false) : Json(entry.summary)},
        {"expires", expiry_of(entry)},
        {"automatic", entry.automatic},
        {"serves", std::move(serves)},
        {"used", instant(entry.used_at)},
        {"blocked_until", instant(way == ways.end() ? std::nullopt : way->blocked_until)},
        {"items", std::move(items)},
        {"add", entry.gate == Gate::open ? form(frame_.url(path_of("begin", id))) : Json(false)},
        {"add_label", add},
        {"try", one_place ? form(frame_.url(path_of("open", id))) : Json(false)},
        {"try_url", can_try && !one_place ? frame_.url(path_of("test", id)) : ""},
        {"remove_url", whole ? frame_.url(path_of("remove", id)) : ""}};
}

http::Response AccountPages::begin(Call& call, const Account& account) const {
    const auto draft = desk_.open(account, call.parameter("verification"), item_of(call),
                                  step_up_.proven(call.visitor), call.origin());
    if (!draft) return frame_.refusal(call, draft.error(), "/account");
    return frame_.go(call, path_of("enroll", draft->verification));
}

http::Response AccountPages::show_draft(Call& call, const Account& account) const {
    const auto entries = desk_.overview(account);
    for (const auto& entry : entries)
        if (entry.verification.name == call.parameter("verification") && entry.draft)
            return draft_page(call, entries, entry, entry.draft->problems, nullptr, 200);
    return set_up(call, entries);
}

/// Nothing was begun: somebody followed a link in a reminder. Looking begins nothing.
http::Response AccountPages::set_up(const Call& call,
                                    const std::vector<EnrollmentEntry>& entries) const {
    for (const auto& entry : entries) {
        if (entry.verification.name != call.parameter("verification")) continue;
        const std::string title = call.catalog.pick(entry.verification.title);
        return page(call, "set_up", entries,
                    {{"title", Text{"account.set_up.title", {{"title", title}}}},
                     {"body", Text{"account.set_up.body", {}}},
                     {"submit", Text{"account.set_up.submit", {}}},
                     {"form", form(frame_.url(path_of("begin", entry.verification.name)))},
                     {"back_url", frame_.url("/account")}});
    }
    return frame_.go(call, "/account");
}

http::Response AccountPages::draft_page(const Call& call,
                                        const std::vector<EnrollmentEntry>& entries,
                                        const EnrollmentEntry& entry,
                                        std::span<const Problem> problems, const RawAnswers* typed,
                                        int status) const {
    const Delivery delivery = messages_.delivery(entry.draft->message);
    Json view = html_prompt(
        prompt_at(entry.draft->prompt, delivery),
        {.problems = problems, .typed = typed, .now = frame_.clock().now(), .draw_qr = qr_picture});
    view["verification"] = call.catalog.pick(entry.verification.title);
    view["delivery"] = delivery_view(delivery);
    view["attempts_left"] = false;
    view["form"] = form(frame_.url(path_of("enroll", entry.verification.name)));
    view["cancel"] = form(frame_.url(path_of("forget", entry.verification.name)));
    return page(call, "enroll", entries, std::move(view), status);
}

http::Response AccountPages::answer(Call& call, const Account& account) const {
    const std::string& verification = call.parameter("verification");
    const RawAnswers raw = call.answers();
    const auto turn = desk_.reply(account, verification, raw, call.origin());
    if (turn) return *turn ? frame_.go(call, path_of("enroll", verification)) : done(call, "added");
    if (turn.error().code == Errc::not_found) return done(call, "late");
    if (turn.error().code != Errc::validation_failed)
        return frame_.refusal(call, turn.error(), path_of("enroll", verification));
    const auto entries = desk_.overview(account);
    for (const auto& entry : entries)
        if (entry.verification.name == verification && entry.draft)
            return draft_page(call, entries, entry, turn.error().problems, &raw, 422);
    return done(call, "late");
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
    const auto removed = desk_.remove(account, call.parameter("verification"), item_of(call),
                                      step_up_.proven(call.visitor), call.origin());
    if (!removed) return frame_.refusal(call, removed.error(), "/account");
    return done(call, "removed");
}

}  // namespace latchkey
