#pragma once

#include "web/http/edge.h"
#include "web/server/asio.h"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <tuple>

namespace latchkey {

/// What a connection is doing, and so which deadline holds.
enum class Phase {
    handshake,
    fresh,     // nothing received yet
    idle,      // between requests
    head,      // a request has begun
    body,      //
    handling,  // the handler has it; not ours to end
    response,  //
    closing,   // all is said; waiting for the other side to notice
};

/// One socket, plain or with TLS. It knows by when its present phase has to end, but not what time
/// it is: Connections looks after that. Belongs to the I/O thread.
class Connection {
 public:
    using Transfer = Awaitable<std::tuple<boost::system::error_code, std::size_t>>;
    using Done = Awaitable<std::tuple<boost::system::error_code>>;

    /// `tls` is null for plain HTTP.
    Connection(Socket socket, http::Peer peer, std::shared_ptr<net::ssl::context> tls);

    /// Call this only when the peer speaks TLS.
    Done shake_hands();
    Transfer read_some(net::mutable_buffer room);
    Transfer write(std::string_view bytes);
    /// Reads what nobody will look at, past TLS.
    Transfer discard(net::mutable_buffer room) { return socket_.async_read_some(room, kAsTuple); }

    /// Says that nothing more will be sent; with TLS also to the TLS on the other side, which is
    /// then awaited.
    Awaitable<void> finish_sending();
    /// Ends whatever is being waited for with an error.
    void close();
    bool open() const { return socket_.is_open(); }
    /// True if the other side has closed and left nothing to read. Asks the kernel; never waits.
    bool abandoned();

    void enter(Phase phase, SteadyTime now, std::optional<std::chrono::milliseconds> allowed);
    Phase phase() const { return phase_; }
    SteadyTime since() const { return since_; }  // when the phase began
    std::optional<SteadyTime> deadline() const { return deadline_; }

    /// Bytes received in the phase `body`, by which its pace is judged.
    void count_body(std::size_t bytes) { body_bytes_ += bytes; }
    std::size_t body_bytes() const { return body_bytes_; }

    /// Waits at most this long, less if `wake` is called.
    Awaitable<void> nap(std::chrono::milliseconds time);
    void wake();

    const http::Peer& peer() const { return peer_; }
    Executor executor() { return socket_.get_executor(); }

 private:
    struct Nap;

    std::shared_ptr<net::ssl::context> tls_context_;
    Socket socket_;
    std::optional<net::ssl::stream<Socket&>> tls_;
    http::Peer peer_;
    Phase phase_ = Phase::fresh;
    SteadyTime since_{};
    std::optional<SteadyTime> deadline_;
    std::size_t body_bytes_ = 0;
    Nap* nap_ = nullptr;
};

}  // namespace latchkey
