#include "web/outbound/delivery_pace.h"

namespace latchkey {
namespace {

constexpr std::size_t kRemembered = 64;

}  // namespace

void DeliveryPace::note(Milliseconds took) {
    const std::lock_guard lock(mutex_);
    if (recent_.size() < kRemembered) {
        recent_.push_back(took);
        return;
    }
    recent_[oldest_] = took;
    oldest_ = (oldest_ + 1) % kRemembered;
}

Milliseconds DeliveryPace::next() {
    const std::lock_guard lock(mutex_);
    if (recent_.empty()) return Milliseconds{0};
    shown_ = (shown_ + 1) % recent_.size();
    return recent_[shown_];
}

}  // namespace latchkey
