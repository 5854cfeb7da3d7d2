// Campaigns: everybody concerned is told in time, and nobody twice.
#include "tests/journeys/reminders.h"

#include "tests/support/at_once.h"
#include "tests/support/problems.h"

#include <gmock/gmock.h>

namespace latchkey {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class Reminders : public CampaignWorld {};

TEST_P(Reminders, ComeTenThreeAndOneDayBeforeAPinExpires) {
    add("amy", days{11});
    std::vector<std::pair<std::int64_t, std::string>> days_left;
    for (int hour = 0; hour < 24 * 12; ++hour) {
        work();
        for (const auto& line : deliver())
            days_left.emplace_back((kNewYear + days{11} - now()) / days{1}, line);
        world.stores.clock.advance(Hours{1});
    }
    EXPECT_THAT(days_left, ElementsAre(std::pair(10, "amy enrollment_expires"),
                                       std::pair(3, "amy enrollment_expires"),
                                       std::pair(1, "amy enrollment_expires")));
}

TEST_P(Reminders, SayAllSixPartsAndLeadStraightToThePage) {
    add("amy", days{9});
    work();
    deliver();
    EXPECT_EQ(last.lane, Lane::bulk);
    EXPECT_EQ(last.data.at("page"), "account/enroll/soft-pin");
    EXPECT_EQ(last.data.at("until"), millis(now() + days{9}));
    for (const auto part : kReminderParts) {
        const Json& words = last.data.at("reminder").at(std::string(part));
        EXPECT_EQ(words.size(), 2U) << part;
    }
    EXPECT_EQ(last.data.at("reminder")
                  .at("why")
                  .at("en")
                  .get<std::string>()
                  .find("A sentence: soft_pin.expiry.why"),
              0U)
        << "what it is for, its type says";
    const auto begins = [&](const std::string& part, const std::string& id) {
        const auto words = last.data.at("reminder").at(part).at("en").get<std::string>();
        EXPECT_THAT(words, testing::StartsWith("A sentence: " + id));
    };
    begins("what", "reminder.expiry.what");
    begins("otherwise", "soft_pin.expiry.otherwise");
    EXPECT_EQ(last.data.at("about").at("en"), "soft-pin");
}

TEST_P(Reminders, GoToNobodyWhoCannotReadOrFollowThem) {
    add(AccountBuilder("without-mail"), days{9});
    add(with_mail("disabled").disabled(), days{9});
    add("later", days{30});
    add("expired", -days{1});
    work();
    EXPECT_THAT(deliver(), IsEmpty());
    const Audience audience = desk.audience(kName).value();
    EXPECT_EQ(audience.now, 0);
    EXPECT_EQ(audience.later, 1);
    EXPECT_EQ(audience.without_address, 1);
}

TEST_P(Reminders, AreCountedBeforeTheyAreSent) {
    world.define(pin_definitions());
    add_many(3, days{9});
    add("later", days{30});
    ASSERT_TRUE(desk.add({{"name", "by-hand"}, {"kind", "expiry"}, {"about", "soft-pin"}}, origin));
    EXPECT_EQ(desk.audience("by-hand")->now, 3);
    EXPECT_EQ(desk.audience("by-hand")->later, 1);
    EXPECT_EQ(desk.preview("by-hand", "es")->locale, "es");
    EXPECT_EQ(desk.preview("by-hand", "es")->data.at("until"), millis(now() + days{10}));
    ASSERT_TRUE(desk.add(drive(), origin));
    EXPECT_EQ(desk.preview("drive", "es")->data.at("until"), millis(kNewYear + days{20}));
    std::vector<std::string> names;
    for (const auto& view : desk.list()) names.push_back(view.campaign.name);
    EXPECT_THAT(names, ElementsAre("by-hand", "drive"));
    EXPECT_THAT(deliver(), IsEmpty()) << "counting and looking send nothing";
}

TEST_P(Reminders, AreSentToEachPersonOnceByManyProcesses) {
    add_many(150, days{9});
    work("host/0");  // the campaign is there, and perhaps a batch
    at_once(4, [&](std::size_t i) { work("host/" + std::to_string(i)); });
    for (int round = 0; round < 4; ++round) {
        world.stores.clock.advance(Minutes{3});
        work("host/" + std::to_string(round));
    }
    EXPECT_THAT(deliver(), SizeIs(150));
    expect_nobody_twice();
}

TEST_P(Reminders, WaitForTheLeaseOfAProcessThatDied) {
    add_many(2, days{9});
    world.stores.campaigns.add(expiry_campaign(kName), nullptr);
    const auto plan = [&](const std::string& worker) {
        const Lease lease{worker, now(), now() + Minutes{2}};
        return world.stores.campaigns.plan(expiry_campaign(kName), lease, {}, now(), {});
    };
    ASSERT_TRUE(plan("killed"));
    EXPECT_FALSE(desk.work("other"));
    EXPECT_THAT(deliver(), IsEmpty());
    world.stores.clock.advance(Minutes{2});
    work("other");
    EXPECT_THAT(deliver(), SizeIs(2));
    EXPECT_FALSE(plan("killed")) << "what it was about to commit comes too late";
    work("third");
    EXPECT_THAT(deliver(), IsEmpty());
}

TEST_P(Reminders, StopAtOnceWhenPausedAndGoOnWithoutRepeating) {
    add_many(20, days{9});
    work();
    EXPECT_THAT(deliver(7), SizeIs(7));
    ASSERT_TRUE(desk.pause(kName, "the mail server complains", origin));
    EXPECT_THAT(deliver(), IsEmpty()) << "what was queued stops as well";
    EXPECT_EQ(look().campaign.reason, (Words{{"", "the mail server complains"}}));
    EXPECT_EQ(look().report.waiting, 0);
    EXPECT_EQ(look().report.sent, 7);
    work();
    EXPECT_THAT(deliver(), IsEmpty());
    EXPECT_EQ(desk.pause(kName, "", origin).error().code, Errc::already_answered);

    ASSERT_TRUE(desk.resume(kName, origin));
    work();
    EXPECT_THAT(deliver(), SizeIs(13));
    expect_nobody_twice();
    EXPECT_EQ(look().report.sent, 20);
}

TEST_P(Reminders, UnderWayWhenPausedAreNotSentAgain) {
    add_many(3, days{9});
    work();
    const auto claimed = world.stores.messages.claim("w", 3, now(), Minutes{1});
    ASSERT_THAT(claimed, SizeIs(3));
    ASSERT_TRUE(desk.pause(kName, "", origin));
    // One is taken, one may be tried later, and the worker of the third is killed.
    world.stores.messages.settle(claimed[0].message.id, "w", {Outcome::Kind::accepted, true, ""},
                                 now(), {});
    world.stores.messages.settle(claimed[1].message.id, "w", {Outcome::Kind::temporary, true, ""},
                                 now(), now() + Seconds{30});
    world.stores.clock.advance(Minutes{5});
    EXPECT_THAT(deliver(), IsEmpty()) << "it is paused";
    work();
    EXPECT_THAT(deliver(), IsEmpty());
    ASSERT_TRUE(desk.resume(kName, origin));
    work();
    EXPECT_THAT(deliver(), SizeIs(1)) << "the one that surely was not sent";
    EXPECT_EQ(look().report.sent, 3);
}

TEST_P(Reminders, ThatAreCancelledAreTakenBackFromThoseWhoGotThem) {
    add_many(10, days{9});
    work();
    deliver(4);
    const Words reason{{"en", "The PIN stays as it is."}, {"es", "El PIN sigue igual."}};
    EXPECT_FALSE(desk.cancel(kName, {}, origin)) << "those concerned are told why";
    ASSERT_TRUE(desk.cancel(kName, reason, origin));
    EXPECT_TRUE(desk.work("host/1"));
    EXPECT_FALSE(desk.work("host/2"));
    const auto corrections = deliver();
    EXPECT_THAT(corrections, SizeIs(4));
    EXPECT_EQ(last.wording, "reminder_withdrawn");
    EXPECT_EQ(last.data.at("reason").at("words"), Json(reason));
    expect_nobody_twice();
    EXPECT_EQ(look().report.corrected, 4);
    world.stores.clock.advance(days{1});
    work();
    EXPECT_THAT(deliver(), IsEmpty()) << "a cancelled campaign never sends again";
    EXPECT_FALSE(desk.resume(kName, origin));
    EXPECT_FALSE(desk.start(kName, origin));
}

TEST_P(Reminders, OfLongAgoAreNotTakenBack) {
    add("amy", days{1});
    work();
    deliver();
    world.stores.clock.advance(days{2});
    ASSERT_TRUE(desk.cancel(kName, {{"en", "No more lifetimes."}}, origin));
    work();
    EXPECT_THAT(deliver(), IsEmpty()) << "what it said by when is over";
}

TEST_P(Reminders, AreNotSentWhileTheirTextOrTheirPageIsMissing) {
    add("amy", days{9});
    Json closed = pin_definitions();
    closed["settings"]["soft_pin.enrollment.enabled"] = false;
    world.define(closed);
    EXPECT_FALSE(desk.work("host/1"));
    EXPECT_THAT(deliver(), IsEmpty());
    EXPECT_THAT(listed(look().faults), ElementsAre("/where reminder_closed"));
    world.define(pin_definitions());
    work();
    EXPECT_THAT(deliver(), SizeIs(1));
}

TEST_P(Reminders, AreRefusedIfAnybodyCouldMisunderstandThem) {
    Json json = drive();
    json["otherwise"] = {{"en", "Nothing."}};
    const auto refused = desk.add(json, origin);
    EXPECT_THAT(listed(refused),
                ElementsAre("/otherwise/en reminder_length", "/otherwise/es reminder_lacks"));
    EXPECT_EQ(desk.look("drive").error().code, Errc::not_found);
}

TEST_P(Reminders, KeepToTheirGroupsHoweverManyOthersComeFirst) {
    for (int i = 0; i < 100; ++i)
        add(with_mail("guest" + std::to_string(i)).in_group("guests"), days{8});
    add(with_mail("staff").in_group("staff"), days{9});
    ASSERT_TRUE(desk.add(
        {{"name", "by-hand"}, {"kind", "expiry"}, {"about", "soft-pin"}, {"groups", "staff"}},
        origin));
    ASSERT_TRUE(desk.start("by-hand", origin));
    world.stores.campaigns.add(expiry_campaign(kName), nullptr);
    ASSERT_TRUE(desk.pause(kName, "", origin));
    work();
    EXPECT_THAT(deliver(), ElementsAre("staff enrollment_expires"));
}

TEST_P(Reminders, GoToNobodyWhoseProcessesDoNotTakeThePin) {
    Json definitions = pin_definitions();
    definitions["processes"][0]["groups"] = {"staff"};
    world.define(definitions);
    add(with_mail("staff").in_group("staff"), days{9});
    add(with_mail("guest").in_group("guests"), days{9});
    work();
    EXPECT_THAT(deliver(), ElementsAre("staff enrollment_expires"));
}

TEST_P(Reminders, ArePlannedByOneProcessAtATimeAHundredAtOnce) {
    for (int i = 0; i < 120; ++i) world.stores.add(with_mail("p" + std::to_string(i)).build());
    ASSERT_TRUE(desk.add(drive(), origin));
    ASSERT_TRUE(desk.start("drive", origin));
    EXPECT_TRUE(desk.work("host/1"));
    EXPECT_EQ(look("drive").report.waiting, 100);
    EXPECT_FALSE(desk.work("host/2"));
    EXPECT_EQ(look("drive").report.waiting, 100);
    EXPECT_TRUE(desk.work("host/1"));
    EXPECT_FALSE(desk.work("host/1")) << "everybody is reached";
    EXPECT_EQ(look("drive").report.waiting, 120);
}

TEST_P(Reminders, OfAnExpiryAreOverWhenEverybodyIsReached) {
    add_many(2, days{9});
    EXPECT_TRUE(desk.work("host/1"));
    EXPECT_FALSE(desk.work("host/1"));
    EXPECT_THAT(deliver(), SizeIs(2));
    world.define(pin_definitions(Json::object()));
    EXPECT_TRUE(desk.work("host/1")) << "the PINs last for ever now";
    EXPECT_FALSE(desk.work("host/1"));
}

TEST_P(Reminders, ThatWaitLongAreSaidToBeLate) {
    add("amy", days{9});
    work();
    EXPECT_FALSE(look().lags);
    EXPECT_FALSE(look().over) << "it has no end";
    world.stores.clock.advance(Minutes{15});
    EXPECT_FALSE(look().lags);
    world.stores.clock.advance(Milliseconds{1});
    EXPECT_TRUE(look().lags);
}

TEST_P(Reminders, LeaveATraceOfWhoeverMovedThem) {
    work();
    ASSERT_TRUE(desk.pause(kName, "why", origin));
    const Query trace{"SELECT COUNT(*) FROM activity WHERE type = 'campaign.paused'"};
    EXPECT_EQ(world.stores.number(trace), 1);
    EXPECT_FALSE(world.stores.log.verify());
}

ON_BOTH_DATABASES(Reminders);

}  // namespace
}  // namespace latchkey
