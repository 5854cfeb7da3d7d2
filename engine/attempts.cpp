#include "engine/attempts.h"

#include <algorithm>

namespace latchkey {

Milliseconds block_length(std::int64_t level, Milliseconds first, Milliseconds longest) {
    Milliseconds length = first;
    for (std::int64_t i = 1; i < level && length < longest; ++i) length *= 2;
    return std::min(length, longest);
}

std::int64_t next_level(const std::optional<Block>& last, TimePoint now,
                        Milliseconds forgotten_after) {
    if (!last || now >= last->until + forgotten_after) return 1;
    return last->level + 1;
}

std::optional<TimePoint> blocked_until(const std::vector<Block>& blocks,
                                       std::string_view verification, TimePoint now) {
    std::optional<TimePoint> until;
    for (const Block& block : blocks)
        if ((block.verification.empty() || block.verification == verification) && now < block.until)
            until = std::max(until.value_or(block.until), block.until);
    return until;
}

std::string attempts_key(const RequestId& request, std::string_view verification) {
    return "attempts/" + request.text() + "/" + std::string(verification);
}

std::string failures_key(const AccountId& account, std::string_view verification) {
    return "failures/" + account.text() + "/" + std::string(verification);
}

std::string in_a_row_key(const AccountId& account, std::string_view verification) {
    return "in_a_row/" + account.text() + "/" + std::string(verification);
}

std::string account_key(std::string_view what, const AccountId& account) {
    return std::string(what) + "/" + account.text();
}

std::string sending_key(const AccountId& account, std::string_view verification,
                        std::string_view what) {
    return "sending/" + account.text() + "/" + std::string(verification) + "/" + std::string(what);
}

}  // namespace latchkey
