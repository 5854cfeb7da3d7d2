#include "web/outbound/sms.h"

#include "tests/support/fixed_clock.h"
#include "tests/support/http_peer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <fstream>

namespace latchkey {
namespace {

using testing::HasSubstr;
using testing::Not;
constexpr auto kAccepted = Outcome::Kind::accepted;
constexpr auto kTemporary = Outcome::Kind::temporary;
constexpr auto kPermanent = Outcome::Kind::permanent;
const HttpLimits kImpatient{.connect = Milliseconds{500}, .total = Milliseconds{500}};

Json file(const std::string& name) {
    std::ifstream in(LATCHKEY_SOURCE "/templates/sms_gateways/" + name + ".json");
    return Json::parse(in);
}

SmsGateway generic(const std::string& url, const std::string& name = "generic") {
    return {name, file("generic"), {{"url", url}, {"token", "t0ken&secret"}, {"from", "Example"}}};
}

/// One or two real gateways.
class Sms : public testing::Test {
 protected:
    std::unique_ptr<Transport> transport(const HttpLimits& limits = {}) {
        return make_sms_transport({.gateways = {generic(peer.url())}, .limits = limits}, clock);
    }
    std::unique_ptr<Transport> with_second(const HttpLimits& limits = {}) {
        return make_sms_transport(
            {.gateways = {generic(peer.url(), "one"), generic(second.url(), "two")},
             .limits = limits},
            clock);
    }
    static Outcome send(Transport& sms, const std::string& text = "483215 is your code") {
        const Message message{.id = MessageId{"m1"},
                              .channel = "sms",
                              .to = "+12025550101",
                              .data = {{"code", "483215"}}};
        return sms.deliver(message, {.subject = {}, .text = text, .html = {}, .language = "en"},
                           {.time = Seconds{20}});
    }

    FixedClock clock;
    HttpPeer peer;
    HttpPeer second;
};

TEST_F(Sms, IsTakenWhenStatusAndBodySaySo) {
    const auto sms = transport();
    const std::string text = "483215 \"is\" \\ your\ncode {to} & more";
    const Outcome outcome = send(*sms, text);
    EXPECT_EQ(outcome.kind, kAccepted);
    EXPECT_EQ(outcome.answer, "generic: taken as g-1");
    const auto requests = peer.requests();
    ASSERT_EQ(requests.size(), 1U);
    EXPECT_EQ(requests[0]["method"], "POST");
    EXPECT_EQ(requests[0]["headers"]["authorization"], "Bearer t0ken&secret");
    EXPECT_EQ(Json::parse(requests[0]["body"].get<std::string>()),
              (Json{{"to", "+12025550101"}, {"from", "Example"}, {"text", text}, {"id", "m1"}}));
}

TEST_F(Sms, IsNotTakenWhenOnlyTheStatusSaysSo) {
    const auto sms = transport();
    peer.set(
        {{"body", R"({"status": "failed", "error": "no credit for 483215 to +12025550101"})"}});
    const Outcome outcome = send(*sms);
    EXPECT_EQ(outcome.kind, kTemporary);
    EXPECT_TRUE(outcome.reached) << "perhaps for this recipient only";
    EXPECT_EQ(outcome.answer, "generic: HTTP 200 failed no credit for *** to ***");
}

TEST_F(Sms, IsRefusedForGoodWhereTheGatewaysFileSaysSo) {
    const auto sms = with_second();
    peer.set({{"status", 422}, {"body", R"({"status": "invalid_number"})"}});
    const Outcome outcome = send(*sms);
    EXPECT_EQ(outcome.kind, kPermanent);
    EXPECT_TRUE(outcome.reached);
    EXPECT_TRUE(second.requests().empty()) << "no other gateway may be asked";
}

TEST_F(Sms, FailuresOfTheGatewayAreTemporaryAndConcernEverybody) {
    const struct {
        Json behaviour;
        const char* answer;
    } kCases[]{
        {{{"status", 500}}, "HTTP 500"},
        {{{"status", 401}}, "HTTP 401"},
        {{{"status", 429}}, "HTTP 429"},
        {{{"status", 302}, {"location", "http://127.0.0.1:1/"}}, "HTTP 302"},
        {{{"status", 200}, {"location", nullptr}, {"body", "<html>captive"}}, "HTTP 200"},
        {{{"pause", 3}}, "no answer in time"},
        {{{"pause", 0}, {"trickle", true}}, "no answer in time"},
        {{{"trickle", false}, {"huge", true}}, "too large"},
        {{{"huge", false}, {"garbage", true}}, "generic: "},
    };
    for (const auto& each : kCases) {
        const auto sms = transport(kImpatient);
        peer.set(each.behaviour);
        const Outcome outcome = send(*sms);
        EXPECT_EQ(outcome.kind, kTemporary) << each.behaviour;
        EXPECT_FALSE(outcome.reached) << each.behaviour;
        EXPECT_THAT(outcome.answer, HasSubstr(each.answer)) << each.behaviour;
        EXPECT_EQ(sms->probe({.time = Seconds{5}}).reached, false) << "a decoy fails alike";
    }
}

TEST_F(Sms, GoesByTheSecondGatewayWhenTheFirstFails) {
    const auto sms = with_second(kImpatient);
    peer.set({{"status", 503}});
    EXPECT_EQ(send(*sms).kind, kAccepted);
    EXPECT_EQ(second.requests().size(), 1U);
    EXPECT_EQ(sms->probe({.time = Seconds{5}}).kind, kAccepted);
}

TEST_F(Sms, AFirstGatewayThatFailedRestsBeforeItIsAskedAgain) {
    const auto sms = with_second(kImpatient);
    peer.set({{"status", 503}});
    send(*sms);
    send(*sms);
    EXPECT_EQ(peer.requests().size(), 1U);
    clock.advance(Seconds{2});
    peer.set({{"status", 200}});
    EXPECT_THAT(send(*sms).answer, HasSubstr("one: taken"));
    EXPECT_EQ(second.requests().size(), 2U);
}

TEST_F(Sms, IsTemporaryWhenNobodyListens) {
    const auto sms = transport(kImpatient);
    peer.stop();
    const Outcome outcome = send(*sms);
    EXPECT_EQ(outcome.kind, kTemporary);
    EXPECT_FALSE(outcome.reached);
}

TEST_F(Sms, AProbeSendsNothing) {
    EXPECT_EQ(transport()->probe({.time = Seconds{5}}).kind, kAccepted);
    EXPECT_TRUE(peer.requests().empty());
}

TEST(SmsGateway, FilesOfEveryProviderMakeSafeRequests) {
    const struct {
        const char* name;
        SmsGateway::Values values;
        const char* url;
        const char* body;
    } kCases[]{
        {"twilio",
         {{"account", "AC/1"}, {"token", "t"}, {"from", "+15005550006"}},
         "https://api.twilio.com/2010-04-01/Accounts/AC%2F1/Messages.json",
         "Body=a%26b%3D%C3%A9&From=%2B15005550006&To=%2B12025550101"},
        {"vonage",
         {{"key", "k"}, {"secret", "s&x=1"}, {"from", "Example"}},
         "https://rest.nexmo.com/sms/json",
         "api_key=k&api_secret=s%26x%3D1&client-ref=m1&from=Example&text=a%26b%3D%C3%A9&to="
         "12025550101&type=text"},
        {"messagebird",
         {{"key", "k"}, {"from", "Example"}},
         "https://rest.messagebird.com/messages",
         R"({"body":"a&b=é","datacoding":"auto","originator":"Example","recipients":["12025550101"],"reference":"m1"})"},
        {"sinch",
         {{"region", "us"}, {"plan", "p"}, {"token", "t"}, {"from", "Example"}},
         "https://us.sms.api.sinch.com/xms/v1/p/batches",
         R"({"body":"a&b=é","client_reference":"m1","from":"Example","to":["12025550101"]})"},
    };
    for (const auto& each : kCases) {
        const SmsGateway gateway(each.name, file(each.name), each.values);
        const auto request = gateway.request({.id = "m1", .to = "+12025550101", .text = "a&b=é"});
        EXPECT_EQ(request.url, each.url);
        EXPECT_EQ(request.body, each.body);
    }
}

TEST(SmsGateway, ReadsAnswersOfProvidersThatSayErrorsInTheBody) {
    const SmsGateway vonage("vonage", file("vonage"),
                            {{"key", "k"}, {"secret", "s"}, {"from", "Example"}});
    const auto said = [&](const std::string& status) {
        return vonage.outcome(
            {200, R"({"messages":[{"status":")" + status + R"(","message-id":"id-1"}]})"});
    };
    EXPECT_EQ(said("0").kind, kAccepted);
    EXPECT_EQ(said("0").answer, "vonage: taken as id-1");
    EXPECT_EQ(said("7").kind, kPermanent);
    EXPECT_EQ(said("4").kind, kTemporary);
    EXPECT_FALSE(said("4").reached) << "wrong credentials concern everybody";
}

TEST(SmsGateway, RefusesWhatCannotBeMeant) {
    EXPECT_THROW(generic("http://gateway.example/"), std::invalid_argument) << "in the clear";
    EXPECT_THROW(generic("https://user@gateway.example/"), std::invalid_argument);
    EXPECT_THROW(generic("file:///etc/passwd"), std::invalid_argument);
    EXPECT_THROW(generic("http://127.0.0.1@evil.example/"), std::invalid_argument);
    EXPECT_THROW(generic("http://localhost.evil.example/"), std::invalid_argument);
    EXPECT_THROW(SmsGateway("g", file("generic"), {{"url", "https://a.example/"}, {"token", "t"}}),
                 std::invalid_argument)
        << "a value is missing";
    EXPECT_THROW(SmsGateway("g", file("generic"),
                            {{"url", "https://a.example/"}, {"token", "t\r\nX: y"}, {"from", "E"}}),
                 std::invalid_argument);
    EXPECT_THROW(SmsGateway("g", Json::object(), {}), std::invalid_argument);
}

TEST(HttpCall, ConnectsToNoInternalNetworkUnlessAllowed) {
    for (const char* url : {"https://10.0.0.1/", "https://192.168.0.1/", "https://169.254.169.254/",
                            "https://[::ffff:127.0.0.1]/", "https://0x7f000001/",
                            "https://[fd00::1]/", "https://2130706433/"}) {
        const auto answer =
            http_call({.method = "GET", .url = url, .headers = {}, .body = {}}, kImpatient, {});
        ASSERT_TRUE(std::holds_alternative<NoAnswer>(answer)) << url;
        EXPECT_THAT(std::get<NoAnswer>(answer).reason, HasSubstr("internal network")) << url;
    }
}

TEST(SmsLength, CountsAsTheNetworkDoes) {
    EXPECT_EQ(sms_length(std::string(160, 'a')), 160U);
    EXPECT_EQ(sms_length("€[]"), 6U);
    EXPECT_TRUE(fits_gsm("¿No? Ñandú" + std::string()) == false) << "ú is missing";
    EXPECT_TRUE(fits_gsm("¿No? Ñu é\n"));
    EXPECT_EQ(sms_length("código"), 6U);
    EXPECT_EQ(sms_length("😀"), 2U);
}

}  // namespace
}  // namespace latchkey
