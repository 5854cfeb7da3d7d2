#include "web/server/session.h"

#include "web/server/input_buffer.h"
#include "web/server/offload.h"
#include "web/server/request_parser.h"

#include <cstring>
#include <ctime>
#include <exception>

namespace latchkey {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr auto kClosingTime = 2s;
constexpr std::size_t kClosingBytes = 256 * 1024;  // read and thrown away, at most
constexpr std::size_t kKeptOutput = 16 * 1024;     // bytes of memory kept between responses
constexpr std::string_view kBusyRetry = "2";       // seconds
constexpr Milliseconds kAnswerNow = Milliseconds::max();

class Session {
 public:
    Session(Service& service, Connection& connection)
        : service_(service), limits_(service.limits), connection_(connection) {}

    Awaitable<void> run();

 private:
    Awaitable<bool> shake_hands();
    Awaitable<bool> receive(FramingGate& gate, bool first);
    void note_progress(const FramingGate& gate, bool first, std::size_t count);
    Awaitable<bool> respond(const FramingGate& gate, bool last);
    std::optional<http::Response> refusal(const FramingGate& gate,
                                          std::optional<ParsedRequest>& parsed);
    Awaitable<http::Response> answer(http::Request& request);
    bool quick(const http::Request& request) const;
    http::Response ask(const http::Request& request, std::string& failure) const;
    http::Response busy();
    void write_out(const http::Response& response, const http::Wire& wire);
    Awaitable<void> linger();

    Service& service_;
    const ServerLimits& limits_;
    Connection& connection_;
    InputBuffer input_;
    std::string output_;
};

Awaitable<void> Session::run() {
    if (!co_await shake_hands()) co_return;
    bool more = true;
    for (std::size_t count = 1; more; ++count) {
        FramingGate gate(limits_.framing);
        if (!co_await receive(gate, count == 1)) co_return;
        more = co_await respond(gate, count == limits_.requests_per_connection);
    }
    co_await linger();
}

Awaitable<bool> Session::shake_hands() {
    if (!connection_.peer().encrypted) co_return true;
    connection_.enter(Phase::handshake, Steady::now(), limits_.tls_time);
    const auto [error] = co_await connection_.shake_hands();
    co_return !error;
}

/// Reads until the gate has its verdict; false if the connection ended before.
Awaitable<bool> Session::receive(FramingGate& gate, bool first) {
    const bool begun = !input_.received().empty();
    if (service_.stopping && !begun && !first) co_return false;
    if (begun)
        connection_.enter(Phase::head, Steady::now(), limits_.head_time);
    else if (first)
        connection_.enter(Phase::fresh, Steady::now(),
                          service_.stopping ? kFirstWords : limits_.head_time);
    else
        connection_.enter(Phase::idle, Steady::now(), limits_.idle_time);
    bool continued = false;
    while (gate.read(input_.received()) == FramingGate::State::need_more) {
        note_progress(gate, first, 0);
        if (gate.wants_continue() && !continued) {
            continued = true;
            co_await connection_.write(kContinue);
        }
        const auto room = input_.room();
        const auto [error, count] =
            co_await connection_.read_some(net::buffer(room.data, room.size));
        if (error) co_return false;
        input_.add(count);
        note_progress(gate, first, count);
    }
    co_return true;
}

/// Moves on to head with the first byte, and on to body with the head's last. The deadline
/// of a connection's first head runs from the connection's beginning.
void Session::note_progress(const FramingGate& gate, bool first, std::size_t count) {
    const bool waits = connection_.phase() == Phase::fresh || connection_.phase() == Phase::idle;
    if (waits && count > 0) {
        const auto now = first ? connection_.since() : Steady::now();
        connection_.enter(Phase::head, now, limits_.head_time);
    }
    if (connection_.phase() == Phase::head && gate.head_complete())
        connection_.enter(Phase::body, Steady::now(), limits_.body_time);
    connection_.count_body(count);
}

/// Answers the message that the gate has judged; false if the connection is to be closed then.
Awaitable<bool> Session::respond(const FramingGate& gate, bool last) {
    std::optional<ParsedRequest> parsed;
    auto response = refusal(gate, parsed);
    const bool refused = response.has_value();
    if (!refused) {
        input_.take(gate.size());
        response = co_await answer(parsed->request);
        ::explicit_bzero(parsed->request.body.data(), parsed->request.body.size());
    }
    http::Wire wire;
    wire.keep_alive = !refused && parsed->keep_alive && !last && !service_.stopping;
    wire.head = gate.method() == "HEAD";
    write_out(*response, wire);

    connection_.enter(Phase::response, Steady::now(), limits_.response_time);
    const auto [error, count] = co_await connection_.write(output_);
    if (output_.capacity() > kKeptOutput) std::string().swap(output_);
    if (error) connection_.close();
    co_return wire.keep_alive && !error;
}

/// What the server itself says against the message, or nothing and then `parsed` is set.
std::optional<http::Response> Session::refusal(const FramingGate& gate,
                                               std::optional<ParsedRequest>& parsed) {
    const auto refuse = [this](int status, std::string_view reason) {
        ++service_.counters.refused;
        return http::plain_response(status, reason);
    };
    if (gate.status() != 0) return refuse(gate.status(), gate.reason());
    parsed = parse_request(input_.received().substr(0, gate.size()), gate);
    if (!parsed) {
        service_.notices.say(Notices::Kind::unclear_message,
                             "Two parsers read a request differently; it was refused.");
        return refuse(400, "unclear message");
    }
    const int status = service_.edge.admit(parsed->request, connection_.peer());
    if (status == 0) return std::nullopt;
    if (status == 421)
        service_.notices.say(Notices::Kind::unlisted_host,
                             "A request for a host that is not ours was refused: " +
                                 std::string(parsed->request.header("host")));
    return refuse(status, status == 421 ? "not a host of ours" : "contradicting proxy headers");
}

/// Asks the handler, again and again if it wants the person to wait.
Awaitable<http::Response> Session::answer(http::Request& request) {
    ++service_.counters.requests;
    const auto begun = Steady::now();
    connection_.enter(Phase::handling, begun, std::nullopt);
    while (true) {
        http::Response response;
        std::string failure;
        bool taken = true;
        auto work = [&] { response = ask(request, failure); };
        if (quick(request))
            work();
        else
            taken = co_await offload(*service_.workers, work);
        if (!taken) co_return busy();
        if (!failure.empty()) service_.notices.say(Notices::Kind::handler_failed, failure);
        if (response.ask_again <= 0ms) co_return response;
        if (request.waited == kAnswerNow) co_return http::plain_response(503);

        if (!service_.stopping) co_await connection_.nap(response.ask_again);
        if (!connection_.open() || connection_.abandoned()) co_return response;  // to nobody
        request.waited = std::chrono::duration_cast<Milliseconds>(Steady::now() - begun);
        if (service_.stopping) request.waited = kAnswerNow;
    }
}

bool Session::quick(const http::Request& request) const {
    try {
        return service_.handler.quick && service_.handler.quick(request);
    } catch (...) {
        return false;
    }
}

/// The handler's answer. On whatever thread.
http::Response Session::ask(const http::Request& request, std::string& failure) const {
    try {
        return service_.handler.handle(request);
    } catch (const std::exception& error) {
        failure = std::string("The request handler failed: ") + error.what();
    } catch (...) {
        failure = "The request handler failed.";
    }
    return http::plain_response(500);
}

http::Response Session::busy() {
    ++service_.counters.busy;
    service_.notices.say(Notices::Kind::workers_full, "All workers are busy; requests get 503.");
    auto response = http::plain_response(503);
    response.with("Retry-After", std::string(kBusyRetry));
    return response;
}

void Session::write_out(const http::Response& response, const http::Wire& unstamped) {
    auto wire = unstamped;
    wire.date = service_.date.at(std::time(nullptr));
    output_.clear();
    try {
        http::serialize(response, wire, output_);
    } catch (const std::exception& error) {
        service_.notices.say(Notices::Kind::bad_response, error.what());
        http::serialize(http::plain_response(500), wire, output_);
    }
}

/// Closes so that the last answer arrives: a socket closed over unread bytes resets the connection,
/// and the other side may lose what it has not read yet (RFC 9112 section 9.6).
Awaitable<void> Session::linger() {
    if (!connection_.open()) co_return;
    connection_.enter(Phase::closing, Steady::now(), kClosingTime);
    co_await connection_.finish_sending();
    for (std::size_t total = 0; total < kClosingBytes;) {
        const auto room = input_.room();
        const auto [error, count] = co_await connection_.discard(net::buffer(room.data, room.size));
        if (error) co_return;
        total += count;
    }
}

}  // namespace

Awaitable<void> serve(Service& service, std::unique_ptr<Connection> connection,
                      std::optional<http::Address> source) {
    const Connections::Seat seat(service.connections, *connection, source);
    Session session(service, *connection);
    co_await session.run();
}

}  // namespace latchkey
