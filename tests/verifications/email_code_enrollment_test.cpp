#include "verifications/email_code.h"

#include "tests/support/any_answer.h"
#include "tests/support/builders.h"
#include "tests/support/conversation.h"
#include "tests/support/problems.h"

#include <gtest/gtest.h>
#include <set>

namespace latchkey {
namespace {

using Lines = std::vector<std::string>;

const Verification& type() {
    static const auto kType = make_email_code();
    return *kType;
}

Json settings(const Json& given = nullptr) {
    std::vector<Problem> none;
    return checked_settings(type().type().settings, given, "", none);
}

/// Somebody with an address in the profile who adds others.
class EmailCodeEnrollment : public testing::Test {
 protected:
    Conversation enrolling(const Json& held = nullptr, const Json& with = nullptr) {
        Conversation conversation(
            world, *type().enrollment(),
            AccountBuilder("amy").with("email", "amy.lee@example.org").subject(), settings(with),
            held);
        conversation.open();
        return conversation;
    }

    static Turn give(Conversation& conversation, const std::string& address,
                     const std::string& name = "At home") {
        return conversation.reply({{"address", address}, {"name", name}});
    }
    static Turn verify(Conversation& conversation) {
        return conversation.reply(
            {{"code", conversation.sent().back().data.at("code").get<std::string>()}});
    }
    static Turn submit(Conversation& conversation) { return conversation.reply({}); }

    /// What is held after `address` was added to `held` from beginning to end.
    Json added(const std::string& address, const Json& held = nullptr) {
        auto conversation = enrolling(held);
        give(conversation, address);
        verify(conversation);
        EXPECT_EQ(submit(conversation).verdict, Verdict::passed) << address;
        return conversation.enrollment();
    }

    static Lines places(const Conversation& conversation) {
        Lines ids;
        for (const auto& place :
             type().destinations(conversation.situation().subject, conversation.enrollment(),
                                 conversation.situation().settings))
            ids.push_back(place.id);
        return ids;
    }

    World world;
};

TEST_F(EmailCodeEnrollment, SendsACodeToTheAddressThatIsGiven) {
    auto conversation = enrolling();
    const Turn turn = give(conversation, " amy@Home.EXAMPLE ");
    EXPECT_EQ(turn.verdict, Verdict::ask);
    EXPECT_FALSE(turn.enrollment);
    ASSERT_EQ(conversation.sent().size(), 1U);
    EXPECT_EQ(conversation.sent()[0].to, "amy@home.example");
    EXPECT_EQ(conversation.sent()[0].wording, "enroll_code");
    EXPECT_EQ(conversation.prompt().fields.at(0).key, "code");
}

TEST_F(EmailCodeEnrollment, KeepsAnAddressAsProvedOnceItsCodeIsEntered) {
    auto conversation = enrolling();
    give(conversation, "amy@home.example");
    world.clock.advance(Minutes{1});
    const Turn turn = verify(conversation);
    EXPECT_EQ(turn.verdict, Verdict::ask) << "one button is left";
    ASSERT_TRUE(turn.enrollment);
    const Json& item = conversation.enrollment().at("items").at(0);
    EXPECT_EQ(item.at("address"), "amy@home.example");
    EXPECT_EQ(item.at("name"), "At home");
    EXPECT_EQ(item.at("submitted"), false);
    EXPECT_EQ(item.at("proved_at"), millis(kNewYear + Minutes{1}));
    EXPECT_EQ(places(conversation), Lines{"profile"}) << "not yet usable";
}

TEST_F(EmailCodeEnrollment, MakesItUsableOnSubmit) {
    auto conversation = enrolling();
    give(conversation, "amy@home.example");
    verify(conversation);
    EXPECT_EQ(submit(conversation).verdict, Verdict::passed);
    const Json& item = conversation.enrollment().at("items").at(0);
    EXPECT_EQ(item.at("submitted"), true);
    EXPECT_EQ(places(conversation), (Lines{item.at("id").get<std::string>(), "profile"}));
}

TEST_F(EmailCodeEnrollment, CanBeSubmittedLater) {
    auto conversation = enrolling();
    give(conversation, "amy@home.example");
    verify(conversation);
    auto later = enrolling(conversation.enrollment());
    EXPECT_TRUE(later.prompt().fields.empty()) << "nothing is asked again";
    EXPECT_EQ(submit(later).verdict, Verdict::passed);
    EXPECT_EQ(later.enrollment().at("items").at(0).at("submitted"), true);
}

TEST_F(EmailCodeEnrollment, BeginsAnewIfTheAddressWasRemovedBeforeSubmit) {
    for (const Json& left : {Json(), Json{{"items", Json::array()}}}) {
        auto conversation = enrolling();
        give(conversation, "amy@home.example");
        verify(conversation);
        conversation.enrollment() = left;
        const Turn turn = submit(conversation);
        EXPECT_EQ(turn.verdict, Verdict::ask);
        EXPECT_FALSE(turn.enrollment);
        EXPECT_EQ(conversation.prompt().fields.at(0).key, "address");
    }
}

TEST_F(EmailCodeEnrollment, HoldsSeveralNamedAddresses) {
    Json held;
    for (const char* address : {"amy@one.example", "amy@two.example", "amy@three.example"}) {
        auto conversation = enrolling(held);
        give(conversation, address, std::string("Called ") + address);
        verify(conversation);
        submit(conversation);
        held = conversation.enrollment();
    }
    std::set<std::string> ids;
    ASSERT_EQ(held.at("items").size(), 3U);
    for (const Json& item : held.at("items")) {
        ids.insert(item.at("id").get<std::string>());
        EXPECT_EQ(item.at("name"), "Called " + item.at("address").get<std::string>());
    }
    EXPECT_EQ(ids.size(), 3U);
}

TEST_F(EmailCodeEnrollment, RefusesAnAddressThatIsThereAlready) {
    const Json held = added("amy@home.example");
    for (const char* again : {"amy@home.example", "amy@HOME.example", "amy.lee@example.org"}) {
        auto conversation = enrolling(held);
        const Turn turn = give(conversation, again);
        EXPECT_EQ(listed(turn.problems), Lines{"address already_enrolled"}) << again;
        EXPECT_TRUE(conversation.sent().empty());
    }
}

TEST_F(EmailCodeEnrollment, KnowsTheProfilesAddressHoweverItIsWrittenThere) {
    auto conversation = enrolling();
    conversation.subject() = AccountBuilder("amy").with("email", "amy.lee@EXAMPLE.org").subject();
    EXPECT_EQ(listed(give(conversation, "amy.lee@example.org").problems),
              Lines{"address already_enrolled"});
}

TEST_F(EmailCodeEnrollment, HoldsAtMostFiveAddresses) {
    Json held;
    for (int i = 0; i < 4; ++i) held = added("amy@" + std::to_string(i) + "th.example", held);
    auto conversation = enrolling(held);
    EXPECT_EQ(listed(give(conversation, "amy@more.example").problems),
              Lines{"address too_many_devices"})
        << "with the profile's these are five";
    auto without_profile = enrolling(held, {{"use_profile", false}});
    EXPECT_TRUE(give(without_profile, "amy@more.example").problems.empty());
}

TEST_F(EmailCodeEnrollment, RefusesWhatIsNoAddressAndKeepsWhatWasTyped) {
    for (const char* typed : {"amy",
                              "amy@",
                              "@home.example",
                              "amy@@home.example",
                              "amy lee@home.example",
                              "amy@home..example",
                              "amy@-home.example",
                              "amy@home.example.",
                              ".amy@home.example",
                              "amy.@home.example",
                              "a..my@home.example",
                              "<amy@home.example>",
                              "Amy <amy@home.example>",
                              "amy@home.example,bob@home.example",
                              "amy@home.example;bob@home.example",
                              "amy@home.example bob@home.example",
                              "\"amy\"@home.example",
                              "amy@[192.0.2.1]",
                              "amy@192.0.2.1",
                              "amy@0x7f.1",
                              "amy@home_example.org",
                              "amy\u200b@home.example",
                              "amy@home.example\u202e",
                              "amy%0abcc:bob@home.example@x",
                              "amy(comment)@home.example",
                              "amy\\@home.example"}) {
        auto conversation = enrolling();
        const Turn turn = give(conversation, typed, "At home");
        EXPECT_EQ(turn.verdict, Verdict::ask);
        EXPECT_EQ(listed(turn.problems), Lines{"address email_code_bad_address"}) << typed;
        EXPECT_TRUE(conversation.sent().empty()) << typed;
        EXPECT_EQ(conversation.prompt().fields.at(0).value, typed);
        EXPECT_EQ(conversation.prompt().fields.at(1).value, "At home");
    }
}

TEST_F(EmailCodeEnrollment, TakesAddressesOfTheWholeWorld) {
    for (const auto& [typed, kept] : {std::pair{"amy+tag@home.example", "amy+tag@home.example"},
                                      {"o'brien@home.example", "o'brien@home.example"},
                                      {"Amy.Lee@Home.Example", "Amy.Lee@home.example"},
                                      {"ömer@home.example", "ömer@home.example"},
                                      {"o\u0308mer@home.example", "ömer@home.example"},
                                      {"amy@bücher.example", "amy@xn--bcher-kva.example"},
                                      {"root@localhost", "root@localhost"},
                                      {"amy@home.example\u00a0", "amy@home.example"}}) {
        auto conversation = enrolling();
        give(conversation, typed);
        ASSERT_EQ(conversation.sent().size(), 1U) << typed;
        EXPECT_EQ(conversation.sent()[0].to, kept);
    }
}

TEST_F(EmailCodeEnrollment, RefusesAWrongCodeAndWaitsForTheRightOne) {
    auto conversation = enrolling();
    give(conversation, "amy@home.example");
    const auto right = conversation.sent().back().data.at("code").get<std::string>();
    const Turn wrong = conversation.reply({{"code", right == "000000" ? "000001" : "000000"}});
    EXPECT_EQ(wrong.verdict, Verdict::refused);
    EXPECT_EQ(listed(wrong.problems), Lines{"code wrong_answer"});
    EXPECT_FALSE(wrong.enrollment);
    EXPECT_TRUE(verify(conversation).enrollment);
}

TEST_F(EmailCodeEnrollment, RefusesACodeThatRanOut) {
    for (const Milliseconds late : {Milliseconds{-1}, Milliseconds{0}, Milliseconds{1}}) {
        auto conversation = enrolling();
        give(conversation, "amy@home.example");
        conversation.message_accepted();
        world.clock.advance(Minutes{10} + late);
        EXPECT_EQ(verify(conversation).enrollment.has_value(), late < Milliseconds{0});
    }
}

TEST_F(EmailCodeEnrollment, SendsTheCodeAgain) {
    auto conversation = enrolling();
    give(conversation, "amy@home.example");
    const SendMessage first = conversation.sent().back();
    EXPECT_EQ(conversation.prompt().actions.at(0).available_at, kNewYear + Minutes{2});
    world.clock.advance(Minutes{2});
    conversation.reply(press("resend"));
    ASSERT_EQ(conversation.sent().size(), 2U);
    const SendMessage& again = conversation.sent().back();
    EXPECT_EQ(again.to, first.to);
    EXPECT_EQ(again.data, first.data);
    EXPECT_EQ(again.device, first.device) << "so that its limits hold";
    EXPECT_TRUE(verify(conversation).enrollment);
}

TEST_F(EmailCodeEnrollment, CanBeginAgainWithAnotherAddress) {
    auto conversation = enrolling();
    give(conversation, "wrong@home.example");
    const auto first = conversation.sent().back().data.at("code").get<std::string>();
    conversation.reply(press("restart"));
    EXPECT_EQ(conversation.prompt().fields.at(0).key, "address");
    give(conversation, "amy@home.example");
    EXPECT_EQ(conversation.sent().back().to, "amy@home.example");
    EXPECT_FALSE(conversation.reply({{"code", first}}).enrollment) << "the first code is dead";
    EXPECT_TRUE(verify(conversation).enrollment);
    EXPECT_EQ(conversation.enrollment().at("items").size(), 1U);
}

TEST_F(EmailCodeEnrollment, HasCodesThatAreWorthNothingElsewhere) {
    const Json held = added("amy@home.example");
    auto conversation = enrolling(held);
    give(conversation, "amy@club.example");
    const auto enrolling_code = conversation.sent().back().data.at("code").get<std::string>();
    Conversation challenge(world, type().challenge(),
                           AccountBuilder("amy").with("email", "amy.lee@example.org").subject(),
                           settings(), held);
    challenge.open("profile");
    EXPECT_NE(challenge.reply({{"code", enrolling_code}}).verdict, Verdict::passed);
    const auto challenge_code = challenge.sent().back().data.at("code").get<std::string>();
    EXPECT_FALSE(conversation.reply({{"code", challenge_code}}).enrollment);
}

TEST_F(EmailCodeEnrollment, ShowsTheAddressMaskedUntilItIsProved) {
    auto conversation = enrolling();
    give(conversation, "amy@home.example");
    EXPECT_EQ(Json(conversation.prompt()).dump().find("amy@home.example"), std::string::npos);
    verify(conversation);
    EXPECT_NE(Json(conversation.prompt()).dump().find("amy@home.example"), std::string::npos);
}

TEST_F(EmailCodeEnrollment, NamesAnAddressThatWasGivenNoName) {
    auto conversation = enrolling();
    give(conversation, "amy@home.example", "");
    verify(conversation);
    EXPECT_NE(conversation.enrollment().at("items").at(0).at("name"), "");
}

TEST_F(EmailCodeEnrollment, MakesEveryUsableAddressAContact) {
    const Json held = added("amy@home.example");
    const auto contacts = type().contacts(
        AccountBuilder("amy").with("email", "amy.lee@example.org").subject(), held, settings());
    EXPECT_EQ(contacts, (std::vector<Contact>{{"email", "amy@home.example"},
                                              {"email", "amy.lee@example.org"}}));
}

}  // namespace
}  // namespace latchkey
