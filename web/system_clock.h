#pragma once

#include "engine/time.h"

namespace latchkey {

/// The machine's clock: the only place that asks it what time it is.
class SystemClock final : public Clock {
 public:
    TimePoint now() const override {
        return std::chrono::time_point_cast<Milliseconds>(std::chrono::system_clock::now());
    }
};

}  // namespace latchkey
