#pragma once

#include "engine/message.h"

#include <cstddef>
#include <optional>
#include <set>

namespace latchkey {

/// Keeps the rest of the outbox's threads free for codes while `for_others` of them carry anything
/// else (F29). The outbox hands out codes first but whatever is due after them, so once the others
/// have their share, a thread may look for work only if a code must be there: one that this process
/// committed, or failed to deliver and will retry. A code of another process is that one's to send.
/// Not thread-safe.
class LaneGate {
 public:
    explicit LaneGate(std::size_t for_others) : for_others_(for_others) {}

    /// This process committed that many codes.
    void expect_codes(std::size_t count) { expected_ += count; }

    /// May a thread look for work now? If so, found() must follow, unless the look failed.
    bool open(TimePoint now);

    /// What it found: a message of that lane, or nothing.
    void found(std::optional<Lane> lane);

    /// A message is done with, or will be tried again at that instant.
    void done(Lane lane, std::optional<TimePoint> retry_at);

 private:
    std::size_t for_others_;
    std::size_t others_ = 0;            // under way
    std::size_t expected_ = 0;          // codes due, as far as this process knows
    std::size_t looked_for_ = 0;        // of them, when the present look began
    std::multiset<TimePoint> retries_;  // when more codes will be due
};

}  // namespace latchkey
