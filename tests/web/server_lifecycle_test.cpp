#include "tests/support/certificates.h"
#include "tests/support/raw_client.h"
#include "tests/support/temporary_folder.h"
#include "tests/web/server_handlers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <atomic>
#include <filesystem>
#include <optional>

namespace latchkey {
namespace {

using namespace std::chrono_literals;
using http::Request;
using http::Response;
using testing::HasSubstr;

// Drain

TEST(ServerDrain, AnswersWhatIsUnderWayAndClosesTheRestAtOnce) {
    Gate gate;
    RunningServer server({}, gate.handler());
    RawClient idle(server->address());
    RawClient busy(server->address());
    busy.send(kGet);
    gate.await(1);
    const auto address = server->address();
    server->stop();
    EXPECT_TRUE(idle.closed_within(2s));
    EXPECT_THROW(RawClient{address}, std::runtime_error);
    gate.open();
    const auto response = busy.read();
    EXPECT_EQ(response.body, "at last");
    EXPECT_EQ(response.headers.at("connection"), "close");
    EXPECT_TRUE(busy.closed_within(2s));
}

TEST(ServerDrain, AnswersARequestOfWhichOnlyPartHasCome) {
    RunningServer server({}, kQuick);
    RawClient client(server->address());
    client.send("GET / HTTP/1.1\r\n");
    RawClient other(server->address());
    EXPECT_EQ(other.ask(kGet).status, 200) << "and so the server has read the first one";
    server->stop();
    EXPECT_TRUE(other.closed_within(2s));
    EXPECT_EQ(client.ask("Host: a\r\n\r\n").headers.at("connection"), "close");
    EXPECT_TRUE(client.closed_within(2s));
}

TEST(ServerDrain, AnswersTheFirstRequestOfAConnectionThatHasJustCome) {
    RunningServer server({}, kQuick);
    RawClient fresh(server->address());
    RawClient other(server->address());
    EXPECT_EQ(other.ask(kGet).status, 200) << "and so the server has taken the first one";
    server->stop();
    EXPECT_TRUE(other.closed_within(2s));
    EXPECT_EQ(fresh.ask(kGet).status, 200);
    EXPECT_TRUE(fresh.closed_within(2s));
}

TEST(ServerDrain, DoesNotWaitLongerThanItsTime) {
    RunningServer server(with_limits({.drain_time = 100ms}), kQuick);
    RawClient client(server->address());
    client.send("GET / HTTP/1.1\r\n");
    RawClient other(server->address());
    EXPECT_EQ(other.ask(kGet).status, 200);
    const auto start = std::chrono::steady_clock::now();
    server->stop();
    server.join();
    EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
    EXPECT_TRUE(client.closed_within(1s));
}

TEST(ServerDrain, OfAServerThatNeverRanIsNothing) {
    ServerSettings settings;
    settings.listen = "127.0.0.1:0";
    Server server(settings, kQuick);
    server.stop();
}

// Where it listens

TEST(ServerListen, TakesAUnixSocketAndReplacesOneThatIsLeftOver) {
    const TemporaryFolder folder;
    ServerSettings settings;
    settings.listen = "unix:" + (folder.path() / "s").string();
    for (int round = 0; round < 2; ++round) {
        RunningServer server(
            settings,
            {.handle = [](const Request& request) { return Response{.body = request.client}; },
             .quick = always});
        EXPECT_EQ(server->address(), settings.listen);
        EXPECT_EQ(RawClient(server->address()).ask(kGet).body, "unix:");
    }
}

TEST(ServerListen, LeavesAUnixSocketAloneThatIsAnswered) {
    const TemporaryFolder folder;
    ServerSettings settings;
    settings.listen = "unix:" + (folder.path() / "s").string();
    RunningServer server(settings, kQuick);
    EXPECT_THROW(Server(settings, kQuick), std::runtime_error);
    EXPECT_EQ(RawClient(server->address()).ask(kGet).status, 200);
}

TEST(ServerListen, TakesIpv6) {
    ServerSettings settings;
    settings.listen = "[::1]:0";
    RunningServer server(settings, kQuick);
    EXPECT_THAT(server->address(), testing::StartsWith("[::1]:"));
    EXPECT_EQ(RawClient(server->address()).ask(kGet).status, 200);
}

TEST(ServerListen, TakesASocketThatListensAlready) {
    const TemporaryFolder folder;
    const auto path = (folder.path() / "s").string();
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un local{};
    local.sun_family = AF_UNIX;
    path.copy(local.sun_path, sizeof local.sun_path - 1);
    ASSERT_EQ(::bind(descriptor, reinterpret_cast<const sockaddr*>(&local), sizeof local), 0);
    ServerSettings settings;
    settings.listen = "fd:" + std::to_string(descriptor);
    EXPECT_THROW(Server(settings, kQuick), std::runtime_error) << "it does not listen yet";
    ASSERT_EQ(::listen(descriptor, 8), 0);
    RunningServer server(settings, kQuick);
    EXPECT_EQ(RawClient("unix:" + path).ask(kGet).status, 200);
}

TEST(ServerListen, SaysWhatIsWrongWithTheSetting) {
    for (const std::string listen : {"", "8080", "localhost:8080", "127.0.0.1", "127.0.0.1:x",
                                     "127.0.0.1:70000", "unix:", "fd:x", "fd:9999"}) {
        ServerSettings settings;
        settings.listen = listen;
        try {
            const Server server(settings, kQuick);
            ADD_FAILURE() << listen;
        } catch (const std::runtime_error& error) {
            EXPECT_THAT(error.what(), HasSubstr("listen = \"" + listen + "\"")) << listen;
        }
    }
}

TEST(ServerListen, SaysWhichHostOrProxyIsMalformed) {
    ServerSettings settings;
    settings.listen = "127.0.0.1:0";
    settings.trusted_proxies = {"10.0.0.1/8"};
    try {
        const Server server(settings, kQuick);
        FAIL();
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("10.0.0.1/8"));
    }
}

// TLS

ServerSettings with_tls() {
    ServerSettings settings;
    settings.tls_certificate = certificates().server.certificate;
    settings.tls_key = certificates().server.key;
    return settings;
}

TEST(ServerTls, AnswersOverTls13AndKnowsThatItIsSecure) {
    RunningServer server(
        with_tls(),
        {.handle =
             [](const Request& request) { return Response{.body = request.secure ? "yes" : "no"}; },
         .quick = always});
    RawClient client(server->address(), certificates().authority);
    EXPECT_EQ(client.protocol(), "TLSv1.3");
    EXPECT_EQ(client.ask(kGet).body, "yes");
    EXPECT_EQ(client.ask(kGet).body, "yes");
    EXPECT_EQ(client.ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").status, 200);
    EXPECT_TRUE(client.closed_within(1s));
}

TEST(ServerTls, EndsAPeerThatDoesNotShakeHands) {
    auto settings = with_tls();
    settings.limits.tls_time = 100ms;
    RunningServer server(settings, kQuick);
    EXPECT_TRUE(RawClient(server->address()).closed_within(2s));
    RawClient plain(server->address());
    plain.send(kGet);
    EXPECT_EQ(plain.read().status, 0);
}

TEST(ServerTls, TakesANewCertificateWhileServing) {
    const TemporaryFolder folder;
    const auto copy = [&](const std::string& from, const std::string& to) {
        std::filesystem::copy_file(from, folder.path() / to,
                                   std::filesystem::copy_options::overwrite_existing);
        return (folder.path() / to).string();
    };
    ServerSettings settings;
    settings.tls_certificate = copy(certificates().stranger.certificate, "certificate");
    settings.tls_key = copy(certificates().stranger.key, "key");
    RunningServer server(settings, kQuick);
    RawClient before(server->address(), certificates().stranger.certificate);
    EXPECT_EQ(before.ask(kGet).status, 200);

    copy(certificates().server.key, "key");
    EXPECT_THROW(server->reload_certificate(), std::runtime_error) << "the key of another";
    EXPECT_EQ(RawClient(server->address(), certificates().stranger.certificate).ask(kGet).status,
              200);
    copy(certificates().server.certificate, "certificate");
    server->reload_certificate();
    EXPECT_EQ(RawClient(server->address(), certificates().authority).ask(kGet).status, 200);
    EXPECT_EQ(before.ask(kGet).status, 200) << "who was there stays";
}

TEST(ServerTls, SaysWhichFileCannotBeUsed) {
    auto settings = with_tls();
    settings.listen = "127.0.0.1:0";
    settings.tls_certificate = "/nowhere.pem";
    try {
        const Server server(settings, kQuick);
        FAIL();
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("tls_certificate /nowhere.pem"));
    }
    settings.tls_certificate = "";
    EXPECT_THROW(Server(settings, kQuick), std::runtime_error) << "one without the other";
}

}  // namespace
}  // namespace latchkey
