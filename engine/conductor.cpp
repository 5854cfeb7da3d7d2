#include "engine/conductor.h"

#include "engine/answer_count.h"
#include "engine/more_proof.h"

#include <algorithm>

namespace latchkey {

namespace {

constexpr std::string_view kAudienceOfBrowsers = "public";

std::int64_t limit(const Process& process) {
    return integer(process.limits, "attempts");
}

Message message_of(const ResetRequest& request, TimePoint now) {
    return {.lane = Lane::code,
            .locale = request.locale,
            .account = request.account,
            .request = request.id,
            .created_at = now,
            .give_up_at = request.expires_at};
}

}  // namespace

Result<Proceeding> Conductor::begin(const BeginCall& call, const Origin& origin) {
    const auto process = parts_.processes.current(call.slug);
    if (!process || !process->enabled || !process->open_to(kAudienceOfBrowsers) ||
        !process_faults(*process, parts_.registry, "").empty())
        return Error{Errc::unknown_process};
    const auto canonical = canonical_identifier(call.identifier);
    if (!canonical) {
        const std::string code = call.identifier.empty() ? "required" : "bad_identifier";
        return Error{Errc::validation_failed, {{"identifier", code, {"problem." + code, {}}}}};
    }
    if (parts_.requests.find(call.id)) return look(call.id, call.session);

    const TimePoint now = parts_.clock.now();
    const auto named = identify(parts_, *canonical, process->identify_by, process->groups);
    Case opened{.now = now,
                .request = {.id = call.id,
                            .reference = random_reference(parts_.random),
                            .process = process->name,
                            .process_version = process->version,
                            .account = named.id,
                            .identifier = *canonical,
                            .decoy = !named.account,
                            .channel = origin.channel,
                            .locale = origin.locale,
                            .session = call.session,
                            .created_at = now,
                            .expires_at = now + duration(process->limits, "expires_in")},
                .process = process};
    for (const Step& step : process->steps)
        opened.request.steps.push_back({.verification = step.verification.name});

    Change change{.request = Change::RequestChange{opened.request}};
    const auto type = named.reason == "ambiguous" ? ActivityType::identify_ambiguous
                                                  : ActivityType::request_started;
    change.activities.push_back(
        opened.activity(type, origin, named.reason, {{"process", process->name}}));
    change.reserve.push_back(
        {.key = account_key("requests", named.id),
         .limit = integer(parts_.processes.definitions()->settings, "limits.requests_per_day"),
         .window = Hours{24},
         .refusal = Errc::rate_limited});
    const auto committed = parts_.changes.commit(change);
    if (!committed) {
        // The same form sent twice at once: the other one began it.
        if (committed.error().code == Errc::already_answered) return look(call.id, call.session);
        return committed.error();
    }
    ++opened.request.version;
    opened.person = {named.account, parts_.enrollments.of(named.id)};
    return proceeding(opened);
}

Result<Case> Conductor::open_case(const RequestId& id, const SessionId& session) {
    auto request = parts_.requests.find(id);
    if (!request || request->session != session) return Error{Errc::unknown_request};
    Case opened{parts_.clock.now(), std::move(*request), {}, {}};
    opened.process =
        parts_.processes.version(opened.request.process, opened.request.process_version);
    if (!opened.process) throw Outage("a request's process version is missing");
    if (expire(opened.request, opened.now)) {
        // Kept, so that a clock set back revives nothing (S13).
        Change change{.request = Change::RequestChange{opened.request}};
        change.activities.push_back(opened.activity(
            ActivityType::request_expired, {.channel = opened.request.channel, .actor = "system"}));
        if (parts_.changes.commit(change)) ++opened.request.version;
    }
    if (opened.request.state == RequestState::verifying)
        opened.person = person_of(parts_, opened.request.account);
    return opened;
}

Result<Case> Conductor::running_case(const RequestId& id, const SessionId& session) {
    auto opened = open_case(id, session);
    if (!opened) return opened;
    const RequestState state = opened->request.state;
    if (state == RequestState::expired) return Error{Errc::request_expired};
    if (closed(state)) return Error{Errc::request_closed};
    return opened;
}

Result<Proceeding> Conductor::look(const RequestId& id, const SessionId& session) {
    const auto opened = open_case(id, session);
    if (!opened) return opened.error();
    return proceeding(*opened);
}

Proceeding Conductor::proceeding(const Case& opened) {
    const ResetRequest& request = opened.request;
    Proceeding view{.request = request, .process = opened.process};
    view.proofs_missing = proofs_missing(request, *opened.process);
    if (request.state != RequestState::verifying) return view;
    if (request.more && common_proofs_missing(request, *opened.process) == 0) {
        if (request.more->any.empty())
            view.too_new =
                duration(parts_.processes.definitions()->settings, "enrollment.trusted_after");
        else
            view.more = request.more->why;
    }

    const auto blocks = parts_.budgets.blocks(request.account);
    for (const std::string& name : offered_steps(request, *opened.process, parts_.registry)) {
        const auto& configured = opened.process->step(name)->verification;
        const auto bench =
            bench_for(parts_, configured, opened.person, request.identifier, request.decoy);
        view.offers.push_back(
            {name, bench.type->destinations(bench.subject, bench.enrollment, configured.settings),
             blocked_until(blocks, name, opened.now)});
    }
    if (const Progress* step = request.step(request.current)) {
        const auto used = parts_.budgets.used({attempts_key(request.id, step->verification),
                                               failures_key(request.account, step->verification)},
                                              opened.now);
        view.attempts_used = used[0];
        view.attempts_left =
            std::max<std::int64_t>(0, limit(*opened.process) - std::max(used[0], used[1]));
        view.delivery = parts_.messages.delivery(step->message);
    }
    return view;
}

Result<Proceeding> Conductor::choose(const RequestId& id, const SessionId& session,
                                     const std::string& verification,
                                     const std::string& destination, const Origin& origin) {
    auto opened = running_case(id, session);
    if (!opened) return opened.error();
    ResetRequest& request = opened->request;
    const auto offered = offered_steps(request, *opened->process, parts_.registry);
    if (request.state != RequestState::verifying || std::ranges::count(offered, verification) == 0)
        return Error{Errc::verification_not_offered};
    if (const auto until =
            blocked_until(parts_.budgets.blocks(request.account), verification, opened->now))
        return Error{Errc::blocked, {}, until};

    const auto& configured = opened->process->step(verification)->verification;
    const auto bench =
        bench_for(parts_, configured, opened->person, request.identifier, request.decoy);
    const auto places =
        bench.type->destinations(bench.subject, bench.enrollment, configured.settings);
    std::string place = destination;
    if (place.empty() && places.size() == 1) place = places.front().id;
    if (!places.empty() && std::ranges::count(places, place, &Destination::id) == 0)
        return Error{Errc::no_destination};

    Progress& step = *request.step(verification);
    if (step.state != StepState::untouched && step.destination == place) {
        if (request.current == verification) return proceeding(*opened);
        request.current = verification;
        Change shown{.request = Change::RequestChange{request}};
        if (!parts_.changes.commit(shown)) return look(id, session);
        ++request.version;
        return proceeding(*opened);
    }
    step.decoy = bench.decoy;
    step.destination = place;
    step.message = {};
    Turn turn =
        bench.type->challenge().open(bench.situation(parts_, nullptr, place, opened->now, {}));
    if (turn.verdict == Verdict::passed) turn.verdict = Verdict::refused;  // nobody answered yet
    Change change;
    send(parts_, change, turn.effects, bench, message_of(request, opened->now));
    change.activities.push_back(opened->activity(ActivityType::challenge_opened, origin, {},
                                                 {{"verification", verification}}));
    return take_turn(*opened, verification, {std::move(turn), std::move(change)}, origin);
}

Result<Proceeding> Conductor::another_way(const RequestId& id, const SessionId& session) {
    auto opened = running_case(id, session);
    if (!opened) return opened.error();
    if (opened->request.current.empty()) return proceeding(*opened);
    opened->request.current.clear();
    if (!parts_.changes.commit({.request = Change::RequestChange{opened->request}}))
        return look(id, session);
    ++opened->request.version;
    return proceeding(*opened);
}

Result<Proceeding> Conductor::reply(const RequestId& id, const SessionId& session,
                                    const std::string& verification, const RawAnswers& raw,
                                    std::optional<std::int64_t> expected, const Origin& origin) {
    auto opened = running_case(id, session);
    if (!opened) return opened.error();
    ResetRequest& request = opened->request;
    Progress* step = request.step(verification);
    if (!step || step->state == StepState::untouched) return Error{Errc::verification_not_offered};
    if (step->state == StepState::passed) return proceeding(*opened);  // the same form again
    if (step->state == StepState::failed) return Error{Errc::too_many_attempts};

    const auto answers = check_answers(step->prompt, raw);
    if (!answers) return answers.error();
    const auto blocks = parts_.budgets.blocks(request.account);
    if (const auto until = blocked_until(blocks, verification, opened->now))
        return Error{Errc::blocked, {}, until};

    const Process& process = *opened->process;
    const auto& configured = process.step(verification)->verification;
    AnswerCount count{.verification = configured,
                      .account = request.account,
                      .request = request.id,
                      .limit = {limit(process), duration(process.limits, "retry_window")}};
    bool exhausted = false;
    if (answers->action().empty()) {
        // Counted and committed before anything is compared; nothing gives it back (S11).
        auto budgets = count.budgets(parts_.processes.definitions()->settings);
        budgets.insert(budgets.begin(),
                       {.key = attempts_key(request.id, verification),
                        .limit = limit(process),
                        .window = Hours{24},  // no request lives that long: never refilled (S12)
                        .expected = expected,
                        .refusal = Errc::too_many_attempts});
        const auto spent = parts_.budgets.spend(budgets, opened->now);
        if (spent.unexpected) return look(id, session);
        if (spent.refused) return Error{budgets[*spent.refused].refusal, {}, spent.until};
        exhausted = spent.used.front() >= limit(process);
        count.take(std::span(spent.used).subspan(1));
    } else if (const auto wait = not_before(step->prompt, answers->action());
               wait && opened->now < *wait) {
        return Error{Errc::resend_too_soon, {}, wait};
    }

    const auto bench = bench_for(parts_, configured, opened->person, request.identifier,
                                 request.decoy || step->decoy);
    Turn turn = bench.type->challenge().reply(
        bench.situation(parts_, step->memory, step->destination, opened->now,
                        parts_.messages.delivery(step->message)),
        *answers);
    step->decoy = step->decoy || bench.decoy;
    const bool right = turn.verdict == Verdict::passed && !step->decoy && !request.decoy;
    Change change;
    if (!bench.decoy && (turn.enrollment || right))
        change.enrollments.push_back(used(bench, turn, opened->now));
    send(parts_, change, turn.effects, bench, message_of(request, opened->now));
    if (answers->action().empty()) {
        count.settle(parts_, change, bench, right, origin, opened->now);
        change.activities.push_back(
            opened->activity(right ? ActivityType::answer_right : ActivityType::answer_wrong,
                             origin, {}, {{"verification", verification}}));
    }
    const bool fresh = right && freshly_held(parts_, bench, turn, opened->now);
    return take_turn(*opened, verification, {std::move(turn), std::move(change), exhausted, fresh},
                     origin);
}

Result<Proceeding> Conductor::signal(const RequestId& id, const SessionId& session,
                                     const std::string& verification, const Signal& news,
                                     const Origin& origin) {
    auto opened = running_case(id, session);
    if (!opened) return opened.error();
    Progress* step = opened->request.step(verification);
    if (!step || (step->state != StepState::waiting && step->state != StepState::asking))
        return Error{Errc::verification_not_offered};
    const auto& configured = opened->process->step(verification)->verification;
    const auto bench = bench_for(parts_, configured, opened->person, opened->request.identifier,
                                 opened->request.decoy || step->decoy);
    Turn turn = bench.type->challenge().signal(
        bench.situation(parts_, step->memory, step->destination, opened->now,
                        parts_.messages.delivery(step->message)),
        news);
    Change change;
    if (!bench.decoy && turn.enrollment)
        change.enrollments.push_back(used(bench, turn, opened->now));
    send(parts_, change, turn.effects, bench, message_of(opened->request, opened->now));
    const bool fresh = turn.verdict == Verdict::passed && !bench.decoy &&
                       freshly_held(parts_, bench, turn, opened->now);
    return take_turn(*opened, verification, {std::move(turn), std::move(change), false, fresh},
                     origin);
}

Result<Proceeding> Conductor::extend(const RequestId& id, const SessionId& session,
                                     const Origin& origin) {
    auto opened = running_case(id, session);
    if (!opened) return opened.error();
    if (opened->request.extended) return proceeding(*opened);
    opened->request.extended = true;
    opened->request.expires_at += duration(opened->process->limits, "expires_in");
    Change change{.request = Change::RequestChange{opened->request}};
    change.activities.push_back(opened->activity(ActivityType::request_extended, origin));
    if (!parts_.changes.commit(change)) return look(id, session);
    ++opened->request.version;
    return proceeding(*opened);
}

Result<Proceeding> Conductor::cancel(const RequestId& id, const SessionId& session,
                                     const Origin& origin) {
    auto opened = running_case(id, session);
    if (!opened) return opened.error();
    return close(*opened, RequestEvent::cancelled, ActivityType::request_cancelled, origin);
}

Result<Proceeding> Conductor::close(Case& opened, RequestEvent event, ActivityType type,
                                    const Origin& origin) {
    if (!advance(opened.request, event)) return Error{Errc::request_closed};
    Change change{.request = Change::RequestChange{opened.request}};
    change.activities.push_back(opened.activity(type, origin));
    if (!parts_.changes.commit(change)) return look(opened.request.id, opened.request.session);
    ++opened.request.version;
    return proceeding(opened);
}

}  // namespace latchkey
