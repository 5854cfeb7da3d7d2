#pragma once

#include "engine/casework.h"

/// Wrong answers: what they count against before anything is compared (S11), and what comes of
/// them. The same inside a request and outside one, so that nothing can be guessed here that cannot
/// be guessed there.
namespace latchkey {

/// How many wrong answers one verification of one account bears.
struct AnswerLimit {
    std::int64_t attempts = 0;
    Milliseconds remembered{0};  // failures within this time add up to a block
};

/// The answer that is being counted.
struct AnswerCount {
    const ConfiguredVerification& verification;
    AccountId account;  // possibly a decoy's
    RequestId request;  // empty: outside any request
    AnswerLimit limit;
    bool last_failure = false;   // a wrong one blocks the verification
    bool last_in_a_row = false;  // a wrong one ends the enrollment (S18)

    /// What the account has for answers to this verification, in a fixed order.
    std::vector<Budget> budgets(const Json& settings) const;

    /// Takes what `spend` said of those budgets.
    void take(std::span<const std::int64_t> used);

    /// What follows from the answer, right or wrong: counters that begin anew, a block, the end of
    /// an enrollment that was guessed at too often.
    void settle(const Parts& parts, Change& change, const Bench& bench, bool right,
                const Origin& origin, TimePoint now) const;
};

}  // namespace latchkey
