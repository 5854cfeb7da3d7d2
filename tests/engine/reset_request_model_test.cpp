#include "engine/reset_request.h"

#include "tests/support/builders.h"
#include "tests/support/counting_random.h"

#include <gtest/gtest.h>
#include <algorithm>

/// What may happen to a request, against a model that a person can check by reading it.
namespace latchkey {
namespace {

/// One step of a small process.
struct Part {
    bool required;
    bool decoy;
};

struct Small {
    std::vector<Part> parts;
    std::size_t needed;  // of the optional ones
    bool decoy;          // the whole request

    Process process() const {
        ProcessBuilder builder;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const std::string type = "step" + std::to_string(i);
            parts[i].required ? builder.required(type) : builder.optional(type);
        }
        return builder.optional_needed(static_cast<std::int64_t>(needed)).build();
    }

    ResetRequest request(const Process& of) const {
        ResetRequest out = request_for(of);
        out.decoy = decoy;
        for (std::size_t i = 0; i < parts.size(); ++i) out.steps[i].decoy = parts[i].decoy;
        return out;
    }
};

/// What a turn does, as a person would say it.
struct Move {
    std::size_t step;
    Verdict verdict;
    bool last_attempt;
};

class Model {
 public:
    explicit Model(const Small& small)
        : small_(small), passed_(small.parts.size(), false), failed_(small.parts.size(), false) {}

    bool takes(std::size_t step) const { return !over() && !passed_[step] && !failed_[step]; }

    void take(const Move& move) {
        const bool real = !small_.decoy && !small_.parts[move.step].decoy;
        if (move.verdict == Verdict::passed && real)
            passed_[move.step] = true;
        else if (move.last_attempt && move.verdict != Verdict::wait)
            failed_[move.step] = true;
    }

    bool verified() const { return any_required_or_needed() && left(passed_) == 0; }

    /// Nothing that could still be passed would be enough.
    bool locked() const {
        std::vector<bool> could_pass;
        for (const bool failed : failed_) could_pass.push_back(!failed);
        return !verified() && left(could_pass) > 0;
    }

    bool over() const { return verified() || locked(); }

 private:
    bool any_required_or_needed() const {
        return small_.needed > 0 || std::ranges::count(small_.parts, true, &Part::required) > 0;
    }

    /// How many proofs are left to give if these are given.
    std::size_t left(const std::vector<bool>& given) const {
        std::size_t required = 0;
        std::size_t optional = 0;
        for (std::size_t i = 0; i < given.size(); ++i) {
            if (small_.parts[i].required && !given[i]) ++required;
            if (!small_.parts[i].required && given[i]) ++optional;
        }
        return required + (small_.needed > optional ? small_.needed - optional : 0);
    }

    Small small_;
    std::vector<bool> passed_;
    std::vector<bool> failed_;
};

void expect_agreement(const ResetRequest& request, const Process& process, const Model& model) {
    const auto expected = model.verified() ? RequestState::verified
                          : model.locked() ? RequestState::locked
                                           : RequestState::verifying;
    ASSERT_EQ(name(request.state), name(expected)) << Json(request).dump(1);
    ASSERT_EQ(proved(request, process), model.verified());
    if (expected == RequestState::verifying) {
        ASSERT_FALSE(open_steps(request, process).empty());
    }
}

Turn turn_of(const Move& move) {
    return {.verdict = move.verdict, .prompt = {.title = {"t", {}}}, .state = {{"kept", true}}};
}

/// Every process of up to `most` steps that could be published, with every choice of decoys.
std::vector<Small> small_processes(std::size_t most) {
    std::vector<Small> all;
    for (std::size_t count = 1; count <= most; ++count)
        for (unsigned bits = 0; bits < 1U << (2 * count); ++bits) {
            Small small{.parts = {}, .needed = 0, .decoy = false};
            for (std::size_t i = 0; i < count; ++i)
                small.parts.push_back(
                    {.required = (bits >> i & 1) != 0, .decoy = (bits >> (count + i) & 1) != 0});
            const auto optional =
                static_cast<std::size_t>(std::ranges::count(small.parts, false, &Part::required));
            for (small.needed = 0; small.needed <= optional; ++small.needed) {
                if (optional == count && small.needed == 0) continue;
                all.push_back(small);
            }
        }
    Small whole_decoy{.parts = {{true, false}, {false, false}}, .needed = 1, .decoy = true};
    all.push_back(whole_decoy);
    return all;
}

std::vector<Move> moves_of(const Small& small) {
    std::vector<Move> moves;
    for (std::size_t step = 0; step < small.parts.size(); ++step)
        for (const auto verdict : {Verdict::ask, Verdict::wait, Verdict::passed, Verdict::refused})
            for (const bool last : {false, true}) moves.push_back({step, verdict, last});
    return moves;
}

void walk_all(const Small& small, const Process& process, const ResetRequest& request,
              const Model& model, int depth) {
    ASSERT_NO_FATAL_FAILURE(expect_agreement(request, process, model));
    if (depth == 0) return;
    for (const Move& move : moves_of(small)) {
        if (!model.takes(move.step)) continue;
        ResetRequest next = request;
        Model expected = model;
        apply(next, process, process.steps[move.step].verification.name, turn_of(move),
              move.last_attempt);
        expected.take(move);
        ASSERT_NO_FATAL_FAILURE(walk_all(small, process, next, expected, depth - 1));
    }
}

TEST(RequestModel, AgreesOnEverySequenceOfTurnsOfUpToTwoSteps) {
    for (const Small& small : small_processes(2)) {
        const Process process = small.process();
        ASSERT_NO_FATAL_FAILURE(walk_all(small, process, small.request(process), Model(small), 3));
    }
}

TEST(RequestModel, AgreesOnLongRandomWalks) {
    CountingRandom random;
    int verified = 0;
    int locked = 0;
    const auto all = small_processes(4);
    for (int walk = 0; walk < 3000; ++walk) {
        const Small& small = all[random.below(all.size())];
        const Process process = small.process();
        ResetRequest request = small.request(process);
        Model model(small);
        const auto moves = moves_of(small);
        for (int turn = 0; turn < 60 && !model.over(); ++turn) {
            Move move = moves[random.below(moves.size())];
            move.last_attempt = move.last_attempt && random.below(4) == 0;
            if (!model.takes(move.step)) continue;
            apply(request, process, process.steps[move.step].verification.name, turn_of(move),
                  move.last_attempt);
            model.take(move);
            ASSERT_NO_FATAL_FAILURE(expect_agreement(request, process, model));
        }
        verified += model.verified() ? 1 : 0;
        locked += model.locked() ? 1 : 0;
    }
    EXPECT_GT(verified, 100);
    EXPECT_GT(locked, 100);
}

TEST(RequestModel, NeverLetsADecoyPass) {
    CountingRandom random(2);
    for (int walk = 0; walk < 1000; ++walk) {
        Small small{.parts = {{true, false}, {false, false}, {false, false}},
                    .needed = random.below(3),
                    .decoy = walk % 2 == 0};
        if (!small.decoy) small.parts[0].decoy = true;
        const Process process = small.process();
        ResetRequest request = small.request(process);
        for (int turn = 0; turn < 30 && request.state == RequestState::verifying; ++turn) {
            auto& step = request.steps[random.below(3)];
            if (step.state == StepState::passed || step.state == StepState::failed) continue;
            apply(request, process, step.verification, {.verdict = Verdict::passed},
                  random.below(9) == 0);
            ASSERT_NE(request.state, RequestState::verified);
            ASSERT_NE(request.steps[0].state, StepState::passed);
        }
    }
}

}  // namespace
}  // namespace latchkey
