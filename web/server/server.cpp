#include "web/server/server.h"

#include "web/server/listener.h"
#include "web/server/service.h"
#include "web/server/session.h"
#include "web/server/tls.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <stdexcept>

namespace latchkey {

namespace {

using namespace std::chrono_literals;

constexpr auto kAcceptPause = 50ms;  // when there are no descriptors left: accepting would spin
constexpr auto kDrainTick = 10ms;    // `run` returns at most this long after the last answer

http::Edge make_edge(const ServerSettings& settings) {
    try {
        return {settings.hosts, settings.trusted_proxies};
    } catch (const std::invalid_argument& error) {
        throw std::runtime_error(std::string("hosts or trusted_proxies: ") + error.what());
    }
}

/// How often deadlines are looked at: often enough for the shortest, at most 100 times a second.
Milliseconds tick_of(const ServerLimits& limits) {
    const auto shortest = std::min({limits.tls_time, limits.head_time, limits.body_time,
                                    limits.response_time, limits.idle_time, limits.drain_time});
    return std::clamp<Milliseconds>(shortest / 10, 10ms, 250ms);
}

}  // namespace

// Members end in reverse order: first the workers, who post to `io`; then `io` with the frames of
// sessions that were cut off; last the service that those look at.
struct Server::State {
    State(ServerSettings the_settings, Handler handler)
        : settings(std::move(the_settings)),
          service(settings.limits, std::move(handler), make_edge(settings)),
          acceptor(listen_at(io.get_executor(), settings.listen)),
          ticker(io.get_executor()),
          workers(settings.limits.workers, settings.limits.waiting),
          tick(tick_of(settings.limits)),
          address(describe(acceptor.local_endpoint())) {
        if (settings.tls_certificate.empty() != settings.tls_key.empty())
            throw std::runtime_error("tls_certificate and tls_key: give both or neither");
        tls = load_tls();
        service.workers = &workers;
    }

    std::shared_ptr<net::ssl::context> load_tls() const;
    Awaitable<void> accept_all();
    void welcome(Socket socket);
    bool admissible(const http::Peer& peer, const std::optional<http::Address>& source);
    void keep_ticking();
    void drain();

    const ServerSettings settings;
    Service service;
    net::io_context io{1};
    Acceptor acceptor;
    Timer ticker;
    WorkerPool workers;
    const Milliseconds tick;
    const std::string address;
    std::shared_ptr<net::ssl::context> tls;  // null: plain HTTP
    bool ticking = false;
    SteadyTime drained_by = SteadyTime::max();
};

std::shared_ptr<net::ssl::context> Server::State::load_tls() const {
    if (settings.tls_certificate.empty()) return nullptr;
    return make_tls_context(settings.tls_certificate, settings.tls_key);
}

Awaitable<void> Server::State::accept_all() {
    while (acceptor.is_open()) {
        auto [error, socket] = co_await acceptor.async_accept(kAsTuple);
        if (!error) {
            welcome(std::move(socket));
        } else if (error != net::error::operation_aborted &&
                   error != net::error::connection_aborted) {
            service.notices.say(Notices::Kind::no_descriptors,
                                "Connections cannot be accepted: " + error.message());
            service.connections.spare_one();
            Timer pause(io.get_executor(), kAcceptPause);
            co_await pause.async_wait(kAsTuple);
        }
    }
}

void Server::State::welcome(Socket socket) {
    ++service.counters.accepted;
    boost::system::error_code error;
    const auto remote = socket.remote_endpoint(error);
    if (error) return;  // gone already
    const http::Peer peer{address_of(remote), tls != nullptr};
    std::optional<http::Address> source;
    if (peer.address && !service.edge.trusts(peer.address)) source = http::source_of(*peer.address);
    if (!admissible(peer, source)) {
        ++service.counters.turned_away;
        return;
    }
    if (peer.address) socket.set_option(net::ip::tcp::no_delay(true), error);
    auto connection = std::make_unique<Connection>(std::move(socket), peer, tls);
    net::co_spawn(io, serve(service, std::move(connection), source), net::detached);
    keep_ticking();
}

bool Server::State::admissible(const http::Peer& peer, const std::optional<http::Address>& source) {
    if (!service.edge.confidential(peer)) {
        service.notices.say(Notices::Kind::plain_http,
                            "Plain HTTP from " + peer.address->text() +
                                " was turned away: set tls_certificate and tls_key, or list the "
                                "address in trusted_proxies.");
        return false;
    }
    switch (service.connections.admit(source)) {
        case Connections::Verdict::welcome:
            return true;
        case Connections::Verdict::full:
            service.notices.say(Notices::Kind::connections_full,
                                "A connection was turned away: all are taken and being answered.");
            return false;
        case Connections::Verdict::source_full:
            service.notices.say(Notices::Kind::source_full,
                                "A connection was turned away: too many "
                                "from " +
                                    source->text());
            return false;
    }
    return false;
}

/// Looks after the deadlines as long as there are connections, and not a moment longer: an idle
/// server sleeps.
void Server::State::keep_ticking() {
    if (ticking) return;
    ticking = true;
    ticker.expires_after(service.stopping ? kDrainTick : tick);
    ticker.async_wait([this](const boost::system::error_code&) {
        ticking = false;
        const auto now = Steady::now();
        if (now >= drained_by) service.connections.close_all();
        service.counters.timed_out += service.connections.sweep(now);
        if (service.connections.count() > 0) keep_ticking();
    });
}

void Server::State::drain() {
    if (service.stopping) return;
    service.stopping = true;
    const auto now = Steady::now();
    drained_by = now + settings.limits.drain_time;
    boost::system::error_code ignored;
    acceptor.close(ignored);
    service.connections.begin_drain(now);
    ticker.cancel();  // and so begins to look more often
}

Server::Server(ServerSettings settings, Handler handler)
    : state_(std::make_unique<State>(std::move(settings), std::move(handler))) {}

Server::~Server() = default;

void Server::run() {
    net::co_spawn(state_->io, state_->accept_all(), net::detached);
    state_->io.run();
}

void Server::stop() {
    net::post(state_->io, [state = state_.get()] { state->drain(); });
}

void Server::reload_certificate() {
    auto fresh = state_->load_tls();
    net::post(state_->io, [state = state_.get(), fresh] { state->tls = fresh; });
}

std::string Server::address() const {
    return state_->address;
}

ServerCounters Server::counters() const {
    const auto& counted = state_->service.counters;
    return {.open = state_->service.connections.count(),
            .workers = state_->workers.threads(),
            .accepted = counted.accepted,
            .turned_away = counted.turned_away,
            .timed_out = counted.timed_out,
            .requests = counted.requests,
            .refused = counted.refused,
            .busy = counted.busy};
}

}  // namespace latchkey
