#pragma once

#include <functional>
#include <thread>

namespace latchkey {

/// Waits for signals on a thread of its own: SIGTERM and SIGINT call `stop`, SIGHUP calls `reload`.
/// `block_signals` must have been called before any thread was started.
class SignalWatch {
 public:
    struct Calls {
        std::function<void()> stop;
        std::function<void()> reload;
    };
    explicit SignalWatch(Calls calls);
    ~SignalWatch();
    SignalWatch(const SignalWatch&) = delete;
    SignalWatch& operator=(const SignalWatch&) = delete;

 private:
    std::thread thread_;
};

/// Keeps the signals that SignalWatch waits for away from all threads started from now on. Also
/// ignores SIGPIPE: a peer that went away is an error code like any other.
void block_signals();

}  // namespace latchkey
