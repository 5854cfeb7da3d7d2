#include "web/outbound/enrollment_hook.h"

#include "tests/support/builders.h"
#include "tests/support/counting_random.h"
#include "tests/support/fixed_clock.h"
#include "tests/support/http_peer.h"
#include "web/outbound/webhook_signature.h"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

class EnrollmentHooks : public testing::Test {
 protected:
    EnrollmentCheck::Verdict ask(bool accept_unanswered = false) {
        const auto hook = make_enrollment_hook({.url = peer.url() + "/check",
                                                .secret = Secret(kSecret),
                                                .accept_unanswered = accept_unanswered,
                                                .limits = {.total = Milliseconds{400}}},
                                               clock, random);
        return hook->ask({.account = account,
                          .verification = "sms",
                          .type = "sms_code",
                          .items = {{{"address", "+12025550101"}}}});
    }
    void answers(const Json& body, int status = 200) {
        peer.set({{"status", status},
                  {"body", body.is_string() ? body.get<std::string>() : body.dump()}});
    }

    HttpPeer peer;
    FixedClock clock;
    CountingRandom random;
    Account account = AccountBuilder("amy").in_group("staff").build();
};

TEST_F(EnrollmentHooks, SayYesOrNoWithAMessage) {
    answers({{"allow", true}});
    EXPECT_TRUE(ask().taken);
    answers({{"allow", false}, {"message", " Please give the company’s <b>number</b>. "}});
    const auto refused = ask();
    EXPECT_FALSE(refused.taken);
    EXPECT_EQ(refused.message, "Please give the company’s <b>number</b>.");
    EXPECT_EQ(refused.trouble, "");
}

TEST_F(EnrollmentHooks, AreToldWhoSubmitsWhatInASignedRequest) {
    answers({{"allow", true}});
    ask();
    const Json asked = peer.requests().at(0);
    EXPECT_EQ(asked.at("method"), "POST");
    const std::string body = asked.at("body").get<std::string>();
    const Json data = Json::parse(body).at("data");
    EXPECT_EQ(data.at("user_name"), "amy");
    EXPECT_EQ(data.at("items").at(0).at("address"), "+12025550101");
    const Json& headers = asked.at("headers");
    const auto expected =
        WebhookSigner(Secret(kSecret))
            .headers(headers.at("webhook-id").get<std::string>(), clock.now(), body);
    EXPECT_EQ("webhook-signature: " + headers.at("webhook-signature").get<std::string>(),
              expected.at(2));
}

/// The example of the Standard Webhooks specification.
TEST(WebhookSignatures, AreThoseOfTheSpecification) {
    const auto headers = WebhookSigner(Secret(kSecret))
                             .headers("msg_p5jXN8AQM9LWM0D4loKWxJek",
                                      TimePoint{Seconds{1614265330}}, R"({"test": 2432232314})");
    EXPECT_EQ(headers.at(1), "webhook-timestamp: 1614265330");
    EXPECT_EQ(headers.at(2), "webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST_F(EnrollmentHooks, ThatAreDeadSlowOrLyingRefuseOrAcceptAsTheAdministratorSays) {
    const auto unanswered = [&](const std::string& trouble) {
        const auto refused = ask(false);
        EXPECT_FALSE(refused.taken) << trouble;
        EXPECT_NE(refused.trouble, "") << trouble;
        EXPECT_EQ(refused.message, "") << trouble;
        const auto accepted = ask(true);
        EXPECT_TRUE(accepted.taken) << trouble;
        EXPECT_NE(accepted.trouble, "") << trouble;
    };
    answers({{"allow", true}}, 500);
    unanswered("a server's mistake");
    answers({{"allow", true}}, 302);
    unanswered("a redirect");
    for (const char* lie :
         {"", "yes", "[]", "{}", R"({"allow": "true"})", R"({"allow": 1})", "{"}) {
        answers(lie);
        unanswered(lie);
    }
    peer.set({{"status", 200}, {"huge", true}});
    unanswered("too much");
    peer.set({{"huge", false}, {"garbage", true}});
    unanswered("not HTTP");
    peer.set({{"garbage", false}, {"pause", 1}});
    unanswered("slow");
    peer.stop();
    unanswered("dead");
}

TEST_F(EnrollmentHooks, HaveNoMessageThatCouldNotBeShown) {
    for (const Json& message :
         {Json(std::string(301, 'x')), Json("two\nlines"), Json(7), Json(), Json({{"en", "x"}})}) {
        answers({{"allow", false}, {"message", message}});
        const auto refused = ask();
        EXPECT_FALSE(refused.taken);
        EXPECT_EQ(refused.message, "");
        EXPECT_EQ(refused.trouble, "");
    }
}

TEST_F(EnrollmentHooks, AreNotMadeWithoutASafeAddressAndAKey) {
    const auto make = [&](const std::string& url, const std::string& secret) {
        make_enrollment_hook({.url = url, .secret = Secret(secret), .limits = {}}, clock, random);
    };
    EXPECT_THROW(make("http://hook.example/", kSecret), std::invalid_argument);
    EXPECT_THROW(make("ftp://hook.example/", kSecret), std::invalid_argument);
    for (const char* secret :
         {"", "secret", "whsec_", "whsec_AAAA", "whsec_????????????????????????????????"})
        EXPECT_THROW(make("https://hook.example/", secret), std::invalid_argument) << secret;
    EXPECT_NO_THROW(make("https://hook.example/", kSecret));
}

}  // namespace
}  // namespace latchkey
