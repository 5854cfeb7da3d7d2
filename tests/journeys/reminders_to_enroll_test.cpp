// Campaigns that ask people to enroll: who is reminded, how often, and until when.
#include "tests/journeys/reminders.h"

#include "tests/support/problems.h"

#include <gmock/gmock.h>

namespace latchkey {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class RemindersToEnroll : public CampaignWorld {};

TEST_P(RemindersToEnroll, GoToThoseWhoCannotCompleteTheProcess) {
    add("ready", days{90});
    world.stores.add(with_mail("short").build());
    world.stores.add(AccountBuilder("silent").build());
    ASSERT_TRUE(desk.add(drive(), origin));
    EXPECT_FALSE(desk.add(drive(), origin)) << "there is one";
    work();
    EXPECT_THAT(deliver(), IsEmpty()) << "a draft sends nothing";
    EXPECT_EQ(desk.audience("drive")->now, 1);
    EXPECT_EQ(desk.audience("drive")->without_address, 1);

    ASSERT_TRUE(desk.start("drive", origin));
    work();
    EXPECT_THAT(deliver(), ElementsAre("short enrollment_missing"));
    EXPECT_EQ(last.data.at("page"), "account");
    EXPECT_EQ(last.data.at("about").at("en"), "reset");
    EXPECT_THAT(last.data.at("reminder").at("why").at("en").get<std::string>(),
                testing::StartsWith("A sentence: reminder.enrollment.why"));
    for (int day = 0; day < 25; ++day) {
        world.stores.clock.advance(days{1});
        work();
    }
    EXPECT_THAT(deliver(), IsEmpty()) << "once is once";
    EXPECT_TRUE(look("drive").over);
}

TEST_P(RemindersToEnroll, AreRepeatedUntilItIsDoneOrTheDeadline) {
    const Account slow = world.stores.add(with_mail("slow").build());
    const Account never = world.stores.add(with_mail("never").build());
    ASSERT_TRUE(desk.add(drive(7), origin));
    ASSERT_TRUE(desk.start("drive", origin));
    std::map<std::int64_t, std::vector<std::string>> by_day;
    for (int day = 0; day < 30; ++day) {
        if (day == 10)
            world.stores.changes
                .commit({.enrollments = {{.account = slow.id,
                                          .verification = "soft-pin",
                                          .data = {{"pins", Json::array()}},
                                          .changed_at = now()}}})
                .value();
        work();
        if (auto lines = deliver(); !lines.empty()) by_day[day] = std::move(lines);
        world.stores.clock.advance(days{1});
    }
    EXPECT_THAT(by_day[0], SizeIs(2));
    EXPECT_THAT(by_day[7], SizeIs(2));
    EXPECT_THAT(by_day[14], ElementsAre("never enrollment_missing"));
    EXPECT_THAT(by_day, SizeIs(3)) << "the deadline is the twentieth day";
}

TEST_P(RemindersToEnroll, ReachEverybodyInPortions) {
    for (int i = 0; i < 650; ++i) world.stores.add(with_mail("p" + std::to_string(i)).build());
    ASSERT_TRUE(desk.add(drive(), origin));
    ASSERT_TRUE(desk.start("drive", origin));
    work();
    EXPECT_EQ(look("drive").report.waiting, 500) << "no more wait than can be stopped at once";
    EXPECT_TRUE(desk.work("host/1")) << "it is not over";
    EXPECT_THAT(deliver(50), SizeIs(50));
    work();
    EXPECT_EQ(look("drive").report.waiting, 500);
    EXPECT_THAT(deliver(150), SizeIs(150));
    ASSERT_TRUE(desk.pause("drive", "", origin));
    ASSERT_TRUE(desk.resume("drive", origin));
    for (int i = 0; i < 4; ++i) {
        work();
        deliver();
    }
    EXPECT_EQ(got.size(), 650U);
    expect_nobody_twice();
}

TEST_P(RemindersToEnroll, KeepToTheirGroups) {
    world.stores.add(with_mail("staff").in_group("staff").build());
    world.stores.add(with_mail("guest").in_group("guests").build());
    Json json = drive();
    json["groups"] = "staff";
    ASSERT_TRUE(desk.add(json, origin));
    ASSERT_TRUE(desk.start("drive", origin));
    work();
    EXPECT_THAT(deliver(), ElementsAre("staff enrollment_missing"));
}

TEST_P(RemindersToEnroll, GoToNobodyWhomTheyDoNotHelp) {
    Json definitions = pin_definitions();
    definitions["verifications"].push_back(
        {{"name", "facts"},
         {"type", "personal_data"},
         {"title", {{"en", "Facts"}}},
         {"settings",
          {{"attributes", {{{"attribute", "birthday"}, {"label", {{"en", "Birthday"}}}}}}}}});
    definitions["processes"][0]["groups"] = {"staff"};
    definitions["processes"][0]["verifications"].push_back({{"verification", "facts"}});
    world.define(definitions);
    add(with_mail("ready").in_group("staff"), days{90});  // whose birthday nobody can enroll
    world.stores.add(with_mail("guest").in_group("guests").build());
    world.stores.add(with_mail("gone").in_group("staff").disabled().build());
    ASSERT_TRUE(desk.add(drive(), origin));
    ASSERT_TRUE(desk.start("drive", origin));
    EXPECT_EQ(desk.audience("drive")->now, 0);
    EXPECT_EQ(desk.audience("drive")->later, 0);
    work();
    EXPECT_THAT(deliver(), IsEmpty());
}

TEST_P(RemindersToEnroll, WaitForTheirFirstDayAndAreCountedUntilThen) {
    world.stores.add(with_mail("short").build());
    Json json = drive();
    json["starts_on"] = "2026-01-05";
    ASSERT_TRUE(desk.add(json, origin));
    ASSERT_TRUE(desk.start("drive", origin));
    const auto audience = [&] {
        const Audience counted = desk.audience("drive").value();
        return std::vector{counted.now, counted.later};
    };
    EXPECT_THAT(audience(), ElementsAre(0, 1));
    EXPECT_FALSE(desk.work("host/1"));
    world.stores.clock.advance(days{4});
    EXPECT_THAT(audience(), ElementsAre(1, 0));
    work();
    EXPECT_THAT(deliver(), SizeIs(1));
    EXPECT_THAT(audience(), ElementsAre(0, 1)) << "reached in this round";
    world.stores.clock.set(kNewYear + days{20} - Milliseconds{1});
    EXPECT_FALSE(look("drive").over);
    world.stores.clock.advance(Milliseconds{1});
    EXPECT_TRUE(look("drive").over);
    EXPECT_FALSE(desk.work("host/1"));
}

TEST_P(RemindersToEnroll, ForAProcessAreNotThoseOfAVerificationOfThatName) {
    Json definitions = pin_definitions();
    definitions["settings"]["soft_pin.enrollment.enabled"] = false;
    definitions["processes"][0]["name"] = kName;
    world.define(definitions);
    world.stores.add(with_mail("short").build());
    Json json = drive();
    json["about"] = kName;
    ASSERT_TRUE(desk.add(json, origin));
    EXPECT_THAT(
        desk.preview("drive", "en")->data.at("reminder").at("why").at("en").get<std::string>(),
        testing::StartsWith("A sentence: reminder.enrollment.why"));
}

ON_BOTH_DATABASES(RemindersToEnroll);

}  // namespace
}  // namespace latchkey
