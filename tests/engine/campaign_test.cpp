#include "engine/campaign.h"

#include "engine/enrollment.h"
#include "tests/support/builders.h"
#include "tests/support/problems.h"
#include "tests/support/stub_verification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey {
namespace {

using std::chrono::days;
using testing::ElementsAre;
using testing::IsEmpty;

const TimePoint kEnd = kNewYear + days{90};

/// The reminder that is due so long before the end, as days before it; 0: none.
std::int64_t due(Milliseconds before_end, const Campaign& campaign = expiry_campaign("pin")) {
    const auto round = expiry_round(campaign, kEnd, kEnd - before_end);
    return round ? (kEnd - round->due) / days{1} : 0;
}

TEST(ExpiryRound, IsDueTenThreeAndOneDayBeforeTheEnd) {
    EXPECT_EQ(due(days{10} + Milliseconds{1}), 0);
    EXPECT_EQ(due(days{10}), 10);
    EXPECT_EQ(due(days{3} + Milliseconds{1}), 10);
    EXPECT_EQ(due(days{3}), 3);
    EXPECT_EQ(due(days{1} + Milliseconds{1}), 3);
    EXPECT_EQ(due(days{1}), 1);
    EXPECT_EQ(due(Milliseconds{1}), 1);
    EXPECT_EQ(due(Milliseconds{0}), 0);
    EXPECT_EQ(due(-days{1}), 0);
}

TEST(ExpiryRound, IsObsoleteWhenTheNextOneIsDue) {
    const Campaign campaign = expiry_campaign("pin");
    EXPECT_EQ(expiry_round(campaign, kEnd, kEnd - days{9})->obsolete, kEnd - days{3});
    EXPECT_EQ(expiry_round(campaign, kEnd, kEnd - days{2})->obsolete, kEnd - days{1});
    EXPECT_EQ(expiry_round(campaign, kEnd, kEnd - Hours{2})->obsolete, kEnd);
    EXPECT_EQ(expiry_round(campaign, kEnd, kEnd - days{9})->until, kEnd);
}

Campaign calendar(std::int64_t every_days) {
    return {.name = "autumn",
            .kind = CampaignKind::enrollment,
            .about = "reset",
            .every_days = every_days,
            .starts_at = kNewYear,
            .deadline = kNewYear + days{20}};
}

TEST(CalendarRound, RunsFromTheFirstDayToTheDeadline) {
    EXPECT_FALSE(calendar_round(calendar(0), kNewYear - Milliseconds{1}));
    EXPECT_EQ(calendar_round(calendar(0), kNewYear)->due, kNewYear);
    EXPECT_EQ(calendar_round(calendar(0), kNewYear + days{19})->due, kNewYear);
    EXPECT_EQ(calendar_round(calendar(0), kNewYear + days{19})->until, kNewYear + days{20});
    EXPECT_FALSE(calendar_round(calendar(0), kNewYear + days{20}));
    Campaign draft = calendar(0);
    draft.starts_at.reset();
    EXPECT_FALSE(calendar_round(draft, kNewYear)) << "it begins when it is started";
}

TEST(CalendarRound, BeginsAnewAsOftenAsIsAskedFor) {
    const auto round = calendar_round(calendar(7), kNewYear + days{15});
    EXPECT_EQ(round->due, kNewYear + days{14});
    EXPECT_EQ(round->obsolete, kNewYear + days{20}) << "the deadline comes before the next round";
    EXPECT_EQ(calendar_round(calendar(7), kNewYear + days{6})->obsolete, kNewYear + days{7});
}

ReminderText whole_text() {
    return {{"what", {{"en", "This is about the {about} of {organisation}."}}},
            {"why", {{"en", "It proves to us that it is you."}}},
            {"by_when", {{"en", "Please do it by {until}."}}},
            {"otherwise", {{"en", "If you do nothing, you must call."}}},
            {"where", {{"en", "Open {address} and choose Enroll."}}},
            {"whom", {{"en", "Questions? Ask {contact}."}}}};
}

using Lines = std::vector<std::string>;

Lines faults(const ReminderText& text, const std::vector<std::string>& languages = {"en"},
             const std::string& contact = "extension 4357") {
    return listed(lint(text, languages, contact));
}

TEST(ReminderLint, TakesATextWithAllSixParts) {
    EXPECT_THAT(faults(whole_text()), IsEmpty());
}

TEST(ReminderLint, MissesEachPartInEachLanguage) {
    for (const auto part : kReminderParts) {
        ReminderText text = whole_text();
        text.erase(std::string(part));
        EXPECT_THAT(faults(text), ElementsAre("/" + std::string(part) + "/en reminder_lacks"));
        text = whole_text();
        text[std::string(part)]["en"] = "  ";
        EXPECT_THAT(faults(text), ElementsAre("/" + std::string(part) + "/en reminder_lacks"));
    }
    EXPECT_EQ(faults(whole_text(), {"en", "es"}).size(), kReminderParts.size());
}

TEST(ReminderLint, WantsWhatEachPartIsThereFor) {
    const auto without_names = [](const std::string& part) {
        ReminderText text = whole_text();
        text[part]["en"] = "A sentence that names nothing.";
        return faults(text);
    };
    for (const char* part : {"what", "by_when", "where", "whom"})
        EXPECT_THAT(without_names(part),
                    ElementsAre("/" + std::string(part) + "/en reminder_names"));
    for (const char* part : {"why", "otherwise"}) EXPECT_THAT(without_names(part), IsEmpty());
}

TEST(ReminderLint, RefusesWhatLooksLikeFishingOrFilling) {
    const auto with = [](const std::string& why) {
        ReminderText text = whole_text();
        text["why"]["en"] = why;
        return faults(text);
    };
    EXPECT_THAT(with("See https://pin.example.net/ at once."),
                ElementsAre("/why/en reminder_link"));
    EXPECT_THAT(with("See www.example.net at once."), ElementsAre("/why/en reminder_link"));
    EXPECT_THAT(with("Because."), ElementsAre("/why/en reminder_length"));
    EXPECT_THAT(with(std::string(11, 'a')), ElementsAre("/why/en reminder_length"));
    EXPECT_THAT(with(std::string(601, 'a')), ElementsAre("/why/en reminder_length"));
    for (const std::size_t good : {12U, 600U}) EXPECT_THAT(with(std::string(good, 'a')), IsEmpty());
    EXPECT_THAT(with("One line\nand another."), ElementsAre("/why/en reminder_length"));
    EXPECT_THAT(with("Dear {first_name}, please."), ElementsAre("/why/en reminder_unknown"));
    EXPECT_THAT(with("An open {brace without end."), ElementsAre("/why/en reminder_unknown"));
    EXPECT_THAT(with("This is about the {about} of {organisation}."),
                ElementsAre("/why/en reminder_repeats"));
}

TEST(ReminderLint, WantsSomebodyToAsk) {
    EXPECT_THAT(faults(whole_text(), {"en"}, " "), ElementsAre("/whom reminder_no_contact"));
}

/// A registry with a type that expires and one that does not, and definitions of both.
struct House {
    House() {
        VerificationType pin{.id = "pin", .name = {}, .assurance = Assurance::medium};
        pin.standing = {Standing::Alone::yes, true, true};
        pin.assets = {Asset::mailbox};
        pin.settings = lifetime_settings();
        pin.expiry = ExpiryWords{};
        VerificationType word = pin;
        word.id = "word";
        word.settings = {};
        word.expiry.reset();
        registry.add(make_stub(pin));
        registry.add(make_stub(word));
        definitions = parse_definitions(DefinitionsBuilder()
                                            .verification("pin", "pin")
                                            .verification("word", "word")
                                            .process("reset", {"word"})
                                            .build(),
                                        registry)
                          .value();
    }
    Lines problems(const Json& json) const {
        const auto parsed = parse_campaign(json, definitions, registry);
        return parsed ? Lines{} : listed(parsed.error().problems);
    }

    Registry registry;
    Definitions definitions;
};

const Json kExpiry{{"name", "pins"}, {"kind", "expiry"}, {"about", "pin"}};
const Json kEnrollment{{"name", "autumn"},         {"kind", "enrollment"},
                       {"about", "reset"},         {"starts_on", "2026-01-01"},
                       {"deadline", "2026-01-21"}, {"every_days", 7},
                       {"groups", "staff; it"},    {"why", {{"en", "Because you are new here."}}}};

Json with(Json json, const std::string& key, const Json& value) {
    json[key] = value;
    return json;
}

TEST(CampaignFile, IsReadAndWrittenBack) {
    const House house;
    const auto expiry = parse_campaign(kExpiry, house.definitions, house.registry).value();
    EXPECT_THAT(expiry.days_before, ElementsAre(1, 3, 10));
    EXPECT_EQ(expiry.state, CampaignState::draft);
    const auto enrollment = parse_campaign(kEnrollment, house.definitions, house.registry).value();
    EXPECT_EQ(enrollment.starts_at, kNewYear);
    EXPECT_EQ(enrollment.deadline, kNewYear + days{20});
    EXPECT_THAT(enrollment.groups, ElementsAre("staff", "it"));
    EXPECT_EQ(enrollment.text.at("why").at("en"), "Because you are new here.");
    for (const auto& campaign : {expiry, enrollment})
        EXPECT_EQ(campaign_json(campaign_from_json(campaign_json(campaign))),
                  campaign_json(campaign));
}

TEST(CampaignFile, SaysWhatIsWrongWithIt) {
    const House house;
    EXPECT_THAT(house.problems(kExpiry), IsEmpty());
    EXPECT_THAT(house.problems(kEnrollment), IsEmpty());
    EXPECT_THAT(house.problems(nullptr), testing::Not(IsEmpty()));
    EXPECT_THAT(house.problems(with(kExpiry, "about", "word")), ElementsAre("/about unknown_name"))
        << "it cannot expire";
    EXPECT_THAT(house.problems(with(kExpiry, "name", "pin")), ElementsAre("/name used_twice"))
        << "that is the one there is without anybody's doing";
    for (const char* before : {"60", "9", "1"})
        EXPECT_THAT(house.problems(with(kExpiry, "days_before", before)), IsEmpty()) << before;
    // The last of them is 10 again after all that 64 bits can count.
    for (const char* before : {"0", "61", "ten", "1/", "10,,x", ",", "18446744073709551626"})
        EXPECT_THAT(house.problems(with(kExpiry, "days_before", before)),
                    ElementsAre("/days_before not_days"))
            << before;
    EXPECT_THAT(house.problems(with(kEnrollment, "about", "rest")),
                ElementsAre("/about unknown_name"));
    for (const char* day : {"2026-02-30", "1 May 2026", "2026-1-1", "2026/01/01", "2o26-01-01",
                            "2026-o1-01", "2026-01-o1"})
        EXPECT_THAT(house.problems(with(kEnrollment, "starts_on", day)),
                    ElementsAre("/starts_on not_a_day"))
            << day;
    EXPECT_THAT(house.problems(with(kEnrollment, "deadline", "")),
                ElementsAre("/deadline missing"));
    EXPECT_THAT(house.problems(with(kEnrollment, "deadline", "2026-01-01")),
                ElementsAre("/deadline too_early"));
    EXPECT_THAT(house.problems(with(kEnrollment, "name", "an autumn")),
                ElementsAre("/name not_a_name"));
    EXPECT_THAT(house.problems(with(kEnrollment, "colour", "red")),
                ElementsAre("/colour unknown_name"));
}

TEST(Lifetime, IsOffAtFirstAndThenNinetyDaysAndNeverUnderThirty) {
    const auto settings = [](const Json& given) {
        std::vector<Problem> problems;
        const Json checked = checked_settings(lifetime_settings(), given, "", problems);
        return std::pair(lifetime(checked), problems.size());
    };
    EXPECT_EQ(settings({}).first, std::nullopt);
    EXPECT_EQ(settings({{"expires", true}}).first, days{90});
    EXPECT_EQ(settings({{"expires", true}, {"lifetime", "30d"}}).first, days{30});
    EXPECT_EQ(settings({{"expires", true}, {"lifetime", "29d"}}).second, 1U);
    EXPECT_EQ(settings({{"lifetime", "30d"}}).first, std::nullopt);
}

TEST(Lifetime, MakesAnActiveEnrollmentExpiredAtItsVeryEnd) {
    const Json on{{"expires", true}, {"lifetime", "90d"}};
    const Json off{{"expires", false}, {"lifetime", "90d"}};
    Enrollment enrollment{.changed_at = kNewYear, .expires_at = kEnd};
    const auto state = [&](const Json& settings, TimePoint now) {
        return state_at(enrollment, settings, now);
    };
    EXPECT_EQ(state(on, kEnd - Milliseconds{1}), EnrollmentState::active);
    EXPECT_EQ(state(on, kEnd), EnrollmentState::expired);
    EXPECT_EQ(state(off, kEnd), EnrollmentState::active);
    EXPECT_EQ(state(Json::object(), kEnd), EnrollmentState::active);
    enrollment.state = EnrollmentState::revoked;
    EXPECT_EQ(state(on, kEnd), EnrollmentState::revoked);
    enrollment = {.changed_at = kNewYear};
    EXPECT_EQ(state(on, kEnd), EnrollmentState::active) << "not dated yet";
}

TEST(Lifetime, IsRefusedWhereARemindersReaderCouldAskNobody) {
    const House house;
    const auto parsed = [&](const std::string& contact) {
        return parse_definitions(DefinitionsBuilder()
                                     .setting("service_desk.contact", contact)
                                     .verification("pin", "pin", {{"expires", true}})
                                     .build(),
                                 house.registry);
    };
    EXPECT_TRUE(parsed("extension 4357"));
    EXPECT_THAT(listed(parsed("").error().problems),
                ElementsAre("/verifications/0 lifetime_needs_contact"));
}

}  // namespace
}  // namespace latchkey
