#pragma once

#include "web/http/message.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace latchkey {

/// What the server accepts and how long it waits (S66). Deadlines are absolute: a byte now and then
/// does not extend them.
struct ServerLimits {
    std::size_t request_line = 8 * 1024;  // bytes
    std::size_t head = 16 * 1024;         // bytes, request line and headers
    std::size_t header_count = 100;
    std::size_t body = 64 * 1024;  // bytes
    std::int64_t tls_seconds = 5;
    std::int64_t head_seconds = 10;
    std::int64_t body_seconds = 20;
    std::int64_t response_seconds = 20;
    std::int64_t idle_seconds = 30;
    std::int64_t least_bytes_per_second = 500;  // of a body, counted from its second second
    std::size_t connections = 4096;
    std::size_t connections_per_source = 512;  // IPv6 sources are counted by /64
    std::size_t requests_per_connection = 1000;
    std::size_t workers = 128;   // threads at most; started when needed, ended when idle
    std::size_t waiting = 1024;  // requests that wait for a worker; beyond it 503
    std::int64_t drain_seconds = 20;
};

struct ServerSettings {
    std::string listen;               // "127.0.0.1:8080", "[::1]:8080", "unix:/path"; port 0: any
    std::string tls_certificate;      // PEM file; empty: plain HTTP
    std::string tls_key;              // PEM file
    std::vector<std::string> hosts;   // names that may stand in Host, with port if not the default
    std::vector<std::string> trusted_proxies;  // addresses or networks, "10.0.0.0/8"
    ServerLimits limits;
};

/// What the server hands requests to. Both functions must not throw.
struct Handler {
    /// Runs on a worker and may wait.
    std::function<http::Response(const http::Request&)> handle;
    /// True if `handle` answers this one without ever waiting: then it runs on the I/O thread.
    std::function<bool(const http::Request&)> quick;
};

/// An HTTP/1.1 server: listener, sessions and their framing gate. One I/O thread, a pool of workers.
class Server {
 public:
    /// Binds and listens; throws std::runtime_error with what to change if that fails.
    Server(ServerSettings settings, Handler handler);
    ~Server();

    /// Serves until stop(); answers what is under way, then returns.
    void run();
    /// Stops taking connections and lets `run` end. May be called from any thread or signal handler
    /// set up with Asio.
    void stop();

    /// Where it listens, with the real port.
    std::string address() const;

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace latchkey
