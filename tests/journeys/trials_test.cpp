// Whether what is enrolled works: tries on one's own page, which count like answers (S18, S30).
#include "tests/journeys/factors.h"

namespace latchkey {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

class Trials : public FactorTest {
 protected:
    Account amy = add("amy");
};

TEST_P(Trials, TriesAVerificationWithoutConsequence) {
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    const auto before = *held(amy, "pin");
    trials.open(amy, "pin", "", {}).value();
    const auto wrong = try_answer(amy, "pin", {{"pin", kWrongPin}}).value();
    EXPECT_THAT(wrong->problems, Contains(Field(&Problem::code, "wrong_answer")));
    static const Query kRight{"SELECT COUNT(*) FROM activity WHERE type = 'answer.right'"};
    EXPECT_EQ(world.stores.number(kRight), 0);
    EXPECT_FALSE(try_answer(amy, "pin", {{"pin", kPin}}).value());
    EXPECT_EQ(world.stores.number(kRight), 1);
    EXPECT_EQ(held(amy, "pin")->data, before.data);
    EXPECT_EQ(held(amy, "pin")->used_at, world.stores.clock.now());
    EXPECT_EQ(try_answer(amy, "pin", {{"pin", kPin}}).error().code, Errc::not_found)
        << "it is over";
}

TEST_P(Trials, AllowsNoMoreTriesThanTheStrictestProcess) {
    auto json = factor_definitions()
                    .process("strict", {"mail", "pin"}, {{"limits", {{"attempts", 2}}}})
                    .process("lenient", {"mail", "pin"}, {{"limits", {{"attempts", 5}}}})
                    .build();
    world.define(json);
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    trials.open(amy, "pin", "", {}).value();
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(try_answer(amy, "pin", {{"pin", kWrongPin}}));
    EXPECT_EQ(try_answer(amy, "pin", {{"pin", kPin}}).error().code, Errc::blocked);
}

TEST_P(Trials, ShowsATrialThatIsAskedForTwice) {
    trials.open(amy, "mail", "profile", {}).value();
    const std::string code = code_sent();
    (void)sent();
    EXPECT_TRUE(trials.open(amy, "mail", "profile", {})) << "the answer may have been lost";
    EXPECT_THAT(sent(), IsEmpty());
    EXPECT_FALSE(try_answer(amy, "mail", {{"code", code}}).value());
}

TEST_P(Trials, KeepsATrialThatASessionCouldNotTakeDown) {
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    trials.open(amy, "pin", "", {}).value();
    const Session browser{.id = SessionId{"one"}, .digest = "one"};
    ASSERT_TRUE(world.stores.sessions.save(browser));
    const auto late = trials.reply(amy, "pin", {{"pin", kPin}}, browser, {});
    EXPECT_EQ(late.error().code, Errc::already_answered) << "somebody else changed the session";
    const Session present = world.stores.sessions.find("one").value();
    ASSERT_FALSE(trials.reply(amy, "pin", {{"pin", kPin}}, present, {}).value());
    EXPECT_EQ(world.stores.sessions.find("one")->version, 2) << "stored with the answer";
}

TEST_P(Trials, CountsATrialLikeAnAnswerInARequest) {
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    trials.open(amy, "pin", "", {}).value();
    for (int i = 0; i < 2; ++i) try_answer(amy, "pin", {{"pin", kWrongPin}}).value();
    begin("two", "amy");
    ASSERT_TRUE(answer("pin", {{"pin", kWrongPin}}));
    EXPECT_EQ(try_answer(amy, "pin", {{"pin", kPin}}).error().code, Errc::blocked);
    EXPECT_EQ(answer("pin", {{"pin", kPin}}).error().code, Errc::blocked);
    world.stores.clock.advance(Minutes{15});
    EXPECT_FALSE(try_answer(amy, "pin", {{"pin", kPin}}).value()) << "it ended by itself";
}

TEST_P(Trials, CountsFromTheBeginningAfterARightAnswer) {
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    for (const char* pin : {kWrongPin, kWrongPin, kPin, kWrongPin, kWrongPin}) {
        trials.open(amy, "pin", "", {}).value();
        ASSERT_TRUE(try_answer(amy, "pin", {{"pin", pin}}));
    }
    EXPECT_EQ(state(amy, "pin"), FactorState::active) << "four were wrong, but not in a row";
}

TEST_P(Trials, RemembersTriesForAsLongAsTheStrictestProcess) {
    const auto limits = [](const char* window) {
        return Json{{"limits", {{"retry_window", window}}}};
    };
    world.define(factor_definitions()
                     .process("soon", {"mail", "pin"}, limits("5m"))
                     .process("late", {"mail", "pin"}, limits("48h"))
                     .build());
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    for (int i = 0; i < 3; ++i) {
        trials.open(amy, "pin", "", {}).value();
        ASSERT_TRUE(try_answer(amy, "pin", {{"pin", kWrongPin}}));
        if (i < 2) world.stores.clock.advance(Hours{20});
    }
    EXPECT_EQ(try_answer(amy, "pin", {{"pin", kPin}}).error().code, Errc::blocked);
}

TEST_P(Trials, BeginsNoTrialWithACodeThatARequestHasJustSent) {
    begin("reset", "amy");
    world.conductor.choose(request, session, "mail", "profile", {}).value();
    EXPECT_EQ(trials.open(amy, "mail", "profile", {}).error().code, Errc::resend_too_soon);
}

TEST_P(Trials, SaysWhatWasWrongWithATrialAndNothingOfAnotherCode) {
    const auto first = trials.open(amy, "mail", "", {}).value();
    EXPECT_THAT(sent(), ElementsAre(Field(&Message::id, first.message)));
    const auto wrong = try_answer(amy, "mail", {{"code", "000000"}}).value();
    EXPECT_THAT(wrong->problems, testing::SizeIs(1));
    const TimePoint from = not_before(first.prompt, "resend").value();
    world.stores.clock.set(from - Milliseconds{1});
    EXPECT_EQ(try_answer(amy, "mail", {{"action", "resend"}}).error().code, Errc::resend_too_soon);
    world.stores.clock.set(from);
    const auto again = try_answer(amy, "mail", {{"action", "resend"}}).value();
    EXPECT_THAT(again->problems, IsEmpty());
    EXPECT_GT(not_before(again->prompt, "resend"), from);
    world.stores.clock.set(first.expires_at);
    EXPECT_EQ(try_answer(amy, "mail", {{"code", code_sent()}}).error().code, Errc::not_found);
}

TEST_P(Trials, EndsAPinThatWasGuessedAtTooOftenInARow) {
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    (void)sent();
    trials.open(amy, "pin", "", {}).value();
    for (int i = 0; i < 3; ++i) try_answer(amy, "pin", {{"pin", kWrongPin}}).value();
    world.stores.clock.advance(Hours{30});  // blocks and failures are over, this count is not
    begin("two", "amy");
    ASSERT_TRUE(answer("pin", {{"pin", kWrongPin}}));
    EXPECT_EQ(state(amy, "pin"), FactorState::revoked);
    EXPECT_THAT(sent(), Contains(Field(&Message::wording, "enrollment_removed")));
    ASSERT_TRUE(answer("pin", {{"pin", kPin}}));
    EXPECT_NE(look().request.step("pin")->state, StepState::passed);
    EXPECT_THAT(choose_pin(amy, kPin), Contains(Field(&Problem::code, "soft_pin_used_before")));
    EXPECT_THAT(choose_pin(amy, "261940"), IsEmpty());
    EXPECT_EQ(state(amy, "pin"), FactorState::active);
}

ON_BOTH_DATABASES(Trials);

}  // namespace
}  // namespace latchkey
