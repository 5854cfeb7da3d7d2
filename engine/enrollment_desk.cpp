#include "engine/enrollment_desk.h"

#include "engine/casework.h"
#include "engine/enrollment_check.h"
#include "engine/intake.h"
#include "engine/unicode.h"

#include <algorithm>

namespace latchkey {
namespace {

constexpr Minutes kDraftLasts{30};
constexpr std::int64_t kAnswersPerDay = 20;  // right or wrong: more looks like guessing a code
constexpr std::size_t kLongestName = 40;     // code points

/// What an enrollment dialogue may see: also what is kept of an enrollment that ended. No decoys
/// here.
Bench bench_of(const Parts& parts, const ConfiguredVerification& configured,
               const Account& account) {
    Bench bench{.type = parts.registry.find(configured.type),
                .configured = &configured,
                .subject = subject_of(account)};
    for (auto& enrollment : parts.enrollments.of(account.id)) {
        if (enrollment.verification != configured.name) continue;
        bench.enrollment = enrollment.data;
        bench.stored = std::move(enrollment);
    }
    return bench;
}

/// A verification that exists, is used by a process of this person and can be enrolled.
Result<ConfiguredVerification> enrollable(const Parts& parts, const Account& account,
                                          const std::string& verification) {
    const auto definitions = parts.processes.definitions();
    const auto* configured = find_verification(*definitions, verification);
    const Verification* type = configured ? parts.registry.find(configured->type) : nullptr;
    if (!type || !type->enrollment() || !uses(*definitions, account, verification))
        return Error{Errc::verification_not_offered};
    return *configured;
}

/// What can be enrolled now, behind an open gate.
Result<ConfiguredVerification> enrollable_now(const Parts& parts, const Account& account,
                                              const std::string& verification) {
    auto configured = enrollable(parts, account, verification);
    if (!configured) return configured;
    const auto& type = parts.registry.find(configured->type)->type();
    switch (gate_of(*parts.processes.definitions(), type)) {
        case Gate::open:
            return configured;
        case Gate::closed:
            return Error{Errc::verification_not_offered};
        case Gate::missing:
            break;
    }
    return Error{Errc::not_found};
}

Json* item_of(Json& data, const std::string& id) {
    if (!data.is_object() || !data.contains("items")) return nullptr;
    for (Json& item : data["items"])
        if (item.value("id", "") == id) return &item;
    return nullptr;
}

/// What the check may know of an enrollment: what a file would show.
EnrollmentCheck::Verdict checked(const Parts& parts, const Account& account, const Bench& bench,
                                 const Json& enrollment) {
    if (!parts.enrollment_check) return {};
    Json items = Json::array();
    if (const Intake* const intake = bench.type->intake())
        for (const HeldRecord& record : intake->give(enrollment))
            items.push_back(Json(record.values));
    return parts.enrollment_check->ask({.account = account,
                                        .verification = bench.configured->name,
                                        .type = bench.configured->type,
                                        .items = std::move(items)});
}

/// The draft as it was, with the reason: what was proved stays, and may be submitted once more.
Result<std::optional<EnrollmentDraft>> refuse_submission(const Parts& parts, EnrollmentDraft draft,
                                                         const EnrollmentCheck::Verdict& verdict,
                                                         const Origin& origin) {
    const std::string code = !verdict.trouble.empty()  ? "enrollment_unchecked"
                             : verdict.message.empty() ? "enrollment_refused"
                                                       : "enrollment_refused_because";
    Text text{"problem." + code, {}};
    if (!verdict.message.empty()) text.arguments["message"] = verdict.message;
    draft.problems = {{"", code, std::move(text)}};
    Change change{.drafts = {draft}};
    change.activities.push_back(
        activity(ActivityType::enrollment_refused, parts.clock.now(), draft.account, {}, origin,
                 verdict.trouble.empty() ? "check" : "check_unanswered",
                 {{"verification", draft.verification}, {"trouble", verdict.trouble}}));
    if (const auto done = parts.changes.commit(change); !done) return done.error();
    ++draft.version;
    return std::optional<EnrollmentDraft>(std::move(draft));
}

Json without_item(Json data, const std::string& id) {
    if (id.empty() || !item_of(data, id)) return data;
    Json left = Json::array();
    for (Json& other : data["items"])
        if (other.value("id", "") != id) left.push_back(std::move(other));
    data["items"] = std::move(left);
    return data;
}

/// The new data of an enrollment, in which the thing that is being replaced stays until its
/// successor is there.
Json with_replaced(Json data, const Bench& bench, const std::string& replaces) {
    if (replaces.empty() || !bench.stored) return data;
    Json before = bench.stored->data;
    if (const Json* item = item_of(before, replaces)) data["items"].push_back(*item);
    return data;
}

/// What the change takes the place of, so that it can be put back.
void keep_former(Change& change, const std::optional<Enrollment>& stored, const AccountId& account,
                 const std::string& verification, TimePoint now) {
    change.former.push_back({stored.value_or(Enrollment{.account = account,
                                                        .verification = verification,
                                                        .state = EnrollmentState::revoked,
                                                        .data = {},
                                                        .source = "user",
                                                        .changed_at = now}),
                             now});
}

FactorState state_of(const EnrollmentEntry& entry) {
    if (entry.draft) return FactorState::pending;
    if (entry.held) {
        switch (entry.held->state) {
            case EnrollmentState::imported:
                return FactorState::imported;
            case EnrollmentState::proved:
                return FactorState::proved;
            case EnrollmentState::active:
                return entry.usable ? FactorState::active : FactorState::stale;
            case EnrollmentState::expired:
                return FactorState::expired;
            case EnrollmentState::revoked:
                break;
        }
        if (!entry.automatic) return FactorState::revoked;
    }
    return entry.automatic ? FactorState::automatic : FactorState::none;
}

}  // namespace

std::optional<TimePoint> EnrollmentDesk::frozen_until(const Account& account) const {
    return latchkey::frozen_until(parts_, account.id, parts_.clock.now());
}

std::vector<EnrollmentEntry> EnrollmentDesk::overview(const Account& account) {
    std::vector<EnrollmentEntry> entries;
    const auto definitions = parts_.processes.definitions();
    const auto enrollments = parts_.enrollments.of(account.id);
    const Subject subject = subject_of(account);
    const TimePoint now = parts_.clock.now();
    for (const auto& configured : definitions->verifications) {
        if (!enrollable(parts_, account, configured.name)) continue;
        const Verification& type = *parts_.registry.find(configured.type);
        EnrollmentEntry entry{.verification = configured};
        entry.gate = gate_of(*definitions, type.type());
        if (type.type().gate) entry.closed = type.type().gate->closed;
        entry.renew = type.type().renew;
        entry.automatic = type.available(subject, nullptr, configured.settings);
        entry.usable = usable(parts_, configured, subject, enrollments);
        for (const auto& enrollment : enrollments) {
            if (enrollment.verification != configured.name) continue;
            entry.used_at = enrollment.used_at;
            const bool profile = enrollment.data.is_null() && entry.automatic;
            if (!profile) entry.held = enrollment;
        }
        if (entry.held && entry.held->state != EnrollmentState::revoked) {
            entry.summary = type.summary(entry.held->data);
            entry.expires_at = end_of(*entry.held, configured.settings);
            entry.held->state = state_at(*entry.held, configured.settings, now);
        }
        entry.draft = parts_.enrollments.draft(account.id, configured.name);
        if (entry.draft && now >= entry.draft->expires_at) entry.draft.reset();
        for (const Process& process : definitions->processes)
            if (serves(process, account) && process.step(configured.name))
                entry.serves.push_back(process.title);
        entry.state = state_of(entry);
        entries.push_back(std::move(entry));
    }
    return entries;
}

std::vector<ProcessReadiness> EnrollmentDesk::readiness(const Account& account) {
    std::vector<ProcessReadiness> list;
    const auto enrollments = parts_.enrollments.of(account.id);
    const Subject subject = subject_of(account);
    for (const auto& process : parts_.processes.all())
        if (serves(*process, account))
            list.push_back({process->title, latchkey::readiness(*process, [&](const Step& step) {
                                return usable(parts_, step.verification, subject, enrollments);
                            })});
    return list;
}

Result<EnrollmentDraft> EnrollmentDesk::open(const Account& account,
                                             const std::string& verification,
                                             const std::string& replaces, const std::string& proven,
                                             const Origin& origin) {
    const auto configured = enrollable_now(parts_, account, verification);
    if (!configured) return configured.error();
    if (const auto until = frozen_until(account)) return Error{Errc::blocked, {}, until};
    if (!proof_demanded(account, verification).met_by(proven)) return Error{Errc::not_verified};
    const TimePoint now = parts_.clock.now();
    const auto begun = parts_.enrollments.draft(account.id, verification);
    if (begun && now < begun->expires_at && begun->replaces == replaces) return *begun;

    auto bench = bench_of(parts_, *configured, account);
    if (!replaces.empty() && !item_of(bench.enrollment, replaces)) return Error{Errc::not_found};
    bench.enrollment = without_item(std::move(bench.enrollment), replaces);
    EnrollmentDraft draft{.account = account.id,
                          .verification = verification,
                          .begun_at = now,
                          .replaces = replaces,
                          .expires_at = now + kDraftLasts,
                          .version = begun ? begun->version : 0};
    Change change;
    const Message message = code_message(account, origin, now, draft.expires_at);
    Turn turn = bench.type->enrollment()->open(bench.situation(parts_, nullptr, "", now, {}));
    send(parts_, change, turn.effects, bench, message);
    draft.memory = std::move(turn.state);
    draft.prompt = std::move(turn.prompt);
    if (turn.forget_at) draft.expires_at = std::min(draft.expires_at, *turn.forget_at);
    change.drafts = {draft};
    if (const auto done = parts_.changes.commit(change); !done) return done.error();
    ++draft.version;
    return draft;
}

Result<std::optional<EnrollmentDraft>> EnrollmentDesk::reply(const Account& account,
                                                             const std::string& verification,
                                                             const RawAnswers& raw,
                                                             const Origin& origin) {
    const auto configured = enrollable_now(parts_, account, verification);
    if (!configured) return configured.error();
    if (const auto until = frozen_until(account)) return Error{Errc::blocked, {}, until};
    const TimePoint now = parts_.clock.now();
    auto draft = parts_.enrollments.draft(account.id, verification);
    if (!draft || now >= draft->expires_at) return Error{Errc::not_found};
    const auto answers = check_answers(draft->prompt, raw);
    if (!answers) return answers.error();

    if (answers->action().empty()) {
        // Counted before anything is compared (S11).
        const auto spent =
            parts_.budgets.spend({{.key = account_key("enrolling/" + verification, account.id),
                                   .limit = kAnswersPerDay,
                                   .window = Hours{24}}},
                                 now);
        if (spent.refused) return Error{Errc::too_many_attempts, {}, spent.until};
    } else if (const auto wait = not_before(draft->prompt, answers->action());
               wait && now < *wait) {
        return Error{Errc::resend_too_soon, {}, wait};
    }

    auto bench = bench_of(parts_, *configured, account);
    bench.enrollment = without_item(std::move(bench.enrollment), draft->replaces);
    Turn turn = bench.type->enrollment()->reply(
        bench.situation(parts_, draft->memory, "", now, parts_.messages.delivery(draft->message)),
        *answers);
    const bool finished = turn.verdict == Verdict::passed;
    Json details{{"verification", verification}};
    if (finished) {
        const auto verdict =
            checked(parts_, account, bench, turn.enrollment.value_or(bench.enrollment));
        if (!verdict.taken) return refuse_submission(parts_, *draft, verdict, origin);
        if (!verdict.trouble.empty()) details["check_unanswered"] = verdict.trouble;
    }
    Change change;
    send(parts_, change, turn.effects, bench,
         code_message(account, origin, now, draft->expires_at));

    if (turn.enrollment) {
        const bool active = finished || (bench.stored && !bench.stored->data.is_null() &&
                                         bench.stored->state == EnrollmentState::active);
        const auto lasts = lifetime(configured->settings);
        std::optional<TimePoint> end = bench.stored ? bench.stored->expires_at : std::nullopt;
        if (finished) end = lasts ? std::optional(now + *lasts) : std::nullopt;
        keep_former(change, bench.stored, account.id, verification, now);
        change.enrollments.push_back(
            {.account = account.id,
             .verification = verification,
             .state = active ? EnrollmentState::active : EnrollmentState::proved,
             .data = finished ? *turn.enrollment
                              : with_replaced(*turn.enrollment, bench, draft->replaces),
             .source = "user",
             .changed_at = now,
             .used_at = bench.stored ? bench.stored->used_at : std::nullopt,
             .version = bench.stored ? bench.stored->version : 0,
             .expires_at = end});
        change.activities.push_back(
            activity(finished ? ActivityType::enrollment_added : ActivityType::enrollment_proved,
                     now, account.id, {}, origin, {}, details));
    }
    if (finished) {
        change.unreminded = account.id;
        change.clear.push_back(in_a_row_key(account.id, verification));
        change.dropped_drafts.push_back({account.id, verification});
        notify_owner(parts_, change, account, "enrollment_added",
                     {{"verification", configured->title}}, {}, now, draft->begun_at);
    } else {
        draft->memory = std::move(turn.state);
        draft->prompt = std::move(turn.prompt);
        draft->problems = std::move(turn.problems);
        if (turn.forget_at)
            draft->expires_at = std::min(draft->begun_at + kDraftLasts, *turn.forget_at);
        if (!change.messages.empty()) draft->message = change.messages.back().id;
        change.drafts.push_back(*draft);
    }
    if (const auto done = parts_.changes.commit(change); !done) return done.error();
    if (finished) return std::optional<EnrollmentDraft>{};
    ++draft->version;
    return std::optional<EnrollmentDraft>(std::move(draft));
}

Result<void> EnrollmentDesk::cancel(const Account& account, const std::string& verification) {
    return parts_.changes.commit({.dropped_drafts = {{account.id, verification}}});
}

Result<void> EnrollmentDesk::rename(const Account& account, const std::string& verification,
                                    const std::string& item, const std::string& name,
                                    const Origin& origin) {
    const Prompt asked{
        .fields = {{.key = "name", .label = {"enroll.item_name", {}}, .max_length = kLongestName}}};
    const auto answers = check_answers(asked, {{"name", name}});
    if (!answers) return answers.error();
    for (auto& held : parts_.enrollments.of(account.id)) {
        if (held.verification != verification) continue;
        Json* found = item_of(held.data, item);
        if (!found) break;
        (*found)["name"] = (*answers)["name"];
        Change change{.enrollments = {held}};
        change.activities.push_back(activity(ActivityType::enrollment_renamed, parts_.clock.now(),
                                             account.id, {}, origin, {},
                                             {{"verification", verification}}));
        return parts_.changes.commit(change);
    }
    return Error{Errc::not_found};
}

Result<void> EnrollmentDesk::remove(const Account& account, const std::string& verification,
                                    const std::string& item, const std::string& proven,
                                    const Origin& origin) {
    if (const auto until = frozen_until(account)) return Error{Errc::blocked, {}, until};
    if (!proof_demanded(account, verification).met_by(proven)) return Error{Errc::not_verified};
    const TimePoint now = parts_.clock.now();
    const auto before = contacts_of(parts_, account);
    for (auto& held : parts_.enrollments.of(account.id)) {
        if (held.verification != verification || held.data.is_null() ||
            held.state == EnrollmentState::revoked)
            continue;
        if (!item.empty() && !item_of(held.data, item)) break;
        Change change;
        keep_former(change, held, account.id, verification, now);
        if (!item.empty()) held.data = without_item(std::move(held.data), item);
        if (item.empty() || held.data["items"].empty()) held = revoked(parts_, held, now);
        change.enrollments = {held};
        const auto definitions = parts_.processes.definitions();
        const auto* configured = find_verification(*definitions, verification);
        notify_owner(parts_, change, account, "enrollment_removed",
                     {{"verification", configured ? configured->title : Words{}}}, before, now,
                     now);
        change.activities.push_back(activity(ActivityType::enrollment_removed, now, account.id, {},
                                             origin, {}, {{"verification", verification}}));
        return parts_.changes.commit(change);
    }
    return Error{Errc::not_found};
}

}  // namespace latchkey
