#pragma once

#include "engine/ids.h"
#include "engine/result.h"
#include "engine/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// How often, how soon, and when it is blocked: arithmetic and names only. Counting itself is one
/// statement of the database that also enforces the limit, committed before anything is compared
/// (S11).
namespace latchkey {

/// A counter with a limit. It begins anew `window` after its first use.
struct Budget {
    std::string key;
    std::int64_t limit;
    Milliseconds window;
    /// Spend only if exactly this much is used: a form sent twice counts once (R12.7).
    std::optional<std::int64_t> expected = {};
    /// How the engine refuses when it is used up.
    Errc refusal = Errc::too_many_attempts;
};

/// What came of spending from several budgets at once.
struct Spent {
    std::vector<std::int64_t> used;      // per budget, this time included; empty if refused
    std::optional<std::size_t> refused;  // index of the budget that was used up or not as expected
    TimePoint until{};                   // when the refused budget begins anew
    bool unexpected = false;             // refused because of `expected`: somebody else was faster
};

/// Wrong answers block one verification for one account (R8.2). A block ends by itself; the next
/// one is longer.
struct Block {
    AccountId account;
    std::string verification;  // empty: everything, for example after "this was not me"
    TimePoint until;
    std::int64_t level = 1;  // how many in a row
    TimePoint at;            // when it began
};

/// 15 minutes, 30, 60, … up to the longest, for level 1, 2, 3, …
Milliseconds block_length(std::int64_t level, Milliseconds first, Milliseconds longest);

/// The level of a block that begins now: one more than the last, unless that ended longer ago than
/// failures are remembered.
std::int64_t next_level(const std::optional<Block>& last, TimePoint now,
                        Milliseconds forgotten_after);

/// Until when `verification` is blocked, or nothing.
std::optional<TimePoint> blocked_until(const std::vector<Block>& blocks,
                                       std::string_view verification, TimePoint now);

/// Signing in is counted and blocked like a verification of this name, which no configured one can
/// have.
inline constexpr std::string_view kPasswordDoor = "(password)";

/// Names of budgets. They are stored: never renamed.
std::string attempts_key(const RequestId& request, std::string_view verification);
std::string failures_key(const AccountId& account, std::string_view verification);
std::string in_a_row_key(const AccountId& account, std::string_view verification);
std::string account_key(std::string_view what, const AccountId& account);
std::string sending_key(const AccountId& account, std::string_view verification,
                        std::string_view what);

}  // namespace latchkey
