// "This was not me": the link in a notice stops everything and puts back what was there (S30).
#include "db/stores/housekeeping.h"
#include "tests/journeys/factors.h"

namespace latchkey {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class Restoring : public FactorTest {
 protected:
    Account amy = add("amy");

    /// The token in the notices that were sent since the last look.
    std::string token() {
        for (const Message& message : sent())
            if (message.data.contains("link")) return message.data.at("link").get<std::string>();
        throw std::logic_error("no notice");
    }
};

TEST_P(Restoring, TakesAwayWhatAnIntruderAdded) {
    enroll_app(amy);
    const std::string link = token();
    EXPECT_THAT(notices.look(link)->restored, SizeIs(1));
    EXPECT_EQ(state(amy, "app"), FactorState::active) << "looking changes nothing";
    ASSERT_TRUE(notices.freeze(link, {}));
    EXPECT_EQ(state(amy, "app"), FactorState::revoked);
    EXPECT_FALSE(notices.look(link)) << "once";
    EXPECT_EQ(notices.freeze(link, {}).error().code, Errc::not_found);
    EXPECT_THAT(sent(), Contains(Field(&Message::wording, "enrollment_restored")));
}

TEST_P(Restoring, BringsBackWhatAnIntruderRemovedOrReplaced) {
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    const std::string key = enroll_app(amy);
    world.stores.clock.advance(Hours{100});
    (void)sent();
    ASSERT_THAT(choose_pin(amy, "261940"), IsEmpty());
    const std::string first = token();
    world.stores.clock.advance(Hours{1});
    ASSERT_TRUE(desk.remove(amy, "app", "", "mail", {}));
    const std::string second = token();
    world.stores.clock.advance(Hours{70});

    const auto done = notices.freeze(first, {});
    EXPECT_THAT(done->restored, SizeIs(2)) << "that and what came after it";
    EXPECT_FALSE(notices.look(second)) << "what it knew of is undone";
    EXPECT_TRUE(world.stores.crypto
                    .match_secret(held(amy, "pin")->data.at("pins").at(0).get<std::string>(), kPin)
                    .equal);
    EXPECT_EQ(held(amy, "app")->data.at("items").at(0).at("key"), key);
    EXPECT_EQ(state(amy, "app"), FactorState::active);
}

TEST_P(Restoring, LeavesAnEarlierLinkToItsOwner) {
    enroll_app(amy);  // by an intruder
    const std::string of_owner = token();
    world.stores.clock.advance(Hours{1});
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    ASSERT_TRUE(notices.freeze(token(), {}));
    EXPECT_EQ(state(amy, "app"), FactorState::active);
    ASSERT_TRUE(notices.freeze(of_owner, {}));
    EXPECT_EQ(state(amy, "app"), FactorState::revoked);
}

TEST_P(Restoring, WorksForThreeDays) {
    enroll_app(amy);
    const std::string link = token();
    world.stores.clock.advance(Hours{72});
    EXPECT_FALSE(notices.look(link));
    EXPECT_FALSE(notices.freeze(link, {}));
}

TEST_P(Restoring, StopsChangesAndEndsSessions) {
    world.stores.sessions.save({.id = SessionId{"thief"},
                                .digest = "d",
                                .account = amy.id,
                                .created_at = world.stores.clock.now(),
                                .seen_at = world.stores.clock.now()});
    enroll_app(amy);
    ASSERT_TRUE(notices.freeze(token(), {}));
    EXPECT_FALSE(world.stores.sessions.find("d"));
    EXPECT_EQ(desk.open(amy, "pin", "", "mail", {}).error().code, Errc::blocked);
    EXPECT_EQ(desk.remove(amy, "app", "", "mail", {}).error().code, Errc::blocked);
    EXPECT_EQ(desk.frozen_until(amy), world.stores.clock.now() + Hours{72});
    world.stores.clock.advance(Hours{72});
    EXPECT_TRUE(desk.open(amy, "pin", "", "mail", {}));
}

TEST_P(Restoring, CannotBeUndoneByTheNoticeAboutIt) {
    enroll_app(amy);
    ASSERT_TRUE(notices.freeze(token(), {}));
    EXPECT_THAT(notices.look(token())->restored, IsEmpty());
}

TEST_P(Restoring, ForgetsNoCodeThatWasTaken) {
    const std::string key = enroll_app(amy);
    (void)sent();
    enroll_app(amy);
    const std::string link = token();
    trials.open(amy, "app", "", {}).value();
    ASSERT_FALSE(try_answer(amy, "app", {{"code", app_code(key)}}).value());
    ASSERT_TRUE(notices.freeze(link, {}));
    const Json items = held(amy, "app")->data.at("items");
    ASSERT_THAT(items, SizeIs(1));
    EXPECT_EQ(items.at(0).at("key"), key);
    EXPECT_EQ(items.at(0).at("last_step"), time_step(world.stores.clock.now())) << "S29";
}

TEST_P(Restoring, KeepsWhatWasThereSealedAndNoLongerThanItIsNeeded) {
    enroll_app(amy);
    ASSERT_TRUE(desk.remove(amy, "app", "", "mail", {}));
    const Query newest{"SELECT data FROM former_enrollment WHERE version > 0"};
    EXPECT_THAT(world.stores.text(newest), testing::StartsWith("k1."));
    EXPECT_THAT(world.stores.text(newest), Not(testing::HasSubstr("key")));
    world.stores.clock.advance(Hours{73});
    purge(*database, world.stores.clock.now());
    EXPECT_EQ(world.stores.number(Query{"SELECT COUNT(*) FROM former_enrollment"}), 0);
}

ON_BOTH_DATABASES(Restoring);

}  // namespace
}  // namespace latchkey
