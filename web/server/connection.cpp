#include "web/server/connection.h"

#include <sys/socket.h>
#include <boost/asio/write.hpp>
#include <utility>

namespace latchkey {

struct Connection::Nap {
    Timer timer;
};

Connection::Connection(Socket socket, http::Peer peer, std::shared_ptr<net::ssl::context> tls)
    : tls_context_(std::move(tls)), socket_(std::move(socket)), peer_(peer) {
    if (tls_context_) tls_.emplace(socket_, *tls_context_);
}

Connection::Done Connection::shake_hands() {
    return tls_->async_handshake(net::ssl::stream_base::server, kAsTuple);
}

Connection::Transfer Connection::read_some(net::mutable_buffer room) {
    if (tls_) return tls_->async_read_some(room, kAsTuple);
    return socket_.async_read_some(room, kAsTuple);
}

Connection::Transfer Connection::write(std::string_view bytes) {
    const auto buffer = net::buffer(bytes);
    if (tls_) return net::async_write(*tls_, buffer, kAsTuple);
    return net::async_write(socket_, buffer, kAsTuple);
}

Awaitable<void> Connection::finish_sending() {
    if (tls_) co_await tls_->async_shutdown(kAsTuple);
    boost::system::error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
}

void Connection::close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
    wake();
}

bool Connection::abandoned() {
    char byte = 0;
    return ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

void Connection::enter(Phase phase, SteadyTime now,
                       std::optional<std::chrono::milliseconds> allowed) {
    phase_ = phase;
    since_ = now;
    body_bytes_ = 0;
    deadline_.reset();
    if (allowed) deadline_ = now + *allowed;
}

Awaitable<void> Connection::nap(std::chrono::milliseconds time) {
    Nap nap(Timer(socket_.get_executor(), time));
    nap_ = &nap;
    co_await nap.timer.async_wait(kAsTuple);
    nap_ = nullptr;
}

void Connection::wake() {
    if (nap_) nap_->timer.cancel();
}

}  // namespace latchkey
