#pragma once

#include "engine/json.h"
#include "tests/support/child_process.h"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace latchkey {

/// A real HTTP server (http_peer.py, which says how it is steered) that runs as long as the object
/// lives.
class HttpPeer {
 public:
    HttpPeer();
    ~HttpPeer();

    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

    /// Changes its behaviour: {"status": 500}.
    void set(const Json& behaviour);
    /// From now on connections are refused.
    void stop();

    /// What was asked of it so far.
    std::vector<Json> requests();

 private:
    void order(const Json& order);
    void listen();
    std::vector<Json> collected(std::string_view name) const;

    ChildProcess process_;
    std::uint16_t port_ = 0;
    int syncs_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Json> events_;
    bool ended_ = false;
    std::thread listener_;
};

}  // namespace latchkey
