#include "engine/answer_count.h"

namespace latchkey {
namespace {

constexpr Hours kForEver{24 * 36500};

/// In the order of AnswerCount::budgets.
enum : std::size_t { kFailures, kAnswers, kInARow };

}  // namespace

std::vector<Budget> AnswerCount::budgets(const Json& settings) const {
    std::vector<Budget> budgets{{.key = failures_key(account, verification.name),
                                 .limit = limit.attempts,
                                 .window = limit.remembered,
                                 .refusal = Errc::blocked},
                                {.key = account_key("answers", account),
                                 .limit = integer(settings, "limits.answers_per_day"),
                                 .window = Hours{24},
                                 .refusal = Errc::rate_limited}};
    if (verification.settings.contains(kWrongInARow))
        budgets.push_back({.key = in_a_row_key(account, verification.name),
                           .limit = kMostWrongInARow,
                           .window = kForEver,
                           .refusal = Errc::blocked});
    return budgets;
}

void AnswerCount::take(std::span<const std::int64_t> used) {
    last_failure = used[kFailures] >= limit.attempts;
    last_in_a_row =
        used.size() > kInARow && used[kInARow] >= integer(verification.settings, kWrongInARow);
}

void AnswerCount::settle(const Parts& parts, Change& change, const Bench& bench, bool right,
                         const Origin& origin, TimePoint now) const {
    if (right || last_in_a_row) change.clear.push_back(in_a_row_key(account, verification.name));
    if (right) {
        change.clear.push_back(failures_key(account, verification.name));
        return;
    }
    const auto happened = [&](ActivityType type, std::string reason, Json details) {
        details["verification"] = verification.name;
        change.activities.push_back(latchkey::activity(type, now, account, request, origin,
                                                       std::move(reason), std::move(details)));
    };
    if (last_failure) {
        const auto definitions = parts.processes.definitions();
        change.blocks.push_back(next_block(parts.budgets.blocks(account), account,
                                           verification.name, definitions->settings,
                                           limit.remembered, now));
        happened(ActivityType::verification_blocked, {},
                 {{"until", rfc3339(change.blocks.back().until)}});
    }
    if (!last_in_a_row || bench.decoy || !bench.stored) return;
    const auto owner = parts.accounts.find(bench.subject.account);
    if (!owner) return;
    change.enrollments = {revoked(parts, *bench.stored, now)};
    notify_owner(parts, change, *owner, "enrollment_removed",
                 {{"verification", verification.title}}, {}, now);
    happened(ActivityType::enrollment_removed, "guessed_at", Json::object());
}

}  // namespace latchkey
