// What an account needs beyond its process: something stronger that it holds (S39), something older
// (S57); and that nobody learns of it who proved nothing.
#include "tests/journeys/factors.h"

namespace latchkey {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

class EnoughProof : public FactorTest {
 protected:
    Account amy = add("amy");
    Account ben = add("ben");
};

TEST_P(EnoughProof, IsAMailedCodeForWhoHoldsNothingStronger) {
    begin("reset", "ben");
    EXPECT_EQ(pass_mail().request.state, RequestState::verified);
    EXPECT_TRUE(act());
}

TEST_P(EnoughProof, IsNoMailedCodeForWhoHoldsSomethingStronger) {
    const std::string key = enroll_app(amy);
    begin("reset", "amy");
    const auto at = pass_mail();
    EXPECT_EQ(at.request.state, RequestState::verifying);
    EXPECT_EQ(at.more, MoreProof::Why::stronger);
    EXPECT_EQ(at.proofs_missing, 1U);
    EXPECT_THAT(names(at.offers), ElementsAre("app"));
    EXPECT_EQ(act().error().code, Errc::not_verified);
    EXPECT_EQ(answer("app", {{"code", app_code(key)}})->request.state, RequestState::verified);
    EXPECT_EQ(act()->request.state, RequestState::completed);
}

TEST_P(EnoughProof, LocksWhenTheStrongerOneIsGuessedAt) {
    enroll_app(amy);
    begin("reset", "amy");
    pass_mail();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(answer("app", {{"code", "000000"}}));
    EXPECT_EQ(look().request.state, RequestState::locked);
}

TEST_P(EnoughProof, ShowsNobodyBeforeAProofWhatTheAccountHolds) {
    enroll_app(amy);
    const auto seen = [&](const std::string& name) {
        const auto at = begin("reset", name);
        return std::tuple(names(at.offers), at.proofs_missing, at.more, at.too_new);
    };
    EXPECT_EQ(seen("amy"), seen("ben"));
    EXPECT_EQ(seen("amy"), seen("nobody"));
}

TEST_P(EnoughProof, IsNothingThatWasAddedLessThanThreeDaysAgo) {
    const std::string key = enroll_app(amy);
    const TimePoint added = world.stores.clock.now();
    for (const int hours : {0, 71}) {
        world.stores.clock.set(added + Hours{hours});
        begin("app-alone", "amy");
        const auto at = answer("app", {{"code", app_code(key)}}).value();
        EXPECT_EQ(at.request.state, RequestState::verifying) << hours;
        EXPECT_EQ(at.too_new, Hours{72});
        EXPECT_THAT(at.offers, IsEmpty());
        EXPECT_EQ(act().error().code, Errc::not_verified);
        // A request keeps it in mind.
        EXPECT_EQ(look().request.more->why, MoreProof::Why::older);
    }
    world.stores.clock.set(added + Hours{73});
    begin("app-alone", "amy");
    EXPECT_EQ(answer("app", {{"code", app_code(key)}})->request.state, RequestState::verified);
    EXPECT_TRUE(act());
}

TEST_P(EnoughProof, TakesWhatIsNewBesideSomethingOlder) {
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    begin("two", "amy");
    ASSERT_TRUE(answer("pin", {{"pin", kPin}}));
    EXPECT_EQ(pass_mail().request.state, RequestState::verified) << "the mailbox is old";
    EXPECT_TRUE(act());
}

TEST_P(EnoughProof, TellsTheOwnerOfAUsedRecoveryCode) {
    const auto draft = desk.open(amy, "codes", "", "mail", {}).value();
    const std::string sheet = draft.prompt.notices.back().verbatim;
    ASSERT_FALSE(desk.reply(amy, "codes", {{"saved", "on"}}, {}).value());
    begin("sheet", "amy");
    pass_mail();
    (void)sent();
    const auto at = answer("codes", {{"code", sheet.substr(0, sheet.find('\n'))}}).value();
    EXPECT_EQ(at.request.state, RequestState::verified);
    const auto told = sent();
    ASSERT_THAT(told, Contains(Field(&Message::wording, "recovery_code_used")));
    EXPECT_EQ(told.back().to, "amy@example.org");
    EXPECT_EQ(told.back().data.at("left"), 9);
}

ON_BOTH_DATABASES(EnoughProof);

}  // namespace
}  // namespace latchkey
