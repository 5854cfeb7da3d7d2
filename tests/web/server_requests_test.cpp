#include "tests/support/raw_client.h"
#include "tests/support/running_server.h"
#include "tests/web/framing_cases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey {
namespace {

using http::Request;
using http::Response;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Says what it was asked: enough to see who the server thinks is asking, and for what.
Response echo(const Request& request) {
    Response response;
    response.with("Content-Type", "text/plain")
        .with("X-Client", request.client)
        .with("X-Secure", request.secure ? "yes" : "no")
        .with("X-Asked", request.method + " " + request.path + " " + request.query);
    response.body = request.body;
    return response;
}

bool always(const Request&) {
    return true;
}

std::string get(const std::string& path, const std::string& lines = "") {
    return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n";
}

std::string post(const std::string& body, const std::string& lines = "") {
    return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           lines + "\r\n" + body;
}

class ServerRequests : public testing::Test {
 protected:
    static RawClient connect(RunningServer& server) { return RawClient(server->address()); }
    RunningServer server_{{}, {.handle = echo, .quick = always}};
};

TEST_F(ServerRequests, AreAnsweredWithLengthAndDate) {
    auto client = connect(server_);
    const auto response = client.ask(post("hello"));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "hello");
    EXPECT_EQ(response.headers.at("content-length"), "5");
    EXPECT_EQ(response.headers.at("x-asked"), "POST / ");
    EXPECT_THAT(response.headers.at("date"),
                testing::MatchesRegex("..., .. ... .... ..:..:.. GMT"));
}

TEST_F(ServerRequests, FollowEachOtherOnOneConnection) {
    auto client = connect(server_);
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(client.ask(get("/" + std::to_string(i))).headers.at("x-asked"),
                  "GET /" + std::to_string(i) + " ");
    EXPECT_EQ(server_->counters().accepted, 1u);
}

TEST_F(ServerRequests, MayComeAllAtOnceAndAreAnsweredInOrder) {
    auto client = connect(server_);
    client.send(get("/1") + post("two") + get("/3") +
                "POST /4 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                "2\r\nfo\r\n2\r\nur\r\n0\r\n\r\n" +
                get("/5"));
    const auto responses = client.read_many(5);
    EXPECT_THAT(responses,
                ElementsAre(Field(&RawResponse::body, ""), Field(&RawResponse::body, "two"),
                            Field(&RawResponse::body, ""), Field(&RawResponse::body, "four"),
                            Field(&RawResponse::body, "")));
    EXPECT_EQ(responses[4].headers.at("x-asked"), "GET /5 ");
}

TEST_F(ServerRequests, AreAnsweredWhenTheSenderHasFinishedSending) {
    auto client = connect(server_);
    client.send(post("last words"));
    client.finish();
    EXPECT_EQ(client.read().body, "last words");
}

TEST_F(ServerRequests, ThatWaitToContinueAreToldToOnce) {
    auto client = connect(server_);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    EXPECT_EQ(client.read().status, 100);
    client.send("b");
    client.send("ody");
    EXPECT_EQ(client.read().body, "body");
}

TEST_F(ServerRequests, ThatSendTheirBodyAtOnceAreNotToldToContinue) {
    auto client = connect(server_);
    EXPECT_EQ(client.ask(post("body", "Expect: 100-continue\r\n")).body, "body");
}

TEST_F(ServerRequests, WithAnotherExpectationGet417) {
    EXPECT_EQ(connect(server_).ask(post("", "Expect: 200-ok\r\n")).status, 417);
}

TEST_F(ServerRequests, ByHeadGetTheLengthWithoutTheBody) {
    auto client = connect(server_);
    client.send("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    const auto response = client.read(true);
    EXPECT_EQ(response.headers.at("content-length"), "3");
    EXPECT_EQ(client.ask(get("/next")).headers.at("x-asked"), "GET /next ");
}

TEST_F(ServerRequests, ThatSayCloseAreTheLast) {
    auto client = connect(server_);
    const auto response = client.ask(get("/", "Connection: close\r\n"));
    EXPECT_EQ(response.headers.at("connection"), "close");
    EXPECT_TRUE(client.closed_within(std::chrono::seconds(5)));
}

TEST_F(ServerRequests, OfHttp10AreTheLast) {
    auto client = connect(server_);
    EXPECT_EQ(client.ask("GET / HTTP/1.0\r\nHost: a\r\n\r\n").headers.at("connection"), "close");
    EXPECT_TRUE(client.closed_within(std::chrono::seconds(5)));
}

TEST_F(ServerRequests, HaveABodyOfTheLimitButNotOneByteMore) {
    const std::size_t limit = ServerLimits().framing.body;
    for (const std::size_t size : {limit - 1, limit})
        EXPECT_EQ(connect(server_).ask(post(std::string(size, 'x'))).body.size(), size);
    auto client = connect(server_);
    EXPECT_EQ(client.ask(post(std::string(limit + 1, 'x'))).status, 413);
    EXPECT_TRUE(client.closed_within(std::chrono::seconds(5)));
}

TEST_F(ServerRequests, HaveARequestLineOfTheLimitButNotOneByteMore) {
    const auto line = [](std::size_t size) {
        return get("/" + std::string(size - std::string("GET / HTTP/1.1").size(), 'x'));
    };
    const std::size_t limit = ServerLimits().framing.request_line;
    EXPECT_EQ(connect(server_).ask(line(limit - 1)).status, 200);
    EXPECT_EQ(connect(server_).ask(line(limit)).status, 200);
    EXPECT_EQ(connect(server_).ask(line(limit + 1)).status, 414);
}

TEST_F(ServerRequests, HaveAHeadOfTheLimitButNotOneByteMore) {
    const auto head = [](std::size_t size) {
        return get("/", "X: " + std::string(size - get("/", "X: \r\n").size(), 'x') + "\r\n");
    };
    const std::size_t limit = ServerLimits().framing.head;
    EXPECT_EQ(connect(server_).ask(head(limit - 1)).status, 200);
    EXPECT_EQ(connect(server_).ask(head(limit)).status, 200);
    EXPECT_EQ(connect(server_).ask(head(limit + 1)).status, 431);
}

TEST_F(ServerRequests, HaveAsManyHeadersAsTheLimitButNotOneMore) {
    const auto headers = [](std::size_t count) {
        std::string lines;
        for (std::size_t i = 1; i < count; ++i) lines += "X: y\r\n";
        return get("/", lines);
    };
    const std::size_t limit = ServerLimits().framing.header_count;
    EXPECT_EQ(connect(server_).ask(headers(limit - 1)).status, 200);
    EXPECT_EQ(connect(server_).ask(headers(limit)).status, 200);
    EXPECT_EQ(connect(server_).ask(headers(limit + 1)).status, 431);
}

TEST_F(ServerRequests, ThatAreRefusedSayWhyInOurWords) {
    const auto response = connect(server_).ask("GET / HTTP/1.1\r\nHost: <b>\r\n\r\n");
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(response.body, "Bad Request: malformed Host\n");
    EXPECT_EQ(response.headers.at("content-type"), "text/plain; charset=utf-8");
    EXPECT_EQ(response.headers.at("cache-control"), "no-store");
}

/// The statuses and bodies that a stream gets, until the connection ends or all is answered.
std::pair<std::vector<std::string>, int> outcome(RawClient& client, const FramingCase& one) {
    std::pair<std::vector<std::string>, int> seen{{}, FramingCase::kDone};
    while (true) {
        const auto response = client.read(one.name == "HEAD");
        if (response.status == 0) break;
        if (response.status == 100) continue;
        if (response.status == 200)
            seen.first.push_back(response.body);
        else
            seen.second = response.status;
    }
    return seen;
}

TEST(ServerFraming, JudgesTheTableThroughASocketAsTheGateDoes) {
    ServerSettings settings;
    settings.limits.framing = kCaseLimits;
    RunningServer server(settings, {.handle = echo, .quick = always});
    for (const auto& one : framing_cases()) {
        RawClient client(server->address());
        client.send(one.bytes);
        client.finish();
        const int then = one.then == FramingCase::kWaits ? FramingCase::kDone : one.then;
        EXPECT_EQ(outcome(client, one), std::pair(one.bodies, then)) << one.name;
    }
}

TEST(ServerFraming, JudgesTheTableThroughASocketByteByByte) {
    ServerSettings settings;
    settings.limits.framing = kCaseLimits;
    RunningServer server(settings, {.handle = echo, .quick = always});
    for (const auto& one : framing_cases()) {
        RawClient client(server->address());
        for (const char byte : one.bytes)
            if (!client.send({&byte, 1})) break;
        client.finish();
        const int then = one.then == FramingCase::kWaits ? FramingCase::kDone : one.then;
        EXPECT_EQ(outcome(client, one), std::pair(one.bodies, then)) << one.name;
    }
}

TEST(ServerResponses, WithALineBreakInAHeaderBecomeABare500) {
    std::vector<std::string> notices;
    RunningServer server({}, {.handle =
                                  [](const Request& request) {
                                      return Response().with(
                                          "Location", "/a\r\nSet-Cookie: b=c" + request.path);
                                  },
                              .quick = always,
                              .notice = [&](const std::string& text) { notices.push_back(text); }});
    RawClient client(server->address());
    const auto response = client.ask(get("/"));
    EXPECT_EQ(response.status, 500);
    EXPECT_FALSE(response.headers.contains("set-cookie"));
    EXPECT_FALSE(response.headers.contains("location"));
    client.ask(get("/"));
    EXPECT_EQ(notices.size(), 1u) << "one a minute";
}

TEST(ServerResponses, OfAHandlerThatThrowsAreABare500) {
    RunningServer server({}, {.handle = [](const Request&) -> Response {
                             throw std::runtime_error("the secret is 42");
                         }});
    RawClient client(server->address());
    const auto response = client.ask(get("/"));
    EXPECT_EQ(response.status, 500);
    EXPECT_THAT(response.body, Not(HasSubstr("42")));
    EXPECT_EQ(client.ask(get("/")).status, 500) << "and the connection goes on";
}

/// Twenty ways to say for whom a request is, of which the server's own name is one (S06).
TEST(ServerHosts, OnlyTheListedOneIsServedInAnySpelling) {
    ServerSettings settings;
    settings.hosts = {"reset.example.org", "localhost:8080"};
    RunningServer server(settings, {.handle = echo, .quick = always});
    const auto status = [&](const std::string& target, const std::string& lines) {
        return RawClient(server->address())
            .ask("GET " + target + " HTTP/1.1\r\n" + lines + "\r\n")
            .status;
    };
    EXPECT_EQ(status("/", "Host: reset.example.org\r\n"), 200);
    EXPECT_EQ(status("/", "Host: RESET.Example.org\r\n"), 200);
    EXPECT_EQ(status("/", "Host: reset.example.org:80\r\n"), 200);
    EXPECT_EQ(status("/", "Host: localhost:8080\r\n"), 200);
    EXPECT_EQ(status("http://reset.example.org/", "Host: reset.example.org\r\n"), 200);
    EXPECT_EQ(status("/", "Host: evil.test\r\n"), 421);
    EXPECT_EQ(status("/", "Host: reset.example.org.\r\n"), 421);
    EXPECT_EQ(status("/", "Host: reset.example.org:443\r\n"), 421);
    EXPECT_EQ(status("/", "Host: reset.example.org:8080\r\n"), 421);
    EXPECT_EQ(status("/", "Host: localhost\r\n"), 421);
    EXPECT_EQ(status("/", "Host: xreset.example.org\r\n"), 421);
    EXPECT_EQ(status("/", "Host: reset.example.org.evil.test\r\n"), 421);
    EXPECT_EQ(status("/", "Host: 127.0.0.1\r\n"), 421);
    EXPECT_EQ(status("/", "Host: [::1]\r\n"), 421);
    EXPECT_EQ(status("/", "Host: evil.test\r\nX-Forwarded-Host: reset.example.org\r\n"), 421);
    EXPECT_EQ(status("/", "Host: evil.test\r\nForwarded: host=reset.example.org\r\n"), 421);
    EXPECT_EQ(status("/", "Host: reset.example.org\r\nHost: evil.test\r\n"), 400);
    EXPECT_EQ(status("/", "Host: reset.example.org@evil.test\r\n"), 400);
    EXPECT_EQ(status("/", "Host: reset.example.org, evil.test\r\n"), 400);
    EXPECT_EQ(status("/", "Host: reset.example.org:80@evil.test\r\n"), 400);
    EXPECT_EQ(status("http://evil.test/", "Host: reset.example.org\r\n"), 400);
    EXPECT_EQ(status("http://reset.example.org/", "Host: evil.test\r\n"), 400);
    EXPECT_EQ(status("http://evil.test/", "Host: evil.test\r\n"), 421);
    EXPECT_EQ(server->counters().requests, 5u);
}

TEST(ServerHosts, AreNoneIfNoneIsListed) {
    ServerSettings settings;
    settings.listen = "127.0.0.1:0";
    Server server(settings, {.handle = echo, .quick = always});
    std::jthread running([&] { server.run(); });
    EXPECT_EQ(RawClient(server.address()).ask(get("/")).status, 421);
    server.stop();
}

TEST(ServerProxies, OfAnUnlistedPeerChangeNothing) {
    RunningServer server({}, {.handle = echo, .quick = always});
    for (const std::string lines :
         {"X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\n",
          "Forwarded: for=192.0.2.1;proto=https\r\n", "X-Real-IP: 192.0.2.1\r\n"}) {
        const auto response = RawClient(server->address()).ask(get("/", lines));
        EXPECT_EQ(response.headers.at("x-client"), "127.0.0.1");
        EXPECT_EQ(response.headers.at("x-secure"), "no");
    }
}

TEST(ServerProxies, ThatAreListedSayWhoAsks) {
    ServerSettings settings;
    settings.trusted_proxies = {"127.0.0.0/8"};
    RunningServer server(settings, {.handle = echo, .quick = always});
    const auto response =
        RawClient(server->address())
            .ask(get("/", "X-Forwarded-For: 10.9.9.9, 192.0.2.1\r\nX-Forwarded-Proto: https\r\n"));
    EXPECT_EQ(response.headers.at("x-client"), "192.0.2.1");
    EXPECT_EQ(response.headers.at("x-secure"), "yes");
}

TEST(ServerProxies, WhoseTwoKindsOfHeadersDisagreeAreRefused) {
    ServerSettings settings;
    settings.trusted_proxies = {"127.0.0.1"};
    RunningServer server(settings, {.handle = echo, .quick = always});
    const auto response = RawClient(server->address())
                              .ask(get("/",
                                       "X-Forwarded-For: 192.0.2.1\r\n"
                                       "Forwarded: for=192.0.2.2\r\n"));
    EXPECT_EQ(response.status, 400);
}

}  // namespace
}  // namespace latchkey
