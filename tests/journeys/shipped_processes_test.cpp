// Every state that a request of a process that we ship can come to (S31): whatever was passed,
// failed or demanded on the way, the act is open exactly when the proofs are there.
#include "engine/definitions.h"
#include "engine/reset_request.h"
#include "verifications/make_registry.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <deque>
#include <fstream>
#include <map>
#include <set>

namespace latchkey {
namespace {

constexpr RequestEvent kEvents[] = {RequestEvent::passed_all, RequestEvent::acted,
                                    RequestEvent::locked_out, RequestEvent::expired,
                                    RequestEvent::cancelled};

Definitions shipped() {
    std::ifstream file(LATCHKEY_SOURCE "/templates/demo/definitions.json");
    return parse_definitions(Json::parse(file), make_registry()).value();
}

/// A request and what was really proved on the way to it.
struct Reached {
    ResetRequest request;
    std::set<std::string> proved;

    /// Two that are equal in this are one state.
    std::string key() const {
        std::string text(name(request.state));
        for (const Progress& step : request.steps) text += " " + std::string(name(step.state));
        for (const std::string& verification : proved) text += " +" + verification;
        return text;
    }
};

bool is_enough(const Reached& at, const Process& process) {
    std::int64_t optional = 0;
    for (const Step& step : process.steps) {
        const bool given = at.proved.contains(step.verification.name);
        if (step.required && !given) return false;
        if (!step.required && given) ++optional;
    }
    // What an account needs beside that is weighed anew with each proof, and gone once it is there.
    return optional >= process.optional_needed && !at.request.more;
}

/// What may happen next: each step that takes answers may end in each way. One that waits is to the
/// request what one that asks is (reset_request_model_test).
std::vector<Reached> next_of(const Reached& from, const Process& process) {
    std::vector<Reached> all;
    if (from.request.state != RequestState::verifying) return all;
    for (const Progress& step : from.request.steps) {
        if (step.state == StepState::passed || step.state == StepState::failed) continue;
        for (const auto verdict : {Verdict::ask, Verdict::passed, Verdict::refused})
            for (const bool exhausted : {false, true}) {
                Reached next = from;
                apply(next.request, process, step.verification, {.verdict = verdict}, exhausted);
                if (verdict == Verdict::passed && !step.decoy && !next.request.decoy)
                    next.proved.insert(step.verification);
                all.push_back(std::move(next));
            }
    }
    return all;
}

/// All that can be reached from `start`, which is a state of its own.
std::map<std::string, Reached> reachable(const Reached& start, const Process& process) {
    std::map<std::string, Reached> found{{start.key(), start}};
    std::deque<std::string> waiting{start.key()};
    for (; !waiting.empty(); waiting.pop_front())
        for (Reached& next : next_of(found.at(waiting.front()), process)) {
            const std::string key = next.key();
            if (found.emplace(key, std::move(next)).second) waiting.push_back(key);
        }
    return found;
}

/// What an account may need beside what the process asks of everybody.
std::vector<std::optional<MoreProof>> demands_of(const Process& process) {
    return {{},
            MoreProof{.why = MoreProof::Why::older},
            MoreProof{.any = {process.steps.back().verification.name}}};
}

Reached start_of(const Process& process) {
    Reached start;
    for (const Step& step : process.steps)
        start.request.steps.push_back({.verification = step.verification.name});
    return start;
}

TEST(ShippedProcesses, OpenTheActExactlyWhenTheProofsAreThere) {
    for (const Process& process : shipped().processes)
        for (const auto& more : demands_of(process)) {
            Reached start = start_of(process);
            start.request.more = more;
            for (const auto& [key, at] : reachable(start, process)) {
                const bool enough = is_enough(at, process);
                ASSERT_EQ(proved(at.request, process), enough) << process.name << ": " << key;
                ASSERT_EQ(after(at.request.state, RequestEvent::acted).has_value(), enough) << key;
            }
        }
}

TEST(ShippedProcesses, EndWhenAsFarAsTheyCanGo) {
    for (const Process& process : shipped().processes) {
        std::set<std::string_view> ends;
        for (const auto& [key, at] : reachable(start_of(process), process)) {
            ends.insert(name(at.request.state));
            if (at.request.state == RequestState::verifying) {
                ASSERT_FALSE(open_steps(at.request, process).empty()) << key;
            }
        }
        EXPECT_EQ(ends, (std::set<std::string_view>{"verifying", "verified", "locked"}));
    }
}

TEST(ShippedProcesses, NeverOpenTheActForADecoy) {
    for (const Process& process : shipped().processes) {
        Reached start = start_of(process);
        start.request.decoy = true;
        for (const auto& [key, at] : reachable(start, process))
            ASSERT_FALSE(after(at.request.state, RequestEvent::acted)) << key;
    }
}

TEST(ShippedProcesses, LeaveNoEndAgain) {
    for (const auto state : {RequestState::completed, RequestState::locked, RequestState::expired,
                             RequestState::cancelled})
        for (const auto event : kEvents) EXPECT_FALSE(after(state, event)) << name(state);
}

}  // namespace
}  // namespace latchkey
