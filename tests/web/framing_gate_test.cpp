#include "tests/web/framing_cases.h"
#include "web/server/request_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <set>

namespace latchkey {
namespace {

using State = FramingGate::State;

struct Reading {
    std::vector<std::string> bodies;
    int then = FramingCase::kDone;

    bool operator==(const Reading&) const = default;
    friend void PrintTo(const Reading& reading, std::ostream* out) {
        *out << testing::PrintToString(reading.bodies) << " then " << reading.then;
    }
};

/// Shows the gate the bytes piece by piece, each time in memory of exactly that size, so that it
/// cannot look ahead or back to where the bytes were.
State show(FramingGate& gate, std::string_view bytes, std::size_t piece) {
    auto state = State::need_more;
    for (std::size_t end = std::min(piece, bytes.size());;
         end = std::min(end + piece, bytes.size())) {
        const std::vector<char> copy(bytes.begin(),
                                     bytes.begin() + static_cast<std::ptrdiff_t>(end));
        state = gate.read({copy.data(), copy.size()});
        if (state != State::need_more || end == bytes.size()) return state;
    }
}

/// Reads a whole stream. `piece` bytes come at a time.
Reading read_stream(std::string_view bytes, std::size_t piece) {
    Reading reading;
    while (!bytes.empty()) {
        FramingGate gate(kCaseLimits);
        const auto state = show(gate, bytes, piece);
        if (state != State::complete) {
            reading.then = state == State::refused ? gate.status() : FramingCase::kWaits;
            return reading;
        }
        const auto parsed = parse_request(bytes.substr(0, gate.size()), gate);
        reading.bodies.push_back(parsed ? parsed->request.body : "(the other parser disagrees)");
        bytes.remove_prefix(gate.size());
    }
    return reading;
}

/// The first message in two pieces.
std::pair<State, std::size_t> read_split(std::string_view bytes, std::size_t split) {
    FramingGate gate(kCaseLimits);
    gate.read(std::string(bytes.substr(0, split)));
    const auto state = gate.read(bytes);
    return {state, state == State::refused ? static_cast<std::size_t>(gate.status()) : gate.size()};
}

TEST(FramingCases, AreManyAndEachHasItsOwnName) {
    std::set<std::string> names;
    for (const auto& one : framing_cases()) names.insert(one.name);
    EXPECT_EQ(names.size(), framing_cases().size());
    EXPECT_GE(names.size(), 150u);
}

TEST(FramingGate, JudgesEveryCaseAsTheTableSays) {
    for (const auto& one : framing_cases())
        EXPECT_EQ(read_stream(one.bytes, one.bytes.size()), (Reading{one.bodies, one.then}))
            << one.name;
}

TEST(FramingGate, JudgesTheSameByteByByte) {
    for (const auto& one : framing_cases())
        EXPECT_EQ(read_stream(one.bytes, 1), (Reading{one.bodies, one.then})) << one.name;
}

TEST(FramingGate, JudgesTheSameWhereverTheBytesAreSplit) {
    for (const auto& one : framing_cases())
        for (std::size_t split = 0; split <= one.bytes.size(); ++split)
            EXPECT_EQ(read_split(one.bytes, split), read_split(one.bytes, one.bytes.size()))
                << one.name << " at " << split;
}

TEST(FramingGate, KeepsItsVerdict) {
    FramingGate gate(kCaseLimits);
    ASSERT_EQ(gate.read("GET\t"), State::refused);
    EXPECT_EQ(gate.read("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), State::refused);
    EXPECT_EQ(gate.status(), 400);
    EXPECT_EQ(gate.reason(), "malformed method");
}

TEST(FramingGate, SaysWhenTheSenderWaitsToContinue) {
    const std::string head =
        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    FramingGate gate(kCaseLimits);
    gate.read(head.substr(0, head.size() - 1));
    EXPECT_FALSE(gate.wants_continue());
    gate.read(head);
    EXPECT_TRUE(gate.wants_continue());
    gate.read(head + "hi");
    EXPECT_FALSE(gate.wants_continue());
}

TEST(FramingGate, LetsNobodyContinueWhoseBodyIsTooLargeOrAbsentOrWhoSpeaksHttp10) {
    for (const std::string lines :
         {" HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 61\r\n\r\n",
          " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
          " HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 6\r\n\r\n"}) {
        FramingGate gate(kCaseLimits);
        gate.read("POST /" + lines);
        EXPECT_FALSE(gate.wants_continue()) << lines;
    }
}

TEST(FramingGate, ShowsWhatItSaw) {
    const std::string bytes =
        "POST /a?b HTTP/1.1\r\nhost:  A.example \r\nTransfer-Encoding: chunked\r\n\r\n"
        "2\r\nhi\r\n0\r\n\r\n";
    FramingGate gate(kCaseLimits);
    ASSERT_EQ(gate.read(bytes), State::complete);
    EXPECT_EQ(gate.method(), "POST");
    EXPECT_EQ(gate.target(bytes), "/a?b");
    EXPECT_EQ(gate.host(bytes), "A.example");
    EXPECT_EQ(gate.body_size(), 2u);
    EXPECT_EQ(gate.size(), bytes.size());
}

TEST(FramingGate, HasTheLimitsOfTheThreatModelByDefault) {
    const FramingLimits limits;
    EXPECT_EQ(limits.request_line, 8192u);
    EXPECT_EQ(limits.head, 16384u);
    EXPECT_EQ(limits.header_count, 100u);
    EXPECT_EQ(limits.body, 65536u);
}

TEST(RequestParser, GivesTheRequestAsPlainData) {
    const std::string bytes =
        "POST http://a/p/%41?q=1 HTTP/1.1\r\nHost: a\r\nX-Mixed: One\r\nContent-Length: "
        "2\r\n\r\nhi";
    FramingGate gate(kCaseLimits);
    ASSERT_EQ(gate.read(bytes), State::complete);
    const auto parsed = parse_request(bytes, gate);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->request.method, "POST");
    EXPECT_EQ(parsed->request.path, "/p/%41");
    EXPECT_EQ(parsed->request.query, "q=1");
    EXPECT_EQ(parsed->request.body, "hi");
    EXPECT_EQ(parsed->request.header("x-mixed"), "One");
    EXPECT_TRUE(parsed->keep_alive);
}

TEST(RequestParser, KeepsAConnectionOnlyInHttp11AndUnlessToldOtherwise) {
    const auto keeps = [](const std::string& version, const std::string& connection) {
        const std::string bytes = "GET / " + version + "\r\nHost: a\r\n" + connection + "\r\n";
        FramingGate gate(kCaseLimits);
        gate.read(bytes);
        return parse_request(bytes, gate).value().keep_alive;
    };
    EXPECT_TRUE(keeps("HTTP/1.1", ""));
    EXPECT_TRUE(keeps("HTTP/1.1", "Connection: keep-alive\r\n"));
    EXPECT_FALSE(keeps("HTTP/1.1", "Connection: Close\r\n"));
    EXPECT_FALSE(keeps("HTTP/1.1", "Connection: x, close\r\n"));
    EXPECT_FALSE(keeps("HTTP/1.0", ""));
    EXPECT_FALSE(keeps("HTTP/1.0", "Connection: keep-alive\r\n"));
}

TEST(RequestParser, RefusesAMessageThatTheGateDidNotSee) {
    const std::string seen = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
    FramingGate gate(kCaseLimits);
    ASSERT_EQ(gate.read(seen), State::complete);
    EXPECT_TRUE(parse_request(seen, gate));
    for (const std::string other :
         {"PUT /a HTTP/1.1\r\nHost: a\r\n\r\n", "GET /ab HTTP/1.1\r\nHost: a\r\n\r\n",
          "GET /a HTTP/1.1\r\nHost: ab\r\n\r\n", "GET /a HTTP/1.1\r\nHost: a\r\n\r\nx",
          "GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
          "GET /a HTTP/1.1\r\nHost: a\r\n\r", "GET /a HTTP/1.1\nHost: a\n\n"})
        EXPECT_FALSE(parse_request(other, gate)) << other;
}

}  // namespace
}  // namespace latchkey
