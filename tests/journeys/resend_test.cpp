// Another code: when it may be had, and that it is refused elsewhere too (R6, S12).
#include "tests/journeys/factors.h"

namespace latchkey {
namespace {

class Resending : public FactorTest {
 protected:
    Result<Proceeding> choose_mail() {
        return world.conductor.choose(request, session, "mail", "profile", {});
    }
    Result<Proceeding> resend() {
        return world.conductor.reply(request, session, "mail", {{"action", "resend"}}, {}, {});
    }

    Account amy = add("amy");
};

TEST_P(Resending, GivesAnotherCodeFromItsVeryTimeOn) {
    begin("reset", "amy");
    const auto first = choose_mail().value();
    const auto from = not_before(first.request.step("mail")->prompt, "resend").value();
    EXPECT_EQ(sent().size(), 1U);
    world.stores.clock.set(from - Milliseconds{1});
    EXPECT_EQ(resend().error().code, Errc::resend_too_soon);
    EXPECT_TRUE(sent().empty());
    world.stores.clock.set(from);
    EXPECT_TRUE(resend());
    EXPECT_EQ(sent().size(), 1U);
}

TEST_P(Resending, IsRefusedInAnotherRequestAsWell) {
    begin("reset", "amy");
    ASSERT_TRUE(choose_mail());
    EXPECT_EQ(sent().size(), 1U);
    begin("reset", "amy");
    EXPECT_EQ(choose_mail().error().code, Errc::resend_too_soon);
    EXPECT_TRUE(sent().empty());
}

TEST_P(Resending, TakesTheDaysCodesOfAllAddressesTogether) {
    desk.open(amy, "mail", "", "mail", {}).value();
    desk.reply(amy, "mail", {{"address", "amy@home.example"}}, {}).value();
    desk.reply(amy, "mail", {{"code", code_sent()}}, {}).value();
    ASSERT_FALSE(desk.reply(amy, "mail", {}, {}).value());
    world.stores.clock.advance(Hours{24});
    world.define(DefinitionsBuilder()
                     .verification("mail", "email_code", {{"max_per_day", 1}})
                     .process("reset", {"mail"})
                     .build());
    const auto places = begin("reset", "amy").offers.at(0).destinations;
    ASSERT_EQ(places.size(), 2U);
    ASSERT_TRUE(world.conductor.choose(request, session, "mail", places[0].id, {}));
    begin("reset", "amy");
    EXPECT_EQ(world.conductor.choose(request, session, "mail", places[1].id, {}).error().code,
              Errc::daily_limit_reached);
}

ON_BOTH_DATABASES(Resending);

}  // namespace
}  // namespace latchkey
