#include "engine/profile.h"

#include "tests/journeys/factors.h"

namespace latchkey {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Profiles : public FactorTest {
 protected:
    Result<void> change(const Account& before, const Account& after) {
        return save_profile(world.parts, before, after, {},
                            {.type = ActivityType::account_changed,
                             .at = world.stores.clock.now(),
                             .actor = "command",
                             .account = after.id});
    }
    std::vector<std::string> told() {
        std::vector<std::string> places;
        for (const Message& message : sent())
            if (message.wording == "contact_changed") places.push_back(message.to);
        return places;
    }

    Account amy = add("amy");
    Account moved = [this] {
        Account account = amy;
        account.attributes["email"] = "amelia@example.net";
        return account;
    }();
};

TEST_P(Profiles, ThatChangeWhereCodesGoAreToldThereAndAtTheFormerPlace) {
    ASSERT_TRUE(change(amy, moved));
    EXPECT_THAT(told(), UnorderedElementsAre("amy@example.org", "amelia@example.net"));
}

TEST_P(Profiles, ThatLoseTheirAddressAreToldAtTheFormerOne) {
    Account silent = amy;
    silent.attributes.erase("email");
    ASSERT_TRUE(change(amy, silent));
    EXPECT_THAT(told(), UnorderedElementsAre("amy@example.org"));
}

TEST_P(Profiles, ThatChangeInOtherWaysTellNobody) {
    Account renamed = amy;
    renamed.attributes["given_name"] = "Amelia";
    renamed.groups = {"staff"};
    ASSERT_TRUE(change(amy, renamed));
    EXPECT_THAT(told(), IsEmpty());
}

TEST_P(Profiles, TellNobodyOfWhatWasNotKept) {
    ASSERT_TRUE(change(amy, moved));
    (void)told();
    EXPECT_EQ(change(amy, moved).error().code, Errc::conflict) << "an older copy";
    EXPECT_THAT(told(), IsEmpty());
}

TEST_P(Profiles, TellNobodyWhereThatIsSwitchedOff) {
    const auto definitions = factor_definitions().setting("notices.profile_changes", false).build();
    world.define(definitions);
    ASSERT_TRUE(change(amy, moved));
    EXPECT_THAT(told(), IsEmpty());
}

TEST_P(Profiles, CarryNoResetByAnAddressThatChangedLessThanThreeDaysAgo) {
    ASSERT_TRUE(change(amy, moved));
    const TimePoint changed = world.stores.clock.now();
    const auto proved = [&](int hours) {
        world.stores.clock.set(changed + Hours{hours});
        begin("reset", "amy");
        return pass_mail();
    };
    EXPECT_EQ(proved(0).request.state, RequestState::verifying);
    EXPECT_EQ(proved(71).too_new, Hours{72});
    EXPECT_EQ(act().error().code, Errc::not_verified);
    EXPECT_EQ(proved(73).request.state, RequestState::verified);
}

TEST_P(Profiles, CarryAResetByAnAddressThatIsOnlyWrittenInAnotherWay) {
    Account louder = amy;
    louder.attributes["email"] = "AMY@example.org";
    louder.attributes["phone"] = "+12025550123";
    ASSERT_TRUE(change(amy, louder));
    begin("reset", "amy");
    EXPECT_EQ(pass_mail().request.state, RequestState::verified);
}

ON_BOTH_DATABASES(Profiles);

}  // namespace
}  // namespace latchkey
