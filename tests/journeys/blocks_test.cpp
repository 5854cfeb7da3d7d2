// A block holds for everybody from its first moment on: also for those who had looked for one just
// before it began, whose answers were on their way (S11).
#include "engine/sign_in.h"
#include "tests/journeys/factors.h"

namespace latchkey {
namespace {

/// Shows nobody a block: whoever asks it has looked a moment too early.
class TooEarly final : public BudgetStore {
 public:
    explicit TooEarly(BudgetStore& store) : store_(store) {}
    Spent spend(const std::vector<Budget>& budgets, TimePoint now) override {
        return store_.spend(budgets, now);
    }
    std::vector<std::int64_t> used(const std::vector<std::string>& keys, TimePoint now) override {
        return store_.used(keys, now);
    }
    std::vector<Block> blocks(const AccountId&) override { return {}; }

 private:
    BudgetStore& store_;
};

class Blocks : public FactorTest {
 protected:
    /// The use cases as those who looked too early see them.
    Parts early() {
        const Parts& p = world.parts;
        return {p.clock,     p.random,      p.crypto,      p.registry, p.accounts,
                p.processes, p.requests,    p.enrollments, too_early_, p.messages,
                p.changes,   p.credentials, p.passwords};
    }

    Account amy = add("amy");

 private:
    TooEarly too_early_{world.stores.budgets};
};

TEST_P(Blocks, HoldForAnswersThatWereUnderWay) {
    ASSERT_THAT(choose_pin(amy, kPin), ::testing::IsEmpty());
    begin("two", "amy");
    const RequestId other = request;
    world.conductor.choose(other, session, "pin", "", {}).value();
    begin("two", "amy");
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(answer("pin", {{"pin", kWrongPin}}));

    Conductor late(early());
    for (const char* pin : {kWrongPin, kPin}) {
        const auto refused = late.reply(other, session, "pin", {{"pin", pin}}, {}, {});
        EXPECT_EQ(refused.error().code, Errc::blocked);
        EXPECT_EQ(refused.error().until, world.stores.clock.now() + Minutes{15})
            << "when the block ends";
    }
    world.stores.clock.advance(Minutes{15});
    EXPECT_EQ(
        late.reply(other, session, "pin", {{"pin", kPin}}, {}, {})->request.step("pin")->state,
        StepState::passed);
}

TEST_P(Blocks, HoldForTrialsThatWereUnderWay) {
    ASSERT_THAT(choose_pin(amy, kPin), ::testing::IsEmpty());
    trials.open(amy, "pin", "", {}).value();
    for (int i = 0; i < 3; ++i) try_answer(amy, "pin", {{"pin", kWrongPin}}).value();
    TrialDesk late(early());
    const Session browser{.id = SessionId{"one"}, .digest = "one"};
    EXPECT_EQ(late.reply(amy, "pin", {{"pin", kPin}}, browser, {}).error().code, Errc::blocked);
    world.stores.clock.advance(Minutes{15});
    EXPECT_FALSE(late.reply(amy, "pin", {{"pin", kPin}}, browser, {}).value());
}

TEST_P(Blocks, HoldForPasswordsThatWereUnderWay) {
    SignIn door(world.parts);
    for (int i = 0; i < 5; ++i) ASSERT_FALSE(door.enter("amy", Secret("a wrong password"), {}));
    SignIn late(early());
    EXPECT_EQ(late.enter("amy", Secret("a password of old"), {}).error().code, Errc::blocked);
    world.stores.clock.advance(Minutes{15});
    EXPECT_TRUE(late.enter("amy", Secret("a password of old"), {}));
}

TEST_P(Blocks, OfResetsLetTheirOwnerSignIn) {
    world.stores.changes
        .commit({.blocks = {{amy.id, "", world.stores.clock.now() + Hours{72}, 1,
                             world.stores.clock.now()}}})
        .value();
    EXPECT_TRUE(SignIn(world.parts).enter("amy", Secret("a password of old"), {}));
}

TEST_P(Blocks, AreNotNeededForWhatNobodyCouldBe) {
    SignIn door(world.parts);
    const auto refusal = [&](const std::string& name, const std::string& password) {
        return door.enter(name, Secret(password), {}).error().code;
    };
    for (int i = 0; i < 9; ++i) EXPECT_EQ(refusal("amy", ""), Errc::wrong_credentials);
    EXPECT_EQ(refusal("\x01", "a password"), Errc::wrong_credentials);
}

TEST_P(Blocks, AreNotAllThatIsRecordedOfSigningIn) {
    static const Query kLast{"SELECT line FROM activity ORDER BY sequence DESC LIMIT 1"};
    SignIn door(world.parts);
    const auto recorded = [&](const std::string& name, const std::string& password) {
        (void)door.enter(name, Secret(password), {});
        const Json line = Json::parse(world.stores.text(kLast));
        return line.at("type").get<std::string>() + " " + line.at("reason").get<std::string>();
    };
    EXPECT_EQ(recorded("amy", "a password of old"), "session.signed_in ");
    EXPECT_EQ(recorded("amy", "a wrong password"), "session.refused wrong_password");
    EXPECT_EQ(recorded("nobody", "a wrong password"), "session.refused unknown");
}

ON_BOTH_DATABASES(Blocks);

}  // namespace
}  // namespace latchkey
