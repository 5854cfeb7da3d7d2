#include "engine/more_proof.h"

#include <algorithm>

/// A turn becomes part of the request, also when several answers come at once.
namespace latchkey {
namespace {

constexpr int kTries = 10;  // each lost race means that somebody else's answer counted

bool takes_turns(const ResetRequest& request, const std::string& verification) {
    const Progress* step = request.step(verification);
    return request.state == RequestState::verifying && step && step->state != StepState::passed &&
           step->state != StepState::failed;
}

/// The change with the request as the turn leaves it.
Change with_request(const Case& opened, const Change& change, const std::string& verification,
                    const Registry& registry, const Origin& origin) {
    const ResetRequest& request = opened.request;
    const StepState state = request.step(verification)->state;
    Change whole = change;
    whole.request = Change::RequestChange{request};
    if (state == StepState::passed) whole.request->passed = verification;
    if (state == StepState::failed)
        whole.activities.push_back(opened.activity(ActivityType::attempts_exhausted, origin, {},
                                                   {{"verification", verification}}));
    if (request.state == RequestState::verified)
        whole.activities.push_back(
            opened.activity(ActivityType::request_verified, origin,
                            std::string(name(assurance_of(request, *opened.process, registry)))));
    if (request.state == RequestState::locked)
        whole.activities.push_back(opened.activity(ActivityType::request_locked, origin));
    return whole;
}

/// A wrong answer is wrong for the request as it is now as well, and must not bring an older memory
/// back. A right one counts only for what was asked when it was given.
void rebase(Turn& turn, const Json& seen, const Progress& now) {
    if (turn.verdict == Verdict::passed && seen == now.memory) return;
    turn.verdict = Verdict::refused;
    turn.state = now.memory;
    turn.prompt = {};
}

/// Is it enough for this account? A decoy's proof is none, so nothing is asked about it.
void weigh(const Parts& parts, Case& opened, const std::string& verification, bool fresh) {
    ResetRequest& request = opened.request;
    Progress& step = *request.step(verification);
    if (request.decoy || step.decoy) return;
    step.fresh = fresh;
    step.demanded = request.more && std::ranges::count(request.more->any, verification) > 0;
    request.more = more_needed(parts, opened, verification);
}

/// What proves something only once has proved it elsewhere at the same moment: it is wrong here.
void refuse(Taken& taken) {
    taken.turn.verdict = Verdict::refused;
    taken.change.enrollments.clear();
    taken.change.clear.clear();
    taken.change.messages.clear();
    taken.change.links.clear();
    for (Activity& entry : taken.change.activities)
        if (entry.type == ActivityType::answer_right) {
            entry.type = ActivityType::answer_wrong;
            entry.reason = "used_before";
        }
}

}  // namespace

Result<Proceeding> Conductor::take_turn(Case& opened, const std::string& verification, Taken taken,
                                        const Origin& origin) {
    const RequestId id = opened.request.id;
    const SessionId session = opened.request.session;
    const Verdict verdict = taken.turn.verdict;
    const Json seen = opened.request.step(verification)->memory;
    for (int i = 0; i < kTries && takes_turns(opened.request, verification); ++i) {
        const std::int64_t version = opened.request.version;
        if (taken.turn.verdict == Verdict::passed) weigh(parts_, opened, verification, taken.fresh);
        apply(opened.request, *opened.process, verification, taken.turn, taken.exhausted);
        for (const Message& message : taken.change.messages)
            if (message.lane == Lane::code) opened.request.step(verification)->message = message.id;
        const auto committed = parts_.changes.commit(
            with_request(opened, taken.change, verification, parts_.registry, origin));
        if (committed) {
            ++opened.request.version;
            return proceeding(opened);
        }
        if (committed.error().code != Errc::already_answered) return committed.error();
        // Somebody else was faster. A prompt that was asked for is asked for no more; an answer was
        // compared and must not get lost.
        if (verdict == Verdict::ask || verdict == Verdict::wait) return look(id, session);
        auto reloaded = open_case(id, session);
        if (!reloaded) return reloaded.error();
        opened = std::move(*reloaded);
        if (opened.request.version == version) refuse(taken);
        rebase(taken.turn, seen, *opened.request.step(verification));
    }
    // Too late to matter; that it was given remains.
    const auto kept = parts_.changes.commit(
        {.blocks = taken.change.blocks, .activities = taken.change.activities});
    if (!kept) return kept.error();
    return look(id, session);
}

}  // namespace latchkey
