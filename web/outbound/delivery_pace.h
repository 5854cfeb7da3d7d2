#pragma once

#include "engine/time.h"

#include <cstddef>
#include <mutex>
#include <vector>

namespace latchkey {

/// How long recent deliveries took, so that a decoy can take as long: a probe ends sooner than a
/// delivery, and who watches the state of a message must not see that (S01, S02). Thread-safe.
class DeliveryPace {
 public:
    void note(Milliseconds took);

    /// One of the recent durations, each in turn; zero if nothing was delivered yet.
    Milliseconds next();

 private:
    std::mutex mutex_;
    std::vector<Milliseconds> recent_;  // a ring once it is full
    std::size_t oldest_ = 0;
    std::size_t shown_ = 0;
};

}  // namespace latchkey
