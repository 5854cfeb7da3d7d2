#include "engine/trial_desk.h"

#include "engine/answer_count.h"
#include "engine/intake.h"

#include <algorithm>

namespace latchkey {
namespace {

constexpr Minutes kTrialLasts{20};

/// Where a trial is kept among the account's drafts. No verification can have such a name.
std::string draft_name(const std::string& verification) {
    return "(trial)" + verification;
}

bool proves_enough(const VerificationType& type) {
    return type.public_use && type.assurance >= Assurance::medium;
}

/// The person's side of a verification; nothing if it cannot be done now.
std::optional<Bench> bench_of(const Parts& parts, const ConfiguredVerification& configured,
                              const Person& person) {
    const Verification* type = parts.registry.find(configured.type);
    if (!type || !type->type().public_use || type->type().assurance == Assurance::none) return {};
    Bench bench = bench_for(parts, configured, person, person.account->user_name, false);
    if (bench.decoy) return {};
    return bench;
}

/// One thing and no other is held: to prove it is no proof by another one.
bool whole(const Bench& bench) {
    return bench.enrollment.is_object() && !bench.enrollment.contains("items");
}

/// The strictest that any process demands.
AnswerLimit limit_of(const Definitions& definitions, const std::string& verification) {
    std::optional<AnswerLimit> strictest;
    for (const Process& process : definitions.processes) {
        if (!process.step(verification)) continue;
        const auto attempts = integer(process.limits, "attempts");
        const auto remembered = duration(process.limits, "retry_window");
        if (!strictest) strictest = AnswerLimit{attempts, remembered};
        strictest->attempts = std::min(strictest->attempts, attempts);
        strictest->remembered = std::max(strictest->remembered, remembered);
    }
    return strictest.value_or(AnswerLimit{3, Hours{24}});
}

Way way_of(const Bench& bench, const std::vector<Block>& blocks, TimePoint now) {
    return {*bench.configured,
            bench.type->destinations(bench.subject, bench.enrollment, bench.configured->settings),
            blocked_until(blocks, bench.configured->name, now)};
}

void note_message(EnrollmentDraft& draft, const Change& change) {
    for (const Message& sent : change.messages)
        if (sent.lane == Lane::code) draft.message = sent.id;
}

}  // namespace

bool ProofDemand::met_by(const std::string& verification) const {
    return !needed || std::ranges::any_of(ways, [&](const Way& way) {
        return way.verification.name == verification;
    });
}

ProofDemand proof_demand(const Parts& parts, const Account& account,
                         const std::string& verification) {
    const auto definitions = parts.processes.definitions();
    const auto* changed = find_verification(*definitions, verification);
    const Verification* own = changed ? parts.registry.find(changed->type) : nullptr;
    const Person person{account, parts.enrollments.of(account.id)};
    std::optional<Asset> asset;
    if (own && own->type().proof_to_replace)
        for (const auto& held : person.held)
            // What was imported and does not count is nothing that could be taken over.
            if (held.verification == verification &&
                (held.state != EnrollmentState::imported || counts(held.state, changed->settings)))
                asset = own->type().proof_to_replace;

    ProofDemand demand{.needed = asset.has_value(), .ways = {}};
    const auto blocks = parts.budgets.blocks(account.id);
    for (const auto& configured : definitions->verifications) {
        const auto bench = bench_of(parts, configured, person);
        if (!bench || !proves_enough(bench->type->type())) continue;
        if (asset && bench->type->type().assets != std::vector{*asset}) continue;
        if (configured.name == verification && whole(*bench)) continue;
        demand.ways.push_back(way_of(*bench, blocks, parts.clock.now()));
    }
    demand.needed = demand.needed || !demand.ways.empty();
    return demand;
}

std::vector<Way> TrialDesk::ways(const Account& account) {
    std::vector<Way> ways;
    const auto definitions = parts_.processes.definitions();
    const auto blocks = parts_.budgets.blocks(account.id);
    const Person person{account, parts_.enrollments.of(account.id)};
    for (const auto& configured : definitions->verifications)
        if (const auto bench = bench_of(parts_, configured, person))
            ways.push_back(way_of(*bench, blocks, parts_.clock.now()));
    return ways;
}

Result<EnrollmentDraft> TrialDesk::open(const Account& account, const std::string& verification,
                                        const std::string& destination, const Origin& origin) {
    const auto definitions = parts_.processes.definitions();
    const auto* configured = find_verification(*definitions, verification);
    const Person person{account, parts_.enrollments.of(account.id)};
    const auto bench = configured ? bench_of(parts_, *configured, person) : std::nullopt;
    if (!bench) return Error{Errc::verification_not_offered};
    const TimePoint now = parts_.clock.now();
    const Way way = way_of(*bench, parts_.budgets.blocks(account.id), now);
    if (way.blocked_until) return Error{Errc::blocked, {}, way.blocked_until};
    std::string place = destination;
    if (place.empty() && way.places.size() == 1) place = way.places.front().id;
    if (!way.places.empty() && std::ranges::count(way.places, place, &Destination::id) == 0)
        return Error{Errc::no_destination};

    const auto before = parts_.enrollments.draft(account.id, draft_name(verification));
    EnrollmentDraft draft{.account = account.id,
                          .verification = draft_name(verification),
                          .begun_at = now,
                          .expires_at = now + kTrialLasts,
                          .version = before ? before->version : 0};
    Turn turn = bench->type->challenge().open(bench->situation(parts_, nullptr, place, now, {}));
    Change change;
    send(parts_, change, turn.effects, *bench,
         code_message(account, origin, now, draft.expires_at));
    draft.memory = {{"place", place}, {"memory", std::move(turn.state)}};
    draft.prompt = std::move(turn.prompt);
    note_message(draft, change);
    change.drafts = {draft};
    change.activities.push_back(activity(ActivityType::challenge_opened, now, account.id, {},
                                         origin, "trial", {{"verification", verification}}));
    if (const auto done = parts_.changes.commit(change); !done) {
        // Asked for twice, or its answer was lost: what was sent a moment ago still counts.
        auto there = begun(account, verification);
        if (done.error().code == Errc::resend_too_soon && there &&
            there->memory.at("place") == place)
            return *std::move(there);
        return done.error();
    }
    ++draft.version;
    return draft;
}

std::optional<EnrollmentDraft> TrialDesk::begun(const Account& account,
                                                const std::string& verification) {
    auto draft = parts_.enrollments.draft(account.id, draft_name(verification));
    if (draft && parts_.clock.now() >= draft->expires_at) draft.reset();
    return draft;
}

Result<std::optional<EnrollmentDraft>> TrialDesk::reply(const Account& account,
                                                        const std::string& verification,
                                                        const RawAnswers& raw,
                                                        const Session& proved,
                                                        const Origin& origin) {
    auto draft = begun(account, verification);
    const auto definitions = parts_.processes.definitions();
    const auto* configured = find_verification(*definitions, verification);
    const Person person{account, parts_.enrollments.of(account.id)};
    const auto bench = configured ? bench_of(parts_, *configured, person) : std::nullopt;
    if (!draft || !bench) return Error{Errc::not_found};
    const auto answers = check_answers(draft->prompt, raw);
    if (!answers) return answers.error();
    const TimePoint now = parts_.clock.now();
    const auto blocks = parts_.budgets.blocks(account.id);
    if (const auto until = blocked_until(blocks, verification, now))
        return Error{Errc::blocked, {}, until};

    AnswerCount count{.verification = *configured,
                      .account = account.id,
                      .request = {},
                      .limit = limit_of(*definitions, verification)};
    if (answers->action().empty()) {
        const auto budgets = count.budgets(definitions->settings);
        const auto spent = parts_.budgets.spend(budgets, now);
        if (spent.refused) return Error{budgets[*spent.refused].refusal, {}, spent.until};
        count.take(spent.used);
    } else if (const auto wait = not_before(draft->prompt, answers->action());
               wait && now < *wait) {
        return Error{Errc::resend_too_soon, {}, wait};
    }

    const auto place = draft->memory.at("place").get<std::string>();
    Turn turn = bench->type->challenge().reply(
        bench->situation(parts_, draft->memory.at("memory"), place, now,
                         parts_.messages.delivery(draft->message)),
        *answers);
    const bool right = turn.verdict == Verdict::passed;
    Change change;
    if (turn.enrollment || right) change.enrollments.push_back(used(*bench, turn, now));
    send(parts_, change, turn.effects, *bench,
         code_message(account, origin, now, draft->expires_at));
    if (answers->action().empty()) {
        count.settle(parts_, change, *bench, right, origin, now);
        change.activities.push_back(
            activity(right ? ActivityType::answer_right : ActivityType::answer_wrong, now,
                     account.id, {}, origin, "trial", {{"verification", verification}}));
    }
    if (right) {
        change.dropped_drafts.push_back({account.id, draft->verification});
        change.session = proved;
    } else {
        draft->memory["memory"] = std::move(turn.state);
        if (!turn.prompt.title.empty()) draft->prompt = std::move(turn.prompt);
        draft->problems = std::move(turn.problems);
        if (draft->problems.empty() && answers->action().empty())
            draft->problems.push_back({"", "wrong_answer", {"problem.wrong_answer", {}}});
        note_message(*draft, change);
        change.drafts.push_back(*draft);
    }
    if (const auto done = parts_.changes.commit(change); !done) return done.error();
    if (right) return std::optional<EnrollmentDraft>{};
    ++draft->version;
    return std::optional<EnrollmentDraft>(std::move(draft));
}

Result<void> TrialDesk::cancel(const Account& account, const std::string& verification) {
    return parts_.changes.commit({.dropped_drafts = {{account.id, draft_name(verification)}}});
}

}  // namespace latchkey
