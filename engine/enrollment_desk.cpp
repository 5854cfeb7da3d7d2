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

/// Marks the memory of a draft in which another proof is asked for first. No type has such a key.
constexpr const char* kProof = "(proof)";

const ConfiguredVerification* find(const Definitions& definitions, const std::string& name) {
    const auto found =
        std::ranges::find(definitions.verifications, name, &ConfiguredVerification::name);
    return found == definitions.verifications.end() ? nullptr : &*found;
}

bool used_by(const Process& process, const Account& account, const std::string& verification) {
    return process.enabled && is_for(process, account) && process.step(verification);
}

/// What the dialogue may see, for a real person: no decoys here.
Bench bench_of(const Parts& parts, const ConfiguredVerification& configured,
               const Account& account) {
    Bench bench{.type = parts.registry.find(configured.type),
                .configured = &configured,
                .subject = subject_of(account)};
    for (auto& enrollment : parts.enrollments.of(account.id)) {
        if (enrollment.verification != configured.name) continue;
        if (enrollment.state != EnrollmentState::revoked) bench.enrollment = enrollment.data;
        bench.stored = std::move(enrollment);
    }
    return bench;
}

/// A verification that exists, is used by a process of this person and can be enrolled.
Result<ConfiguredVerification> enrollable(const Parts& parts, const Account& account,
                                          const std::string& verification) {
    const auto definitions = parts.processes.definitions();
    const auto* configured = find(*definitions, verification);
    const Verification* type = configured ? parts.registry.find(configured->type) : nullptr;
    const bool used = std::ranges::any_of(definitions->processes, [&](const Process& process) {
        return used_by(process, account, verification);
    });
    if (!type || !type->enrollment() || !used) return Error{Errc::verification_not_offered};
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

/// The first verification that rests on `asset` alone and that the person can do now.
std::optional<Bench> proof_resting_on(const Parts& parts, const Definitions& definitions,
                                      const Account& account, Asset asset) {
    for (const auto& configured : definitions.verifications) {
        const Verification* type = parts.registry.find(configured.type);
        if (!type || type->type().assets != std::vector{asset}) continue;
        Bench bench = bench_of(parts, configured, account);
        const auto& stored = bench.stored;
        if (stored &&
            !counts(state_at(*stored, configured.settings, parts.clock.now()), configured.settings))
            bench.enrollment = nullptr;
        if (type->available(bench.subject, bench.enrollment, configured.settings)) return bench;
    }
    return {};
}

Prompt ask_place(const std::vector<Destination>& places) {
    Field field{.key = "place", .kind = FieldKind::choice, .label = {"enroll.proof.place", {}}};
    for (const auto& [id, label] : places) field.choices.push_back({id, label});
    return {.title = {"enroll.proof.title", {}}, .fields = {std::move(field)}};
}

/// Opens the challenge of a proof; where it can go to several places, asks for one of them first.
void ask_for_proof(const Parts& parts, Change& change, EnrollmentDraft& draft, const Bench& bench,
                   std::string place, const Message& message) {
    const auto places =
        bench.type->destinations(bench.subject, bench.enrollment, bench.configured->settings);
    if (places.size() == 1) place = places.front().id;
    const bool opens = places.empty() || !place.empty();
    Turn turn{.prompt = ask_place(places)};
    if (opens)
        turn = bench.type->challenge().open(
            bench.situation(parts, nullptr, place, message.created_at, {}));
    send(parts, change, turn.effects, bench, message);
    draft.prompt = std::move(turn.prompt);
    draft.problems = {};
    draft.memory = {{kProof,
                     {{"verification", bench.configured->name},
                      {"opened", opens},
                      {"place", place},
                      {"memory", std::move(turn.state)}}}};
    for (const Message& sent : change.messages)
        if (sent.lane == Lane::code) draft.message = sent.id;
}

void ask_to_enroll(const Parts& parts, Change& change, EnrollmentDraft& draft, const Bench& bench,
                   const Message& message) {
    Turn turn =
        bench.type->enrollment()->open(bench.situation(parts, nullptr, "", message.created_at, {}));
    send(parts, change, turn.effects, bench, message);
    draft.memory = std::move(turn.state);
    draft.prompt = std::move(turn.prompt);
    draft.problems = {};
}

/// An answer to the proof: on to the enrollment itself if it is right. False if it cannot be given
/// any more.
bool take_proof(const Parts& parts, Change& change, EnrollmentDraft& draft, const Bench& own,
                const Account& account, const Answers& answers, const Message& message,
                const Origin& origin) {
    const TimePoint now = message.created_at;
    Json proof = draft.memory.at(kProof);
    const auto definitions = parts.processes.definitions();
    const auto bench =
        proof_resting_on(parts, *definitions, account, own.type->type().proof_to_replace.value());
    if (!bench || bench->configured->name != proof.at("verification").get<std::string>())
        return false;
    if (!proof.at("opened").get<bool>()) {
        ask_for_proof(parts, change, draft, *bench, std::string(answers["place"]), message);
        return true;
    }
    Turn turn = bench->type->challenge().reply(
        bench->situation(parts, proof.at("memory"), proof.at("place").get<std::string>(), now,
                         parts.messages.delivery(draft.message)),
        answers);
    const bool right = turn.verdict == Verdict::passed;
    if (answers.action().empty())
        change.activities.push_back(
            activity(right ? ActivityType::answer_right : ActivityType::answer_wrong, now,
                     account.id, {}, origin, {}, {{"verification", bench->configured->name}}));
    if (turn.enrollment || (right && bench->stored))
        change.enrollments.push_back(used(*bench, turn, now));
    send(parts, change, turn.effects, *bench, message);
    if (right) {
        draft.message = {};
        ask_to_enroll(parts, change, draft, own, message);
        return true;
    }
    proof["memory"] = std::move(turn.state);
    draft.memory[kProof] = std::move(proof);
    if (!turn.prompt.title.empty()) draft.prompt = std::move(turn.prompt);
    draft.problems = std::move(turn.problems);
    for (const Message& sent : change.messages)
        if (sent.lane == Lane::code) draft.message = sent.id;
    return true;
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

Message message_of(const Account& account, const Origin& origin, TimePoint now, TimePoint end) {
    return {.lane = Lane::code,
            .locale = origin.locale,
            .account = account.id,
            .created_at = now,
            .give_up_at = end};
}

}  // namespace

Gate gate_of(const Definitions& definitions, const VerificationType& type) {
    if (!type.gate) return Gate::open;
    if (!flag(definitions.settings, type.gate->installed)) return Gate::missing;
    return flag(definitions.settings, type.gate->enabled) ? Gate::open : Gate::closed;
}

bool is_for(const Process& process, const Account& account) {
    return process.groups.empty() ||
           std::ranges::any_of(process.groups, [&](const std::string& group) {
               return std::ranges::count(account.groups, group) > 0;
           });
}

Readiness readiness(const Process& process, const std::function<bool(const Step&)>& usable) {
    std::int64_t required = 0;
    std::int64_t ready = 0;
    std::int64_t optional_ready = 0;
    for (const Step& step : process.steps) {
        const bool can = usable(step);
        required += step.required ? 1 : 0;
        ready += step.required && can ? 1 : 0;
        optional_ready += !step.required && can ? 1 : 0;
    }
    const std::int64_t needed = required + process.optional_needed;
    return {needed, needed - ready - std::min(optional_ready, process.optional_needed)};
}

std::vector<EnrollmentEntry> EnrollmentDesk::overview(const Account& account) {
    std::vector<EnrollmentEntry> entries;
    const auto definitions = parts_.processes.definitions();
    auto enrollments = parts_.enrollments.of(account.id);
    const TimePoint now = parts_.clock.now();
    for (const auto& configured : definitions->verifications) {
        if (!enrollable(parts_, account, configured.name)) continue;
        const Verification& type = *parts_.registry.find(configured.type);
        EnrollmentEntry entry{.verification = configured};
        entry.gate = gate_of(*definitions, type.type());
        if (type.type().gate) entry.closed = type.type().gate->closed;
        entry.automatic = type.available(subject_of(account), nullptr, configured.settings);
        for (auto& enrollment : enrollments)
            if (enrollment.verification == configured.name &&
                enrollment.state != EnrollmentState::revoked)
                entry.held = std::move(enrollment);
        if (entry.held) {
            entry.summary = type.summary(entry.held->data);
            entry.expires_at = end_of(*entry.held, configured.settings);
            entry.held->state = state_at(*entry.held, configured.settings, now);
        }
        entry.draft = parts_.enrollments.draft(account.id, configured.name);
        if (entry.draft && now >= entry.draft->expires_at) entry.draft.reset();
        entries.push_back(std::move(entry));
    }
    return entries;
}

Result<EnrollmentDraft> EnrollmentDesk::open(const Account& account,
                                             const std::string& verification,
                                             const Origin& origin) {
    const auto configured = enrollable_now(parts_, account, verification);
    if (!configured) return configured.error();
    const TimePoint now = parts_.clock.now();
    const auto begun = parts_.enrollments.draft(account.id, verification);
    if (begun && now < begun->expires_at) return *begun;

    const auto bench = bench_of(parts_, *configured, account);
    EnrollmentDraft draft{.account = account.id,
                          .verification = verification,
                          .memory = {},
                          .prompt = {},
                          .expires_at = now + kDraftLasts,
                          .version = begun ? begun->version : 0};
    Change change;
    const Message message = message_of(account, origin, now, draft.expires_at);
    // What was imported and does not count is nothing that could be taken over.
    const bool held = bench.stored && (bench.stored->state != EnrollmentState::imported ||
                                       counts(bench.stored->state, configured->settings));
    if (const auto asset = bench.type->type().proof_to_replace; asset && held) {
        const auto definitions = parts_.processes.definitions();
        const auto proof = proof_resting_on(parts_, *definitions, account, *asset);
        if (!proof) return Error{Errc::not_verified};
        ask_for_proof(parts_, change, draft, *proof, {}, message);
    } else {
        ask_to_enroll(parts_, change, draft, bench, message);
    }
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
    } else if (const auto action =
                   std::ranges::find(draft->prompt.actions, answers->action(), &Action::key);
               action->available_at && now < *action->available_at) {
        return Error{Errc::resend_too_soon, {}, action->available_at};
    }

    const auto bench = bench_of(parts_, *configured, account);
    if (draft->memory.is_object() && draft->memory.contains(kProof)) {
        Change step;
        if (!take_proof(parts_, step, *draft, bench, account, *answers,
                        message_of(account, origin, now, draft->expires_at), origin))
            return Error{Errc::not_verified};
        step.drafts = {*draft};
        if (const auto done = parts_.changes.commit(step); !done) return done.error();
        ++draft->version;
        return std::optional<EnrollmentDraft>(std::move(draft));
    }
    const Turn turn = bench.type->enrollment()->reply(
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
    send(parts_, change, turn.effects, bench, message_of(account, origin, now, draft->expires_at));

    if (turn.enrollment) {
        const bool active =
            finished || (bench.stored && bench.stored->state == EnrollmentState::active);
        const auto lasts = lifetime(configured->settings);
        std::optional<TimePoint> end = bench.stored ? bench.stored->expires_at : std::nullopt;
        if (finished) end = lasts ? std::optional(now + *lasts) : std::nullopt;
        change.enrollments.push_back(
            {.account = account.id,
             .verification = verification,
             .state = active ? EnrollmentState::active : EnrollmentState::proved,
             .data = *turn.enrollment,
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
                     {{"verification", configured->title}}, {}, now);
    } else {
        draft->memory = turn.state;
        draft->prompt = turn.prompt;
        draft->problems = turn.problems;
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
                                    const std::string& item, const Origin& origin) {
    const TimePoint now = parts_.clock.now();
    const auto before = contacts_of(parts_, account);
    for (auto& held : parts_.enrollments.of(account.id)) {
        if (held.verification != verification || held.state == EnrollmentState::revoked) continue;
        if (!item.empty()) {
            if (!item_of(held.data, item)) break;
            Json left = Json::array();
            for (Json& other : held.data["items"])
                if (other.value("id", "") != item) left.push_back(std::move(other));
            held.data["items"] = std::move(left);
        }
        const bool nothing_left = item.empty() || held.data["items"].empty();
        if (nothing_left) {
            held.state = EnrollmentState::revoked;
            held.data = nullptr;
        }
        held.changed_at = now;
        const auto definitions = parts_.processes.definitions();
        const auto* configured = find(*definitions, verification);
        Change change{.enrollments = {held}};
        notify_owner(parts_, change, account, "enrollment_removed",
                     {{"verification", configured ? configured->title : Words{}}}, before, now);
        change.activities.push_back(activity(ActivityType::enrollment_removed, now, account.id, {},
                                             origin, {}, {{"verification", verification}}));
        return parts_.changes.commit(change);
    }
    return Error{Errc::not_found};
}

}  // namespace latchkey
