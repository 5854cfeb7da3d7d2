#include "engine/enrollment_desk.h"

#include "engine/casework.h"
#include "engine/unicode.h"

#include <algorithm>

namespace latchkey {
namespace {

constexpr Minutes kDraftLasts{30};
constexpr std::int64_t kAnswersPerDay = 20;  // right or wrong: more looks like guessing a code
constexpr std::size_t kLongestName = 40;     // code points

const ConfiguredVerification* find(const Definitions& definitions, const std::string& name) {
    const auto found =
        std::ranges::find(definitions.verifications, name, &ConfiguredVerification::name);
    return found == definitions.verifications.end() ? nullptr : &*found;
}

bool used_by(const Process& process, const Account& account, const std::string& verification) {
    const bool for_them = process.groups.empty() ||
                          std::ranges::any_of(process.groups, [&](const std::string& group) {
                              return std::ranges::count(account.groups, group) > 0;
                          });
    return process.enabled && for_them && process.step(verification);
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

Json* item_of(Json& data, const std::string& id) {
    if (!data.is_object() || !data.contains("items")) return nullptr;
    for (Json& item : data["items"])
        if (item.value("id", "") == id) return &item;
    return nullptr;
}

Message message_of(const Account& account, const Origin& origin, TimePoint now, TimePoint end) {
    return {.lane = Lane::code,
            .locale = origin.locale,
            .account = account.id,
            .created_at = now,
            .give_up_at = end};
}

}  // namespace

std::vector<EnrollmentEntry> EnrollmentDesk::overview(const Account& account) {
    std::vector<EnrollmentEntry> entries;
    const auto definitions = parts_.processes.definitions();
    auto enrollments = parts_.enrollments.of(account.id);
    const TimePoint now = parts_.clock.now();
    for (const auto& configured : definitions->verifications) {
        if (!enrollable(parts_, account, configured.name)) continue;
        const Verification& type = *parts_.registry.find(configured.type);
        EnrollmentEntry entry{.verification = configured};
        entry.automatic = type.available(subject_of(account), nullptr, configured.settings);
        for (auto& enrollment : enrollments)
            if (enrollment.verification == configured.name &&
                enrollment.state != EnrollmentState::revoked)
                entry.held = std::move(enrollment);
        entry.draft = parts_.enrollments.draft(account.id, configured.name);
        if (entry.draft && now >= entry.draft->expires_at) entry.draft.reset();
        entries.push_back(std::move(entry));
    }
    return entries;
}

Result<EnrollmentDraft> EnrollmentDesk::open(const Account& account,
                                             const std::string& verification,
                                             const Origin& origin) {
    const auto configured = enrollable(parts_, account, verification);
    if (!configured) return configured.error();
    const TimePoint now = parts_.clock.now();
    const auto begun = parts_.enrollments.draft(account.id, verification);
    if (begun && now < begun->expires_at) return *begun;

    const auto bench = bench_of(parts_, *configured, account);
    const Turn turn = bench.type->enrollment()->open(bench.situation(parts_, nullptr, "", now, {}));
    EnrollmentDraft draft{.account = account.id,
                          .verification = verification,
                          .memory = turn.state,
                          .prompt = turn.prompt,
                          .expires_at = now + kDraftLasts,
                          .version = begun ? begun->version : 0};
    Change change{.drafts = {draft}};
    send(parts_, change, turn.effects, bench, message_of(account, origin, now, draft.expires_at));
    if (const auto done = parts_.changes.commit(change); !done) return done.error();
    ++draft.version;
    return draft;
}

Result<std::optional<EnrollmentDraft>> EnrollmentDesk::reply(const Account& account,
                                                             const std::string& verification,
                                                             const RawAnswers& raw,
                                                             const Origin& origin) {
    const auto configured = enrollable(parts_, account, verification);
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
    const Turn turn = bench.type->enrollment()->reply(
        bench.situation(parts_, draft->memory, "", now, parts_.messages.delivery(draft->message)),
        *answers);
    Change change;
    send(parts_, change, turn.effects, bench, message_of(account, origin, now, draft->expires_at));

    const bool finished = turn.verdict == Verdict::passed;
    const Json details{{"verification", verification}};
    if (turn.enrollment) {
        const bool active =
            finished || (bench.stored && bench.stored->state == EnrollmentState::active);
        change.enrollments.push_back(
            {.account = account.id,
             .verification = verification,
             .state = active ? EnrollmentState::active : EnrollmentState::proved,
             .data = *turn.enrollment,
             .source = "user",
             .changed_at = now,
             .used_at = bench.stored ? bench.stored->used_at : std::nullopt,
             .version = bench.stored ? bench.stored->version : 0});
        change.activities.push_back(
            activity(finished ? ActivityType::enrollment_added : ActivityType::enrollment_proved,
                     now, account.id, {}, origin, {}, details));
    }
    if (finished) {
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
