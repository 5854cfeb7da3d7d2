#pragma once

#include "engine/time.h"

#include <atomic>

namespace latchkey {

/// Midnight of 1 January 2026, UTC: when most tests begin.
inline constexpr TimePoint kNewYear = from_millis(1'767'225'600'000);

/// Stands still until a test moves it. Thread-safe.
class FixedClock final : public Clock {
 public:
    explicit FixedClock(TimePoint now = kNewYear) : now_(millis(now)) {}

    TimePoint now() const override { return from_millis(now_.load()); }
    void set(TimePoint now) { now_ = millis(now); }
    void advance(Milliseconds by) { now_ += by.count(); }

 private:
    std::atomic<std::int64_t> now_;
};

}  // namespace latchkey
