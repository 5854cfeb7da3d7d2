#pragma once

#include "tests/support/running_server.h"

#include <atomic>
#include <latch>
#include <string_view>
#include <thread>

/// What the tests of the server have it do.
namespace latchkey {

inline constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

inline http::Response hello(const http::Request&) {
    return {.status = 200, .headers = {}, .body = "hello"};
}

inline bool always(const http::Request&) {
    return true;
}

inline const Handler kQuick{.handle = hello, .quick = always, .notice = {}};

inline ServerSettings with_limits(ServerLimits limits) {
    ServerSettings settings;
    settings.limits = limits;
    return settings;
}

/// Holds handlers until it is opened.
class Gate {
 public:
    http::Response handle(const http::Request&) {
        ++inside;
        open_.wait();
        return {.status = 200, .headers = {}, .body = "at last"};
    }
    void open() { open_.count_down(); }
    void await(int count) const {
        while (inside < count) std::this_thread::sleep_for(Milliseconds{1});
    }
    Handler handler() {
        return {.handle = [this](const http::Request& request) { return handle(request); },
                .quick = {},
                .notice = {}};
    }
    std::atomic<int> inside = 0;

 private:
    std::latch open_{1};
};

}  // namespace latchkey
