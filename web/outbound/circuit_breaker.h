#pragma once

#include "engine/message.h"

#include <mutex>
#include <optional>

namespace latchkey {

/// Spares a peer that does not answer, and the threads that would wait for it: while it rests, a
/// message fails at once with the peer's last failure instead of being tried. Rests 1 s after the
/// first failure of the peer itself (not Outcome::reached), twice as long after each further one,
/// 16 s at most; then one message at a time finds out whether the peer is back. The first rest is
/// shorter than the first pause of retry.h, so a hiccup delays nobody for longer. Decoys and people
/// are spared alike (S01). Thread-safe.
class CircuitBreaker {
 public:
    /// What to answer instead of trying; nothing: go ahead, and report to `after`.
    std::optional<Outcome> instead(TimePoint now);

    void after(const Outcome& outcome, TimePoint now);

 private:
    std::mutex mutex_;
    Milliseconds rest_{0};  // 0: the peer is well
    TimePoint rests_until_{};
    bool trying_ = false;  // a message is finding out
    Outcome last_;
};

}  // namespace latchkey
