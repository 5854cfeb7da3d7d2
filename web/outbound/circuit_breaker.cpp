#include "web/outbound/circuit_breaker.h"

#include <algorithm>

namespace latchkey {
namespace {

constexpr Milliseconds kFirstRest = Seconds{1};
constexpr Milliseconds kLongestRest = Seconds{16};

}  // namespace

std::optional<Outcome> CircuitBreaker::instead(TimePoint now) {
    const std::lock_guard lock(mutex_);
    if (rest_ == Milliseconds{0}) return {};
    // More left than a whole rest: the clock was set back, which must not prolong it.
    if (now < rests_until_ && rests_until_ - now <= rest_) return last_;
    rests_until_ = now + rest_;
    trying_ = true;
    return {};
}

void CircuitBreaker::after(const Outcome& outcome, TimePoint now) {
    const std::lock_guard lock(mutex_);
    if (outcome.reached || outcome.kind == Outcome::Kind::accepted) {
        rest_ = Milliseconds{0};
        trying_ = false;
        return;
    }
    last_ = outcome;
    // Those that were under way when the first one failed say nothing new.
    if (rest_ > Milliseconds{0} && !trying_) return;
    trying_ = false;
    rest_ = std::clamp(rest_ * 2, kFirstRest, kLongestRest);
    rests_until_ = now + rest_;
}

}  // namespace latchkey
