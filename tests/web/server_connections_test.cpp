#include "tests/support/raw_client.h"
#include "tests/web/server_handlers.h"
#include "web/server/connections.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <atomic>
#include <boost/system/error_code.hpp>
#include <filesystem>
#include <optional>

namespace latchkey {
namespace {

using namespace std::chrono_literals;
using http::Request;
using http::Response;
using testing::HasSubstr;

std::size_t open_descriptors() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& one : std::filesystem::directory_iterator("/proc/self/fd"))
        ++count;
    return count;
}

// Deadlines

TEST(ServerDeadlines, EndAConnectionThatNeverSpeaks) {
    RunningServer server(with_limits({.head_time = 100ms}), kQuick);
    RawClient client(server->address());
    EXPECT_TRUE(client.closed_within(2s));
    EXPECT_TRUE(server.comes_to([](const auto& now) { return now.timed_out == 1; }));
}

TEST(ServerDeadlines, EndAHeadThatComesByteByByte) {
    RunningServer server(with_limits({.head_time = 150ms}), kQuick);
    RawClient client(server->address());
    const auto start = std::chrono::steady_clock::now();
    bool taken = client.send("GET / HTTP/1.1\r\nX: ");
    while (taken && !client.closed_within(10ms)) taken = client.send("x");
    EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
    EXPECT_TRUE(server.comes_to([](const auto& now) { return now.open == 0; }));
}

TEST(ServerDeadlines, EndABodyThatComesByteByByte) {
    RunningServer server(with_limits({.body_time = 150ms}), kQuick);
    RawClient client(server->address());
    bool taken = client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n");
    const auto start = std::chrono::steady_clock::now();
    while (taken && !client.closed_within(10ms)) taken = client.send("x");
    EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
}

TEST(ServerDeadlines, EndABodyThatIsSlowerThanTheLeastRate) {
    RunningServer server(with_limits({.least_bytes_per_second = 5000}), kQuick);
    RawClient client(server->address());
    bool taken = client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n");
    const auto start = std::chrono::steady_clock::now();
    while (taken && !client.closed_within(20ms)) taken = client.send("x");
    const auto lasted = std::chrono::steady_clock::now() - start;
    EXPECT_GE(lasted, 900ms) << "the first second is free";
    EXPECT_LT(lasted, 3s);
}

TEST(ServerDeadlines, EndAnIdleConnectionButNotOneThatAsksInTime) {
    RunningServer server(with_limits({.idle_time = 200ms}), kQuick);
    RawClient client(server->address());
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(client.ask(kGet).status, 200);
        EXPECT_FALSE(client.closed_within(50ms));
    }
    EXPECT_TRUE(client.closed_within(2s));
}

TEST(ServerDeadlines, EndAResponseThatNobodyReads) {
    RunningServer server(
        with_limits({.response_time = 150ms}),
        {.handle =
             [](const Request&) { return Response{.body = std::string(16 * 1024 * 1024, 'x')}; },
         .quick = always});
    RawClient client(server->address());
    client.send(kGet);
    EXPECT_TRUE(server.comes_to([](const auto& now) { return now.timed_out == 1; }));
    EXPECT_TRUE(server.comes_to([](const auto& now) { return now.open == 0; }));
}

TEST(ServerDeadlines, DoNotEndAHandlerThatTakesLonger) {
    Gate gate;
    RunningServer server(
        with_limits(
            {.head_time = 50ms, .body_time = 50ms, .response_time = 50ms, .idle_time = 50ms}),
        gate.handler());
    RawClient client(server->address());
    client.send(kGet);
    EXPECT_FALSE(client.closed_within(200ms));
    gate.open();
    EXPECT_EQ(client.read().body, "at last");
}

/// A connection whose clock a test holds: what a sweep at that time makes of it, begun at zero.
bool ended(Phase phase, std::optional<Milliseconds> allowed, std::size_t body, Milliseconds at) {
    const ServerLimits limits;
    Connections all(limits);
    net::io_context io;
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    Connection connection(
        Socket(io.get_executor(), net::generic::stream_protocol(AF_UNIX, 0), socket), {}, nullptr);
    const Connections::Seat seat(all, connection, {});
    connection.enter(phase, SteadyTime{}, allowed);
    connection.count_body(body);
    all.sweep(SteadyTime{} + at);
    return !connection.open();
}

TEST(ServerDeadlines, AreOverAtTheirInstantAndNotBefore) {
    const ServerLimits limits;
    const std::size_t enough = 1'000'000;  // of a body: it is not its pace that ends it
    for (const auto& [phase, time] :
         {std::pair(Phase::handshake, limits.tls_time), std::pair(Phase::fresh, limits.head_time),
          std::pair(Phase::head, limits.head_time), std::pair(Phase::body, limits.body_time),
          std::pair(Phase::response, limits.response_time),
          std::pair(Phase::idle, limits.idle_time)}) {
        EXPECT_FALSE(ended(phase, time, enough, time - 1ms)) << static_cast<int>(phase);
        EXPECT_TRUE(ended(phase, time, enough, time)) << static_cast<int>(phase);
        EXPECT_TRUE(ended(phase, time, enough, time + 1ms)) << static_cast<int>(phase);
    }
    EXPECT_FALSE(ended(Phase::handling, {}, 0, Hours{24})) << "not the sender's fault";
}

TEST(ServerDeadlines, AskABodyForItsPaceFromTheSecondSecondOn) {
    const auto too_slow = [](std::size_t body, Milliseconds at) {
        return ended(Phase::body, ServerLimits().body_time, body, at);
    };
    EXPECT_FALSE(too_slow(0, 999ms));
    EXPECT_FALSE(too_slow(0, 1000ms));
    EXPECT_TRUE(too_slow(0, 1001ms));
    EXPECT_TRUE(too_slow(499, 2000ms));
    EXPECT_FALSE(too_slow(500, 2000ms));
    EXPECT_FALSE(too_slow(501, 2000ms));
    EXPECT_TRUE(too_slow(500, 2001ms));
}

TEST(ServerDeadlines, AreThoseOfTheThreatModelByDefault) {
    const ServerLimits limits;
    EXPECT_EQ(limits.tls_time, 5s);
    EXPECT_EQ(limits.head_time, 10s);
    EXPECT_EQ(limits.body_time, 20s);
    EXPECT_EQ(limits.response_time, 20s);
    EXPECT_EQ(limits.idle_time, 30s);
    EXPECT_EQ(limits.least_bytes_per_second, 500U);
}

// How many there may be

TEST(ServerConnections, EndAfterTheirLastRequest) {
    RunningServer server(with_limits({.requests_per_connection = 3}), kQuick);
    RawClient client(server->address());
    EXPECT_FALSE(client.ask(kGet).headers.contains("connection"));
    EXPECT_FALSE(client.ask(kGet).headers.contains("connection"));
    EXPECT_EQ(client.ask(kGet).headers.at("connection"), "close");
    EXPECT_TRUE(client.closed_within(2s));
}

TEST(ServerConnections, GiveBackTheirDescriptors) {
    RunningServer server({}, kQuick);
    EXPECT_EQ(RawClient(server->address()).ask(kGet).status, 200)
        << "all that it opens once is open";
    EXPECT_TRUE(server.comes_to([](const auto& now) { return now.open == 0; }));
    const auto before = open_descriptors();
    for (int round = 0; round < 3; ++round) {
        std::vector<RawClient> clients;
        for (int i = 0; i < 50; ++i) clients.emplace_back(server->address());
        for (auto& client : clients) EXPECT_EQ(client.ask(kGet).status, 200);
        EXPECT_GE(open_descriptors(), before + 100);
    }
    EXPECT_TRUE(server.comes_to([&](const auto& now) {
        return now.open == 0 && open_descriptors() == before;
    })) << open_descriptors()
        << " and not " << before;
}

/// While it lives, this process may open that many descriptors more and then none.
class FewDescriptors {
 public:
    explicit FewDescriptors(rlim_t more) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const int lowest_free = ::dup(0);
        ::close(lowest_free);
        const rlimit now{static_cast<rlim_t>(lowest_free) + more, before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &now);
    }
    ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
    rlimit before_{};
};

TEST(ServerConnections, WaitWhenThereAreNoDescriptorsLeft) {
    std::atomic<int> notices = 0;
    auto handler = kQuick;
    handler.notice = [&](const std::string& text) {
        EXPECT_THAT(text, HasSubstr("cannot be accepted"));
        ++notices;
    };
    RunningServer server({}, handler);
    // A sanitizer looks at a type it has not seen by opening a pipe, for which there will be none.
    (void)boost::system::error_code(EMFILE, boost::system::system_category()).message();
    std::optional<RawClient> client;
    {
        const FewDescriptors few(1);
        client.emplace(server->address());
        EXPECT_TRUE(server.comes_to([&](const auto&) { return notices > 0; }));
        client->send(kGet);
        EXPECT_FALSE(client->closed_within(120ms));
    }
    EXPECT_EQ(client->read().status, 200);
    EXPECT_EQ(notices, 1);
}

TEST(ServerConnections, OfOneSourceHaveALimit) {
    RunningServer server(with_limits({.connections_per_source = 2}), kQuick);
    RawClient first(server->address());
    RawClient second(server->address());
    EXPECT_EQ(first.ask(kGet).status, 200);
    EXPECT_EQ(second.ask(kGet).status, 200);
    EXPECT_TRUE(RawClient(server->address()).closed_within(2s));
    EXPECT_EQ(server->counters().turned_away, 1u);
    EXPECT_EQ(first.ask(kGet).status, 200);
}

TEST(ServerConnections, OfAListedProxyAreNotOneSource) {
    auto settings = with_limits({.connections_per_source = 1});
    settings.trusted_proxies = {"127.0.0.1"};
    RunningServer server(settings, kQuick);
    RawClient first(server->address());
    RawClient second(server->address());
    EXPECT_EQ(first.ask(kGet).status, 200);
    EXPECT_EQ(second.ask(kGet).status, 200);
}

TEST(ServerConnections, WhenAllAreTakenTheLongestIdleGoes) {
    RunningServer server(with_limits({.connections = 3}), kQuick);
    RawClient oldest(server->address());
    EXPECT_EQ(oldest.ask(kGet).status, 200);
    RawClient unfinished(server->address());
    unfinished.send("GET");
    RawClient younger(server->address());
    EXPECT_EQ(younger.ask(kGet).status, 200);

    RawClient newcomer(server->address());
    EXPECT_EQ(newcomer.ask(kGet).status, 200);
    EXPECT_TRUE(oldest.closed_within(2s));
    EXPECT_FALSE(younger.closed_within(1ms));
    EXPECT_FALSE(unfinished.closed_within(1ms));
}

TEST(ServerConnections, ThatAreBeingAnsweredAreNotSparedForANewcomer) {
    Gate gate;
    RunningServer server(with_limits({.connections = 2}), gate.handler());
    RawClient first(server->address());
    RawClient second(server->address());
    first.send(kGet);
    second.send(kGet);
    gate.await(2);
    EXPECT_TRUE(RawClient(server->address()).closed_within(2s));
    gate.open();
    EXPECT_EQ(first.read().status, 200);
    EXPECT_EQ(second.read().status, 200);
}

TEST(ServerWorkers, ThatAreAllBusyMakeTheRest503) {
    Gate gate;
    RunningServer server(with_limits({.workers = 2, .waiting = 1}), gate.handler());
    std::vector<RawClient> clients;
    for (int i = 0; i < 2; ++i) clients.emplace_back(server->address()).send(kGet);
    gate.await(2);
    clients.emplace_back(server->address()).send(kGet);
    EXPECT_TRUE(server.comes_to([](const auto& now) { return now.requests == 3; }));

    RawClient refused(server->address());
    const auto response = refused.ask(kGet);
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(response.headers.at("retry-after"), "2");
    EXPECT_FALSE(response.headers.contains("connection")) << "it may come back on this one";
    gate.open();
    for (auto& client : clients) EXPECT_EQ(client.read().body, "at last");
    EXPECT_EQ(refused.ask(kGet).status, 200);
}

TEST(ServerWorkers, LeaveQuickRequestsAlone) {
    Gate gate;
    Handler handler{.handle =
                        [&](const Request& request) {
                            return request.path == "/quick" ? hello(request) : gate.handle(request);
                        },
                    .quick = [](const Request& request) { return request.path == "/quick"; },
                    .notice = {}};
    RunningServer server(with_limits({.workers = 1, .waiting = 0}), handler);
    RawClient slow(server->address());
    slow.send(kGet);
    gate.await(1);
    EXPECT_EQ(RawClient(server->address()).ask("GET /quick HTTP/1.1\r\nHost: a\r\n\r\n").status,
              200);
    gate.open();
    EXPECT_EQ(slow.read().status, 200);
}

// Waiting without a worker

/// Answers when it was asked `times` times.
Handler patient(std::atomic<int>& asked, int times) {
    return {.handle =
                [&asked, times](const Request& request) {
                    Response response;
                    const bool stopping = request.waited == Milliseconds::max();
                    if (++asked < times && !stopping) response.ask_again = 10ms;
                    response.body = stopping ? "stopping" : std::to_string(request.waited.count());
                    return response;
                },
            .quick = {},
            .notice = {}};
}

TEST(ServerWaiting, AsksAgainAndHoldsNoWorker) {
    std::atomic<int> asked = 0;
    RunningServer server(with_limits({.workers = 1, .waiting = 64}), patient(asked, 64 * 4));
    std::vector<RawClient> clients;
    for (int i = 0; i < 64; ++i) clients.emplace_back(server->address()).send(kGet);
    for (auto& client : clients) EXPECT_EQ(client.read().status, 200);
    EXPECT_GE(asked, 64 * 4);
}

TEST(ServerWaiting, EndsWhenThePersonHasGone) {
    std::atomic<int> asked = 0;
    RunningServer server({}, patient(asked, 1'000'000));
    {
        RawClient client(server->address());
        client.send(kGet);
        EXPECT_TRUE(server.comes_to([&](const auto&) { return asked > 2; }));
    }
    EXPECT_TRUE(server.comes_to([](const auto& now) { return now.open == 0; }));
}

TEST(ServerWaiting, EndsWithAnAnswerWhenTheServerStops) {
    std::atomic<int> asked = 0;
    RunningServer server({}, patient(asked, 1'000'000));
    std::optional<RawClient> client(server->address());
    client->send(kGet);
    EXPECT_TRUE(server.comes_to([&](const auto&) { return asked > 2; }));
    server->stop();
    EXPECT_EQ(client->read().body, "stopping");
    client.reset();
    server.join();
}

}  // namespace
}  // namespace latchkey
