#pragma once

#include "engine/time.h"
#include "web/http/message.h"
#include "web/server/framing_gate.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace latchkey {

/// What the server accepts and how long it waits (S66). Times are absolute: a byte now and then
/// does not extend them. Whoever exceeds one is cut off without a word.
struct ServerLimits {
    FramingLimits framing;

    Milliseconds tls_time = Seconds(5);    // for the handshake
    Milliseconds head_time = Seconds(10);  // request line and headers, from the first byte; of a
                                           // connection's first request, from its beginning
    Milliseconds body_time = Seconds(20);
    Milliseconds response_time = Seconds(20);
    Milliseconds idle_time = Seconds(30);      // between requests
    std::size_t least_bytes_per_second = 500;  // of a body, from its second second
    std::size_t connections = 4096;            // beyond it the longest idle one has to go
    std::size_t connections_per_source = 512;  // IPv6 by /64; listed proxies are not counted
    std::size_t requests_per_connection = 1000;

    std::size_t workers = 128;   // threads at most; started when needed, ended when idle
    std::size_t waiting = 1024;  // requests that wait for a worker; beyond it 503
    Milliseconds drain_time = Seconds(20);
};

struct ServerSettings {
    /// "127.0.0.1:8080", "[::1]:8080" (port 0: any free one), "unix:/path" (who may enter its
    /// folder may connect), or "fd:3": a socket that listens already, handed down by a supervisor
    /// that keeps it over a restart.
    std::string listen;
    std::string tls_certificate;               // PEM file; empty: plain HTTP
    std::string tls_key;                       // PEM file
    std::vector<std::string> hosts;            // see http::Edge; "*" for any
    std::vector<std::string> trusted_proxies;  // see http::Edge
    ServerLimits limits;
};

/// What the server hands requests to. The functions should not throw; if one does, the answer is a
/// bare 500.
struct Handler {
    /// Runs on a worker and may wait. Called from many threads.
    std::function<http::Response(const http::Request&)> handle;
    /// True if `handle` answers this one without ever waiting: then it runs on the I/O thread.
    /// Empty: none.
    std::function<bool(const http::Request&)> quick;
    /// Takes a sentence that an operator should know ("The worker queue is full."), of each kind
    /// one a minute at most. Empty: nobody listens.
    std::function<void(const std::string&)> notice;
};

/// Since the start, but for `open` and `workers`.
struct ServerCounters {
    std::uint64_t open = 0;         // connections now
    std::uint64_t workers = 0;      // threads now
    std::uint64_t accepted = 0;     // connections
    std::uint64_t turned_away = 0;  // connections, by a limit or for want of TLS
    std::uint64_t timed_out = 0;    // connections
    std::uint64_t requests = 0;     // handed to the handler
    std::uint64_t refused = 0;      // requests, by the gate or the edge
    std::uint64_t busy = 0;         // requests answered 503, the pool being full
};

/// An HTTP/1.1 server: a listener, a session per connection behind its framing gate, one I/O thread
/// (whichever calls `run`) and a pool of workers. Without TLS only peers on this machine and listed
/// proxies are served (S67).
class Server {
 public:
    /// Binds and listens. Throws std::runtime_error that says what to change if that fails.
    Server(ServerSettings settings, Handler handler);
    ~Server();

    /// Serves until `stop`; answers what is under way, then returns.
    void run();

    // The rest may be called from any thread.

    /// Stops taking connections, closes idle ones and lets `run` end: when the requests under way
    /// are answered, or drain_time is over and their handlers have returned.
    void stop();
    /// Reads certificate and key again for connections to come. Throws as the constructor does, and
    /// then goes on with the old ones.
    void reload_certificate();
    /// Where it listens, with the real port.
    std::string address() const;
    ServerCounters counters() const;

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace latchkey
