// A PIN that expires: from its date to the day on which it verifies nobody any more.
#include "tests/journeys/reminders.h"

#include <gmock/gmock.h>

namespace latchkey {
namespace {

class PinLifetime : public PinWorld {
 protected:
    EnrollmentDesk enrollment{world.parts};

    EnrollmentEntry entry(const Account& account) {
        for (auto& each : enrollment.overview(account))
            if (each.verification.name == "soft-pin") return each;
        throw std::logic_error("no PIN");
    }

    /// Does the right PIN prove anything?
    bool verifies(const std::string& name) {
        const RequestId id{"request-of-" + name + rfc3339(now())};
        const SessionId session{"browser"};
        if (!world.conductor.begin({"reset", name, id, session}, {})) return false;
        const auto chosen = world.conductor.choose(id, session, "soft-pin", "", {});
        if (!chosen) return false;
        const auto after =
            world.conductor.reply(id, session, "soft-pin", {{"pin", "480615"}}, 0, {});
        return after && after->request.current.empty();
    }
};

TEST_P(PinLifetime, EndsVerifyingAndNothingElse) {
    const Account amy = add("amy", days{90});
    EXPECT_TRUE(verifies("amy"));
    EXPECT_EQ(entry(amy).held->state, EnrollmentState::active);
    EXPECT_EQ(entry(amy).expires_at, now() + days{90});

    world.stores.clock.advance(days{90});
    EXPECT_FALSE(verifies("amy"));
    EXPECT_EQ(entry(amy).held->state, EnrollmentState::expired);
    EXPECT_EQ(entry(amy).expires_at, now());
}

TEST_P(PinLifetime, LooksLikeNoPinAtAllToAStranger) {
    add("amy", Milliseconds{0});
    world.stores.add(with_mail("ben").build());
    const auto way = [&](const std::string& name) {
        const RequestId id{"request-of-" + name};
        const SessionId session{"browser"};
        const auto statements = database->statements();
        const auto hashes = world.stores.crypto.hashes();
        EXPECT_TRUE(world.conductor.begin({"reset", name, id, session}, {}));
        EXPECT_TRUE(world.conductor.choose(id, session, "soft-pin", "", {}));
        const auto answered =
            world.conductor.reply(id, session, "soft-pin", {{"pin", "480615"}}, 0, {});
        EXPECT_TRUE(answered);
        return std::tuple(database->statements() - statements,
                          world.stores.crypto.hashes() - hashes,
                          answered ? answered->attempts_left : -1);
    };
    way("nobody");  // what is read only once
    EXPECT_EQ(way("amy"), way("ben"));
}

TEST_P(PinLifetime, ComesBackWhenItIsSwitchedOff) {
    add("amy", Milliseconds{0});
    EXPECT_FALSE(verifies("amy"));
    world.define(pin_definitions(Json::object()));
    world.stores.clock.advance(Hours{1});
    EXPECT_TRUE(verifies("amy"));
}

TEST_P(PinLifetime, GivesOldPinsTimeForAReminder) {
    const auto old = add(with_mail("old"), {}, days{400}).id;
    const auto young = add(with_mail("young"), {}, days{5}).id;
    const auto dated = add("dated", days{20}).id;
    work();
    EXPECT_EQ(pin_of(old).expires_at, now() + days{10});
    EXPECT_EQ(pin_of(young).expires_at, now() + days{85});
    EXPECT_EQ(pin_of(dated).expires_at, now() + days{20}) << "it had a date";
    EXPECT_THAT(deliver(), testing::ElementsAre("old enrollment_expires"));

    world.define(pin_definitions(Json::object()));
    work();
    for (const AccountId& id : {old, young, dated}) EXPECT_FALSE(pin_of(id).expires_at);
}

TEST_P(PinLifetime, BeginsAnewWithANewPin) {
    const Account amy = add("amy", days{1});
    work();  // a reminder waits
    // Replaced: the enrollment desk asks for the mailbox first, so the page is left out here.
    Enrollment pin = pin_of(amy.id);
    pin.expires_at = now() + days{90};
    world.stores.changes.commit({.enrollments = {pin}, .unreminded = amy.id}).value();
    EXPECT_THAT(deliver(), testing::IsEmpty()) << "what it asks for is done";
    world.stores.clock.advance(days{80});
    work();
    EXPECT_THAT(deliver(), testing::ElementsAre("amy enrollment_expires"));
}

TEST_P(PinLifetime, IsGivenToWhatIsEnrolledUnderIt) {
    const Account amy = world.stores.add(with_mail("amy").build());
    ASSERT_TRUE(enrollment.open(amy, "soft-pin", {}, "email-code", {}));
    const auto done =
        enrollment.reply(amy, "soft-pin", {{"pin", "480615"}, {"again", "480615"}}, {});
    ASSERT_TRUE(done);
    EXPECT_FALSE(*done) << "it is enrolled";
    EXPECT_EQ(pin_of(amy.id).expires_at, now() + days{90});
}

ON_BOTH_DATABASES(PinLifetime);

}  // namespace
}  // namespace latchkey
