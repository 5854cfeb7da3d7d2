// The act: what each purpose does, for whom, how soon again, and the same form sent twice at once.
#include "tests/journeys/factors.h"
#include "tests/journeys/quicker.h"

namespace latchkey {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class Acting : public FactorTest {
 protected:
    Acting() {
        const auto purpose = [](const char* name) { return Json{{"purpose", name}}; };
        world.define(factor_definitions()
                         .process("unlock", {"mail"}, purpose("unlock_account"))
                         .process("both", {"mail"}, purpose("reset_and_unlock"))
                         .process("verify", {"mail"}, purpose("verify_identity"))
                         .process("seldom", {"mail"}, {{"limits", {{"success_wait", "1h"}}}})
                         .build());
    }

    /// A request of which nothing but the act is missing.
    void prove(const std::string& process) {
        world.stores.clock.advance(Minutes{5});  // another code may be had
        begin(process, "amy");
        (void)sent();
        ASSERT_EQ(pass_mail().request.state, RequestState::verified);
    }
    Result<Proceeding> act(Conductor& conductor) {
        const Secret password("violet kettle seven oceans " + std::to_string(++passwords_));
        return conductor.act(request, session, password, {});
    }
    Result<Proceeding> act() { return act(world.conductor); }

    Account amy = add("amy");

 private:
    int passwords_ = 0;
};

TEST_P(Acting, DoesWhatTheProcessIsForAndSaysSo) {
    static const Query kTrace{
        "SELECT type FROM activity WHERE line LIKE $1 AND type IN ('password.changed', "
        "'account.unlocked') ORDER BY sequence"};
    const auto done = [&](const std::string& process) {
        prove(process);
        EXPECT_EQ(act()->request.state, RequestState::completed) << process;
        std::vector<std::string> told;
        for (const Message& message : sent()) told.push_back(message.wording);
        const Rows trace = database->read(
            [&](Transaction& t) { return t.run(kTrace, "%" + request.text() + "%"); });
        for (std::size_t row = 0; row < trace.size(); ++row) told.push_back(trace.text(row, 0));
        return told;
    };
    EXPECT_THAT(done("reset"), ElementsAre("password_changed", "password.changed"));
    EXPECT_THAT(done("unlock"), ElementsAre("account_unlocked", "account.unlocked"));
    EXPECT_THAT(done("both"),
                ElementsAre("password_changed", "password.changed", "account.unlocked"));
    EXPECT_THAT(done("verify"), IsEmpty());
}

TEST_P(Acting, EndsBlocksUnlessItOnlyVerified) {
    const auto blocked = [&] { return !world.stores.budgets.blocks(amy.id).empty(); };
    world.stores.changes.commit({.blocks = {{amy.id, "app", kNewYear + Hours{9}, 1, kNewYear}}})
        .value();
    prove("verify");
    ASSERT_TRUE(act());
    EXPECT_TRUE(blocked());
    prove("unlock");
    ASSERT_TRUE(act());
    EXPECT_FALSE(blocked());
}

TEST_P(Acting, IsNotForWhoWasDisabledMeanwhile) {
    prove("reset");
    amy = world.stores.accounts.find(amy.id).value();
    amy.disabled = true;
    world.stores.changes.commit({.account = Change::AccountChange{amy}}).value();
    EXPECT_EQ(act().error().code, Errc::request_closed);
}

TEST_P(Acting, WaitsAfterASuccessForAsLongAsTheProcessSays) {
    prove("seldom");
    ASSERT_TRUE(act());
    const TimePoint again = world.stores.clock.now() + Hours{1};
    world.stores.clock.set(again - Minutes{9});
    prove("seldom");
    world.stores.clock.set(again - Milliseconds{1});
    const auto early = act();
    EXPECT_EQ(early.error().code, Errc::rate_limited);
    EXPECT_EQ(early.error().until, again);
    world.stores.clock.set(again);
    EXPECT_TRUE(act());
}

TEST_P(Acting, TwiceAtOnceIsOneSuccessForBoth) {
    prove("seldom");
    QuickerReader reader(world.stores.requests, [&] { ASSERT_TRUE(act()); });
    Conductor waits(with(world.parts, reader, world.stores.changes));
    EXPECT_EQ(act(waits)->request.state, RequestState::completed);

    prove("reset");
    QuickerWriter changes(world.stores.changes, [&] { ASSERT_TRUE(act()); });
    Conductor commits(with(world.parts, world.stores.requests, changes));
    EXPECT_EQ(act(commits)->request.state, RequestState::completed);
}

TEST_P(Acting, HasTheTransactionLookForTheProofsAgain) {
    QuickerWriter changes(world.stores.changes);
    Conductor watched(with(world.parts, world.stores.requests, changes));
    prove("reset");
    ASSERT_TRUE(act(watched));
    EXPECT_THAT(changes.last.act->required, ElementsAre("mail"));
    EXPECT_THAT(changes.last.act->optional, UnorderedElementsAre("app", "codes"));

    const std::string key = enroll_app(amy);
    world.stores.clock.advance(Minutes{5});
    begin("reset", "amy");
    (void)sent();
    ASSERT_EQ(pass_mail().request.state, RequestState::verifying);
    ASSERT_TRUE(answer("app", {{"code", app_code(key)}}));
    ASSERT_TRUE(act(watched));
    EXPECT_THAT(changes.last.act->required, UnorderedElementsAre("mail", "app"))
        << "the stronger one was demanded";
}

ON_BOTH_DATABASES(Acting);

}  // namespace
}  // namespace latchkey
