#include "web/http/edge.h"

#include "web/http/forwarded.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdexcept>

namespace latchkey::http {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Address address(const std::string& text) {
    return Address::parse(text).value();
}

bool contains(const std::string& network, const std::string& one) {
    return Network::parse(network).value().contains(address(one));
}

TEST(Address, HasOneSpelling) {
    EXPECT_EQ(address("192.0.2.1").text(), "192.0.2.1");
    EXPECT_EQ(address("2001:DB8:0:0::1").text(), "2001:db8::1");
    EXPECT_EQ(address("::ffff:192.0.2.1").text(), "192.0.2.1");
    EXPECT_EQ(address("::ffff:192.0.2.1"), address("192.0.2.1"));
    EXPECT_TRUE(address("::ffff:192.0.2.1").is_v4());
    EXPECT_FALSE(address("::192.0.2.1").is_v4());
}

TEST(Address, IsNothingElse) {
    for (const std::string text : {"", "a", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256",
                                   "0x7f000001", "2130706433", " 1.2.3.4", "1.2.3.4 ", "1.2.3.4:80",
                                   "[::1]", "::1%lo", "fe80::1%25eth0", ":::", "1::2::3"})
        EXPECT_FALSE(Address::parse(text)) << text;
    EXPECT_FALSE(Address::parse(std::string_view("1.2.3.4\0", 8)));
}

TEST(Address, KnowsThisMachine) {
    EXPECT_TRUE(address("127.0.0.1").loopback());
    EXPECT_TRUE(address("127.255.0.9").loopback());
    EXPECT_TRUE(address("::1").loopback());
    EXPECT_TRUE(address("::ffff:127.0.0.1").loopback());
    EXPECT_FALSE(address("128.0.0.1").loopback());
    EXPECT_FALSE(address("::2").loopback());
    EXPECT_FALSE(address("::").loopback());
}

TEST(Network, ContainsWhatSharesItsFirstBits) {
    EXPECT_TRUE(contains("10.0.0.0/8", "10.255.0.1"));
    EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
    EXPECT_TRUE(contains("10.0.0.0/8", "::ffff:10.1.1.1"));
    EXPECT_TRUE(contains("192.0.2.128/25", "192.0.2.128"));
    EXPECT_FALSE(contains("192.0.2.128/25", "192.0.2.127"));
    EXPECT_TRUE(contains("192.0.2.1", "192.0.2.1"));
    EXPECT_FALSE(contains("192.0.2.1", "192.0.2.2"));
    EXPECT_TRUE(contains("2001:db8::/33", "2001:db8:7fff::1"));
    EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
    EXPECT_TRUE(contains("0.0.0.0/0", "203.0.113.9"));
    EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1")) << "the families are apart";
    EXPECT_FALSE(contains("::/0", "203.0.113.9"));
    EXPECT_TRUE(contains("::/0", "2001:db8::1"));
}

TEST(Network, IsRefusedIfMalformedOrWithBitsOutsideItsPrefix) {
    for (const std::string text :
         {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.1/8",
          "::/129", "::1/64", "10.0.0.0/8/8", "a/8"})
        EXPECT_FALSE(Network::parse(text)) << text;
}

TEST(Source, IsTheAddressOrTheNetworkOfTheLine) {
    EXPECT_EQ(source_of(address("192.0.2.1")), address("192.0.2.1"));
    EXPECT_EQ(source_of(address("2001:db8:1:2:3:4:5:6")), address("2001:db8:1:2::"));
}

TEST(Host, IsANameOrAddressWithPerhapsAPort) {
    EXPECT_EQ(parse_host("A.Example"), (Host{"a.example", 0}));
    EXPECT_EQ(parse_host("a_b-c.example:8080"), (Host{"a_b-c.example", 8080}));
    EXPECT_EQ(parse_host("127.0.0.1:1"), (Host{"127.0.0.1", 1}));
    EXPECT_EQ(parse_host("[2001:db8::1]:65535"), (Host{"[2001:db8::1]", 65535}));
    EXPECT_EQ(parse_host("a:65534"), (Host{"a", 65534}));
    EXPECT_TRUE(parse_host(std::string(254, 'a')));
    EXPECT_TRUE(parse_host(std::string(255, 'a')));
}

TEST(Host, IsNothingElse) {
    for (const std::string text :
         {"",    ":",         ":80",      "a:",  "a:0", "a:080", "a:65536", "a:-1",    "a:1:2",
          "a b", "a,b",       "a/b",      "a@b", "%61", "[::1",  "::1]",    "[::1]x",  "[]",
          "[a]", "[1.2.3.4]", "[::1%lo]", "a]",  ".a",  "*",     "a#",      "\xc3\xa9"})
        EXPECT_FALSE(parse_host(text)) << text;
    EXPECT_FALSE(parse_host(std::string(256, 'a')));
}

Request asking(Headers headers) {
    Request request;
    request.headers = std::move(headers);
    request.headers.emplace_back("host", "a.example");
    return request;
}

/// Who asks and how, as "192.0.2.1 https"; or the refusal's status.
std::string seen(const std::vector<std::string>& proxies, const std::string& peer,
                 Headers headers) {
    const Edge edge({"a.example"}, proxies);
    auto request = asking(std::move(headers));
    const auto from = peer == "unix:" ? std::nullopt : Address::parse(peer);
    if (const int status = edge.admit(request, {from, false})) return std::to_string(status);
    return request.client + (request.secure ? " https" : " http");
}

TEST(Edge, TakesThePeerForThePersonUnlessItIsListed) {
    const Headers claims = {{"x-forwarded-for", "192.0.2.1"},
                            {"x-forwarded-proto", "https"},
                            {"forwarded", "for=192.0.2.1;proto=https"}};
    EXPECT_EQ(seen({}, "198.51.100.7", claims), "198.51.100.7 http");
    EXPECT_EQ(seen({"10.0.0.0/8"}, "198.51.100.7", claims), "198.51.100.7 http");
    EXPECT_EQ(seen({"10.0.0.0/8"}, "10.0.0.1", claims), "192.0.2.1 https");
    EXPECT_EQ(seen({"10.0.0.0/8"}, "unix:", claims), "unix: http");
    EXPECT_EQ(seen({"unix:"}, "unix:", claims), "192.0.2.1 https");
    EXPECT_EQ(seen({"10.0.0.0/8"}, "10.0.0.1", {}), "10.0.0.1 http");
}

TEST(Edge, ReadsTheHopsFromRightToLeftToTheFirstUnlisted) {
    const auto client = [](const std::string& hops) {
        return seen({"10.0.0.0/8", "2001:db8:1::/48"}, "10.0.0.1", {{"x-forwarded-for", hops}});
    };
    EXPECT_EQ(client("203.0.113.9, 192.0.2.1"), "192.0.2.1 http");
    EXPECT_EQ(client("203.0.113.9, 192.0.2.1, 10.0.0.2"), "192.0.2.1 http");
    EXPECT_EQ(client("203.0.113.9,192.0.2.1,2001:db8:1::9,10.0.0.2"), "192.0.2.1 http");
    EXPECT_EQ(client("10.0.0.3, 10.0.0.2"), "10.0.0.3 http") << "all are listed: the furthest";
    EXPECT_EQ(client("2001:db8::1"), "2001:db8::1 http");
    EXPECT_EQ(client("192.0.2.1:4711"), "192.0.2.1 http");
    EXPECT_EQ(client("[2001:db8::1]:4711"), "2001:db8::1 http");
}

TEST(Edge, StopsAtAHopThatItCannotRead) {
    const auto client = [](const std::string& hops) {
        return seen({"10.0.0.0/8"}, "10.0.0.1", {{"x-forwarded-for", hops}});
    };
    EXPECT_EQ(client("192.0.2.1, unknown"), "10.0.0.1 http");
    EXPECT_EQ(client("192.0.2.1, unknown, 10.0.0.2"), "10.0.0.2 http");
    EXPECT_EQ(client("192.0.2.1,"), "192.0.2.1 http");
    EXPECT_EQ(client("192.0.2.1, , 10.0.0.2"), "10.0.0.2 http");
    EXPECT_EQ(client("<script>"), "10.0.0.1 http");
    EXPECT_EQ(client(""), "10.0.0.1 http");
}

TEST(Edge, JoinsRepeatedHeadersInOrder) {
    EXPECT_EQ(seen({"10.0.0.0/8"}, "10.0.0.1",
                   {{"x-forwarded-for", "203.0.113.9"}, {"x-forwarded-for", "192.0.2.1"}}),
              "192.0.2.1 http");
}

TEST(Edge, ReadsForwardedToo) {
    const auto client = [](const std::string& hops) {
        return seen({"10.0.0.0/8"}, "10.0.0.1", {{"forwarded", hops}});
    };
    EXPECT_EQ(client("for=192.0.2.1"), "192.0.2.1 http");
    EXPECT_EQ(client("For=\"[2001:db8::1]:4711\"; Proto=HTTPS ;by=203.0.113.43"),
              "2001:db8::1 https");
    EXPECT_EQ(client("for=203.0.113.9;proto=https, for=192.0.2.1;proto=http, for=10.0.0.2"),
              "192.0.2.1 http");
    EXPECT_EQ(client("for=192.0.2.1, for=_hidden"), "10.0.0.1 http");
    EXPECT_EQ(client("for=192.0.2.1, by=10.0.0.1"), "10.0.0.1 http");
    EXPECT_EQ(client("proto=https"), "10.0.0.1 http");
}

TEST(Edge, RefusesTwoKindsOfHeadersThatNameDifferentPeople) {
    const auto client = [](const std::string& x_forwarded, const std::string& forwarded) {
        return seen({"10.0.0.0/8"}, "10.0.0.1",
                    {{"x-forwarded-for", x_forwarded}, {"forwarded", forwarded}});
    };
    EXPECT_EQ(client("192.0.2.1", "for=192.0.2.1"), "192.0.2.1 http");
    EXPECT_EQ(client("192.0.2.1", "for=192.0.2.2"), "400");
    EXPECT_EQ(client("192.0.2.1", "for=unknown"), "400");
}

TEST(Edge, TakesTheLastSchemeOfAList) {
    const auto scheme = [](const std::string& value) {
        return seen({"10.0.0.0/8"}, "10.0.0.1",
                    {{"x-forwarded-for", "192.0.2.1"}, {"x-forwarded-proto", value}});
    };
    EXPECT_EQ(scheme("HTTPS"), "192.0.2.1 https");
    EXPECT_EQ(scheme("https, http"), "192.0.2.1 http");
    EXPECT_EQ(scheme("http, https"), "192.0.2.1 https");
    EXPECT_EQ(scheme("gopher"), "192.0.2.1 http");
}

TEST(Edge, ServesListedHostsByTheirOwnOrTheDefaultPort) {
    const Edge edge({"a.example", "b.example:8443", "[::1]"}, {});
    const auto status = [&](const std::string& host, bool encrypted) {
        Request request;
        request.headers = {{"host", host}};
        return edge.admit(request, {address("192.0.2.1"), encrypted});
    };
    EXPECT_EQ(status("a.example", false), 0);
    EXPECT_EQ(status("A.EXAMPLE:80", false), 0);
    EXPECT_EQ(status("a.example:443", true), 0);
    EXPECT_EQ(status("a.example:443", false), 421);
    EXPECT_EQ(status("a.example:80", true), 421);
    EXPECT_EQ(status("b.example:8443", true), 0);
    EXPECT_EQ(status("b.example", true), 421);
    EXPECT_EQ(status("[::1]:80", false), 0);
    EXPECT_EQ(status("c.example", false), 421);
    EXPECT_EQ(status("", false), 421);
}

TEST(Edge, ServesNobodyIfNothingIsListedAndAllForAnAsterisk) {
    auto request = asking({});
    EXPECT_EQ(Edge({}, {}).admit(request, {address("192.0.2.1"), true}), 421);
    EXPECT_EQ(Edge({"*"}, {}).admit(request, {address("192.0.2.1"), true}), 0);
}

TEST(Edge, LetsNobodySpeakPlainlyOverANetworkButListedProxies) {
    const Edge edge({}, {"10.0.0.0/8"});
    EXPECT_TRUE(edge.confidential({address("127.0.0.1"), false}));
    EXPECT_TRUE(edge.confidential({address("::1"), false}));
    EXPECT_TRUE(edge.confidential({std::nullopt, false}));
    EXPECT_TRUE(edge.confidential({address("10.0.0.1"), false}));
    EXPECT_TRUE(edge.confidential({address("192.0.2.1"), true}));
    EXPECT_FALSE(edge.confidential({address("192.0.2.1"), false}));
    EXPECT_FALSE(edge.confidential({address("2001:db8::1"), false}));
}

TEST(Edge, NamesAMalformedEntry) {
    EXPECT_THROW(Edge({"http://a"}, {}), std::invalid_argument);
    EXPECT_THROW(Edge({}, {"10.0.0.0/99"}), std::invalid_argument);
    EXPECT_THROW(Edge({}, {"proxy.example"}), std::invalid_argument);
}

}  // namespace
}  // namespace latchkey::http
