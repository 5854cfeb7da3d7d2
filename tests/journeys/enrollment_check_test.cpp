// What somebody else says about an enrollment is asked on submit alone, and while nothing is
// locked.
#include "engine/enrollment_check.h"
#include "engine/enrollment_desk.h"
#include "tests/journeys/world.h"
#include "tests/support/builders.h"
#include "tests/support/test_database.h"
#include "verifications/make_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <functional>

namespace latchkey {
namespace {

/// Answers as it is told, and remembers what it was asked.
struct ToldCheck final : EnrollmentCheck {
    Verdict ask(const SubmittedEnrollment& submitted) override {
        asked.push_back(submitted.items);
        meanwhile();
        return verdict;
    }
    Verdict verdict;
    std::vector<Json> asked;
    std::function<void()> meanwhile = [] {};
};

class EnrollmentChecks : public OnBothDatabases {
 protected:
    void SetUp() override {
        amy = world.stores.add(AccountBuilder("amy").build());
        world.parts.enrollment_check = &check;
    }

    /// One more answer of Amy's way to a new address.
    std::optional<EnrollmentDraft> answer(const RawAnswers& raw = {}) {
        auto turn = desk().reply(amy, "mail", raw, {});
        EXPECT_TRUE(turn);
        return turn ? *turn : std::nullopt;
    }
    EnrollmentDesk desk() { return EnrollmentDesk(world.parts); }
    void prove() {
        ASSERT_TRUE(desk().open(amy, "mail", {}, "", {}));
        answer({{"address", "amy@home.example"}, {"name", "Home"}});
        const auto sent = world.stores.messages.claim("w", 1, world.stores.clock.now(), Minutes{1});
        ASSERT_EQ(sent.size(), 1U);
        answer({{"code", sent[0].message.data.at("code").get<std::string>()}});
    }
    EnrollmentState state() { return world.stores.enrollments.of(amy.id).at(0).state; }
    std::int64_t refusals() {
        static const Query kRefusals{
            "SELECT COUNT(*) FROM activity WHERE type = 'enrollment.refused'"};
        return world.stores.number(kRefusals);
    }

    JourneyWorld world{
        *database, make_registry(),
        DefinitionsBuilder().verification("mail", "email_code").process("reset", {"mail"}).build()};
    ToldCheck check;
    Account amy;
};

TEST_P(EnrollmentChecks, AreAskedOnSubmitAloneAboutWhatIsNotSecret) {
    prove();
    EXPECT_TRUE(check.asked.empty());
    EXPECT_FALSE(answer()) << "it ended";
    ASSERT_EQ(check.asked.size(), 1U);
    EXPECT_EQ(check.asked[0], Json::array({{{"address", "amy@home.example"}, {"name", "Home"}}}));
    EXPECT_EQ(state(), EnrollmentState::active);
}

TEST_P(EnrollmentChecks, ThatRefuseLeaveTheEnrollmentProvedAndSayWhy) {
    check.verdict = {.taken = false, .message = "Not a private one."};
    prove();
    const auto refused = answer();
    ASSERT_TRUE(refused);
    ASSERT_EQ(refused->problems.size(), 1U);
    EXPECT_EQ(refused->problems[0].code, "enrollment_refused_because");
    EXPECT_EQ(std::get<std::string>(refused->problems[0].text.arguments.at("message")),
              "Not a private one.");
    EXPECT_EQ(state(), EnrollmentState::proved);
    EXPECT_EQ(refused->version, world.stores.enrollments.draft(amy.id, "mail")->version);
    EXPECT_EQ(refusals(), 1);
    check.verdict = {};
    EXPECT_FALSE(answer()) << "the same may be submitted again";
    EXPECT_EQ(state(), EnrollmentState::active);
}

TEST_P(EnrollmentChecks, WithoutAnAnswerSaySo) {
    check.verdict = {.taken = false, .trouble = "no answer in time"};
    prove();
    EXPECT_EQ(answer().value().problems.at(0).code, "enrollment_unchecked");
    EXPECT_EQ(refusals(), 1);
    static const Query kRefused{"SELECT line FROM activity WHERE type = 'enrollment.refused'"};
    EXPECT_THAT(world.stores.text(kRefused), testing::HasSubstr("check_unanswered"));
    check.verdict = {.taken = true, .trouble = "no answer in time"};
    EXPECT_FALSE(answer());
    static const Query kLast{"SELECT line FROM activity WHERE type = 'enrollment.added'"};
    EXPECT_THAT(world.stores.text(kLast), testing::HasSubstr("no answer in time"));
}

TEST_P(EnrollmentChecks, HoldNothingWhileTheyTakeTheirTime) {
    prove();
    bool written = false;
    check.meanwhile = [&] {
        world.stores.add(AccountBuilder("ben").build());
        written = true;
    };
    EXPECT_FALSE(answer());
    EXPECT_TRUE(written);
}

ON_BOTH_DATABASES(EnrollmentChecks);

}  // namespace
}  // namespace latchkey
