#pragma once

#include "web/server/server.h"

#include <string>
#include <thread>

namespace latchkey {

/// A server on a free port of this machine, running until the object goes.
class RunningServer {
 public:
    /// Settings without `listen` listen at 127.0.0.1; without `hosts` they admit any.
    RunningServer(ServerSettings settings, Handler handler);
    ~RunningServer();
    RunningServer(const RunningServer&) = delete;
    RunningServer& operator=(const RunningServer&) = delete;

    Server& operator*() { return server_; }
    Server* operator->() { return &server_; }

    /// Waits until `run` has returned.
    void join();

    /// Waits until the server's counters are so; false if that takes seconds.
    template <class Condition>
    bool comes_to(Condition condition) {
        using namespace std::chrono_literals;
        for (int i = 0; i < 5000; ++i, std::this_thread::sleep_for(1ms))
            if (condition(server_.counters())) return true;
        return false;
    }

 private:
    Server server_;
    std::jthread thread_;
};

}  // namespace latchkey
