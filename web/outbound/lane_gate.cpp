#include "web/outbound/lane_gate.h"

#include <algorithm>
#include <iterator>

namespace latchkey {

bool LaneGate::open(TimePoint now) {
    const auto due = retries_.upper_bound(now);
    expected_ += static_cast<std::size_t>(std::distance(retries_.begin(), due));
    retries_.erase(retries_.begin(), due);
    looked_for_ = expected_;
    return others_ < for_others_ || expected_ > 0;
}

void LaneGate::found(std::optional<Lane> lane) {
    if (lane == Lane::code) {
        expected_ -= std::min<std::size_t>(expected_, 1);
        return;
    }
    expected_ -= looked_for_;  // somebody else has them
    if (lane) ++others_;
}

void LaneGate::done(Lane lane, std::optional<TimePoint> retry_at) {
    if (lane != Lane::code)
        --others_;
    else if (retry_at)
        retries_.insert(*retry_at);
}

}  // namespace latchkey
