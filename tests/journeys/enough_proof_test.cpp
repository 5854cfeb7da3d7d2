// What an account needs beyond its process: something stronger that it holds (S39), something older
// (S57); and that nobody learns of it who proved nothing.
#include "tests/journeys/factors.h"

#include <sstream>

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

/// Failing at the stronger one on purpose does not take it out of the way.
TEST_P(EnoughProof, LocksWhenTheStrongerOneWasGuessedAtBefore) {
    const auto optional = [](const char* name) {
        return Json{{"verification", name}, {"required", false}};
    };
    world.define(factor_definitions()
                     .process("either", {},
                              {{"verifications", {optional("mail"), optional("app")}},
                               {"optional_needed", 1}})
                     .build());
    enroll_app(amy);
    begin("either", "amy");
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(answer("app", {{"code", "000000"}}));
    EXPECT_EQ(look().request.state, RequestState::verifying) << "nobody learns yet what she holds";
    EXPECT_EQ(pass_mail().request.state, RequestState::locked);
    EXPECT_EQ(act().error().code, Errc::request_closed);

    begin("either", "ben");
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(answer("app", {{"code", "000000"}}));
    EXPECT_EQ(pass_mail().request.state, RequestState::verified) << "he holds nothing stronger";
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
    const TimePoint added = held(amy, "app")->changed_at;
    for (const Milliseconds later : {Milliseconds{Minutes{1}}, Hours{72} - Milliseconds{1}}) {
        world.stores.clock.set(added + later);
        begin("app-alone", "amy");
        const auto at = answer("app", {{"code", app_code(key)}}).value();
        EXPECT_EQ(at.request.state, RequestState::verifying) << later.count();
        EXPECT_EQ(at.too_new, Hours{72});
        EXPECT_THAT(at.offers, IsEmpty());
        EXPECT_EQ(act().error().code, Errc::not_verified);
        // A request keeps it in mind.
        EXPECT_EQ(look().request.more->why, MoreProof::Why::older);
    }
    world.stores.clock.set(added + Hours{72});
    begin("app-alone", "amy");
    EXPECT_EQ(answer("app", {{"code", app_code(key)}})->request.state, RequestState::verified);
    EXPECT_TRUE(act());
}

TEST_P(EnoughProof, IsNoAddressThatChangedLessThanThreeDaysAgo) {
    world.define(factor_definitions()
                     .process("by-app", {"app"},
                              {{"verifications",
                                {{{"verification", "app"}},
                                 {{"verification", "mail"}, {"required", false}}}}})
                     .build());
    const TimePoint changed = world.stores.clock.now();
    ben.changed["email"] = changed;
    world.stores.changes.commit({.account = Change::AccountChange{ben}}).value();
    const std::string key = enroll_app(amy);
    amy.changed["email"] = changed;
    amy.version = world.stores.accounts.find(amy.id)->version;
    world.stores.changes.commit({.account = Change::AccountChange{amy}}).value();
    begin("by-app", "amy");
    EXPECT_THAT(answer("app", {{"code", app_code(key)}})->offers, IsEmpty());

    world.stores.clock.set(changed + Hours{72} - Minutes{5});
    begin("reset", "ben");
    EXPECT_EQ(pass_mail().too_new, Hours{72});
    world.stores.clock.set(changed + Hours{72});  // another code may be had
    begin("reset", "ben");
    EXPECT_EQ(pass_mail().request.state, RequestState::verified);
}

TEST_P(EnoughProof, TakesWhatIsNewBesideSomethingOlder) {
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    begin("two", "amy");
    ASSERT_TRUE(answer("pin", {{"pin", kPin}}));
    EXPECT_EQ(pass_mail().request.state, RequestState::verified) << "the mailbox is old";
    EXPECT_TRUE(act());
}

TEST_P(EnoughProof, IsNothingNewWithoutWhatIsHeldForThreeDays) {
    const auto optional = [](const char* name) {
        return Json{{"verification", name}, {"required", false}};
    };
    world.define(
        factor_definitions()
            .verification(
                "facts", "personal_data",
                {{"attributes", {{{"attribute", "birthday"}, {"label", {{"en", "Birthday"}}}}}}})
            .process("by-app", {"app"},
                     {{"verifications",
                       {{{"verification", "app"}},
                        optional("pin"),
                        optional("mail"),
                        optional("facts")}}})
            .process("by-codes", {"codes", "pin"},
                     {{"verifications",
                       {{{"verification", "codes"}}, {{"verification", "pin"}}, optional("app")}}})
            .build());
    const Account eve = world.stores.add(AccountBuilder("eve")
                                             .with("email", "eve@example.org")
                                             .with("birthday", "1980-01-01")
                                             .build());

    ASSERT_THAT(choose_pin(eve, kPin), IsEmpty());
    const TimePoint chosen = held(eve, "pin")->changed_at;
    world.stores.clock.advance(Hours{1});
    const std::string key = enroll_app(eve);
    const auto offered = [&](TimePoint at) {
        world.stores.clock.set(at);
        begin("by-app", "eve");
        return names(answer("app", {{"code", app_code(key)}})->offers);
    };
    EXPECT_THAT(offered(chosen + Hours{72} - kTimeStep), ElementsAre("mail"))
        << "what everybody may know is no proof";
    EXPECT_THAT(offered(chosen + Hours{72}), ElementsAre("pin", "mail"));
    ASSERT_TRUE(answer("pin", {{"pin", kPin}}));
    EXPECT_EQ(look().request.state, RequestState::verified);

    enroll_app(amy);
    const TimePoint paired =
        from_millis(held(amy, "app")->data.at("items").at(0).at("added_at").get<std::int64_t>());
    world.stores.clock.advance(Hours{1});
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    const auto draft = desk.open(amy, "codes", "", "mail", {}).value();
    std::istringstream sheet(draft.prompt.notices.back().verbatim);
    ASSERT_FALSE(desk.reply(amy, "codes", {{"saved", "on"}}, {}).value());
    const auto offered_to_amy = [&](TimePoint at) {
        world.stores.clock.set(at);
        begin("by-codes", "amy");
        std::string code;
        std::getline(sheet, code);
        answer("codes", {{"code", code}}).value();
        return names(answer("pin", {{"pin", kPin}})->offers);
    };
    EXPECT_THAT(offered_to_amy(paired + Hours{72} - Milliseconds{1}), IsEmpty());
    EXPECT_THAT(offered_to_amy(paired + Hours{72}), ElementsAre("app"));
}

TEST_P(EnoughProof, IsAMailedCodeBesideWhatIsNoStronger) {
    world.define(factor_definitions()
                     .verification("sms", "sms_code")
                     .process("by-mail", {"mail"},
                              {{"verifications",
                                {{{"verification", "mail"}},
                                 {{"verification", "sms"}, {"required", false}}}}})
                     .build());
    world.stores.add(AccountBuilder("eve")
                         .with("email", "eve@example.org")
                         .with("phone", "+12025550123")
                         .build());
    begin("by-mail", "eve");
    EXPECT_EQ(pass_mail().request.state, RequestState::verified);
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
