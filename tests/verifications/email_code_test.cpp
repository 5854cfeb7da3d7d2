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
constexpr Milliseconds kInstant{1};

const Verification& type() {
    static const auto kType = make_email_code();
    return *kType;
}

Json settings(const Json& given = nullptr) {
    std::vector<Problem> none;
    return checked_settings(type().type().settings, given, "", none);
}

AccountBuilder amy() {
    return AccountBuilder("amy").with("email", "amy.lee@example.org");
}

Json device(const std::string& id, const std::string& address, bool submitted = true) {
    return {{"id", id}, {"name", id}, {"address", address}, {"submitted", submitted}};
}

Json holding(std::vector<Json> devices) {
    return {{"items", std::move(devices)}};
}

/// A code under way to the profile's address, or to `place`.
class EmailCode : public testing::Test {
 protected:
    Conversation asking(const Json& with = nullptr, const Json& held = nullptr,
                        const std::string& place = "profile") {
        Conversation conversation(world, type().challenge(), amy().subject(), settings(with), held);
        conversation.open(place);
        return conversation;
    }

    static std::string code(const Conversation& conversation) {
        return conversation.sent().back().data.at("code").get<std::string>();
    }
    static Turn enter(Conversation& conversation, const std::string& typed) {
        return conversation.reply({{"code", typed}});
    }
    static bool passes(Conversation& conversation, const std::string& typed) {
        return enter(conversation, typed).verdict == Verdict::passed;
    }
    static std::string another(const std::string& code) {
        return code == "000000" ? "000001" : "000000";
    }

    World world;
};

TEST_F(EmailCode, GoesToTheAddressOnFileWithSixDigits) {
    const auto conversation = asking();
    ASSERT_EQ(conversation.sent().size(), 1U);
    const SendMessage& message = conversation.sent()[0];
    EXPECT_EQ(message.channel, "email");
    EXPECT_EQ(message.to, "amy.lee@example.org");
    EXPECT_EQ(message.wording, "code");
    EXPECT_EQ(message.data.at("minutes"), 10);
    EXPECT_EQ(message.not_again_for, Minutes{2});
    EXPECT_EQ(message.per_day, 10);
    EXPECT_FALSE(message.limit_per_device) << "ten a day per user";
    EXPECT_EQ(code(conversation).size(), 6U);
    EXPECT_EQ(code(conversation).find_first_not_of("0123456789"), std::string::npos);
}

TEST_F(EmailCode, HasTheLengthThatIsConfigured) {
    for (int length = 6; length <= 10; ++length) {
        auto conversation = asking({{"code_length", length}});
        EXPECT_EQ(code(conversation).size(), std::size_t(length));
        EXPECT_EQ(conversation.prompt().fields.at(0).min_length, std::size_t(length));
        EXPECT_EQ(conversation.prompt().fields.at(0).max_length, std::size_t(length));
        EXPECT_TRUE(passes(conversation, code(conversation)));
    }
}

TEST_F(EmailCode, KeepsLeadingZeros) {
    for (int tries = 0; tries < 1000; ++tries) {
        auto conversation = asking();
        if (code(conversation)[0] != '0') continue;
        EXPECT_EQ(code(conversation).size(), 6U);
        EXPECT_TRUE(passes(conversation, code(conversation)));
        return;
    }
    FAIL() << "no code of a thousand began with a zero";
}

TEST_F(EmailCode, IsAnotherOneForEachChallenge) {
    std::set<std::string> codes;
    for (int i = 0; i < 200; ++i) codes.insert(code(asking()));
    EXPECT_GT(codes.size(), 195U);
}

TEST_F(EmailCode, IsTakenAsPeopleTypeIt) {
    auto conversation = asking();
    const std::string right = code(conversation);
    EXPECT_TRUE(passes(conversation, " " + right.substr(0, 3) + " - " + right.substr(3) + " "));
}

TEST_F(EmailCode, IsRefusedWithoutSayingMoreThanThatItIsWrong) {
    auto conversation = asking();
    const Prompt before = conversation.prompt();
    const Turn turn = enter(conversation, another(code(conversation)));
    EXPECT_EQ(turn.verdict, Verdict::refused);
    EXPECT_EQ(listed(turn.problems), Lines{"code wrong_answer"});
    EXPECT_EQ(turn.prompt, before);
    EXPECT_TRUE(turn.effects.empty());
    EXPECT_TRUE(passes(conversation, code(conversation))) << "a mistake does not kill it";
}

TEST_F(EmailCode, DoesNotRunOutWhileItWaitsToBeSent) {
    auto conversation = asking();
    world.clock.advance(Hours{1});
    EXPECT_EQ(conversation.prompt().lasts, Minutes{10});
    EXPECT_EQ(conversation.prompt().expires_at, std::nullopt);
    EXPECT_TRUE(passes(conversation, code(conversation)));
}

TEST_F(EmailCode, LivesForTenMinutesAfterTheMailServerTookIt) {
    for (const auto& [given, life] :
         {std::pair{Json(), Minutes{10}}, {Json{{"expires_in", "1m"}}, Minutes{1}}})
        for (const Milliseconds late : {-kInstant, Milliseconds{0}, kInstant}) {
            auto conversation = asking(given);
            world.clock.advance(Minutes{7});  // in the outbox
            conversation.message_accepted();
            world.clock.advance(life + late);
            const Turn turn = enter(conversation, code(conversation));
            EXPECT_EQ(turn.verdict == Verdict::passed, late < Milliseconds{0}) << late.count();
            EXPECT_EQ(listed(turn.problems),
                      late < Milliseconds{0} ? Lines{} : Lines{"code code_expired"});
        }
}

TEST_F(EmailCode, IsNotBroughtBackByAClockThatGoesBack) {
    auto conversation = asking();
    conversation.message_accepted();
    const std::string late = code(conversation);
    world.clock.advance(Minutes{10});
    EXPECT_FALSE(passes(conversation, late));
    world.clock.advance(-Minutes{9});
    EXPECT_EQ(listed(enter(conversation, late).problems), Lines{"code code_expired"});
    conversation.reply(press("resend"));
    EXPECT_NE(code(conversation), late);
    EXPECT_TRUE(passes(conversation, code(conversation)));
}

TEST_F(EmailCode, EndsWhenTheClockIsSetBackBeforeItWasMade) {
    auto conversation = asking();
    world.clock.advance(-Minutes{6});
    EXPECT_EQ(listed(enter(conversation, code(conversation)).problems), Lines{"code code_expired"});
}

TEST_F(EmailCode, SaysNothingAboutACodeThatRanOut) {
    auto conversation = asking();
    conversation.message_accepted();
    world.clock.advance(Minutes{10});
    const Turn right = enter(conversation, code(conversation));
    const Turn wrong = enter(conversation, another(code(conversation)));
    EXPECT_EQ(listed(right.problems), listed(wrong.problems)) << "not whether it had been right";
    EXPECT_EQ(right.prompt, wrong.prompt);
}

TEST_F(EmailCode, MayBeAskedForAgainAfterTwoMinutes) {
    auto conversation = asking();
    const auto available = [&] { return conversation.prompt().actions.at(0).available_at; };
    EXPECT_EQ(conversation.prompt().actions.at(0).key, "resend");
    EXPECT_EQ(available(), kNewYear + Minutes{2});
    world.clock.advance(Minutes{2});
    conversation.reply(press("resend"));
    EXPECT_EQ(available(), kNewYear + Minutes{4});
    enter(conversation, another(code(conversation)));
    EXPECT_EQ(available(), kNewYear + Minutes{4}) << "an answer does not move it";
    EXPECT_EQ(asking({{"resend_after", "30s"}}).prompt().actions.at(0).available_at,
              world.clock.now() + Seconds{30});
}

TEST_F(EmailCode, IsSentAgainWhileHalfOfItsLifeIsLeft) {
    for (const Milliseconds late : {-kInstant, Milliseconds{0}, kInstant}) {
        auto conversation = asking();
        const std::string first = code(conversation);
        conversation.message_accepted();
        world.clock.advance(Minutes{5} + late);
        conversation.reply(press("resend"));
        ASSERT_EQ(conversation.sent().size(), 2U);
        EXPECT_EQ(code(conversation) == first, late <= Milliseconds{0}) << late.count();
        EXPECT_TRUE(passes(conversation, code(conversation)));
    }
}

TEST_F(EmailCode, IsSentAgainWhileTheFirstMailHasNotEvenLeft) {
    auto conversation = asking();
    const std::string first = code(conversation);
    for (int i = 0; i < 5; ++i) {
        world.clock.advance(Minutes{30});
        conversation.reply(press("resend"));
        EXPECT_EQ(code(conversation), first) << "a mail that comes late or twice still works";
    }
    EXPECT_TRUE(passes(conversation, first));
}

TEST_F(EmailCode, IsDeadOnceANewOneReplacesIt) {
    auto conversation = asking();
    const std::string first = code(conversation);
    conversation.message_accepted();
    world.clock.advance(Minutes{5} + kInstant);
    conversation.reply(press("resend"));
    ASSERT_NE(code(conversation), first);
    EXPECT_FALSE(passes(conversation, first));
    EXPECT_TRUE(passes(conversation, code(conversation)));
}

TEST_F(EmailCode, DoesNotLiveLongerForBeingSentAgain) {
    for (const Milliseconds late : {-kInstant, Milliseconds{0}}) {
        auto conversation = asking();
        conversation.message_accepted();
        const TimePoint taken = world.clock.now();
        world.clock.advance(Minutes{4});
        conversation.reply(press("resend"));
        world.clock.advance(Minutes{1});
        conversation.message_accepted();
        EXPECT_EQ(conversation.prompt().expires_at, taken + Minutes{10}) << "as is shown";
        world.clock.set(taken + Minutes{10} + late);
        EXPECT_EQ(passes(conversation, code(conversation)), late < Milliseconds{0});
    }
}

TEST_F(EmailCode, BelongsToOneChallengeOnly) {
    auto one = asking();
    auto other = asking();
    ASSERT_NE(code(one), code(other));
    EXPECT_FALSE(passes(other, code(one)));
    EXPECT_FALSE(passes(one, code(other)));
}

TEST_F(EmailCode, BelongsToTheAddressThatItWasSentTo) {
    const Json held = holding({device("home", "amy@home.example")});
    auto conversation = asking(nullptr, held, "home");
    EXPECT_EQ(conversation.sent().back().to, "amy@home.example");
    Json moved = conversation.state();
    moved["address"] = "amy.lee@example.org";
    const std::string right = code(conversation);
    conversation.state() = moved;
    EXPECT_FALSE(passes(conversation, right)) << "the same challenge, another address";
}

TEST_F(EmailCode, BelongsToTheLengthThatIsConfigured) {
    auto conversation = asking();
    const std::string right = code(conversation);
    conversation.settings() = settings({{"code_length", 8}});
    EXPECT_FALSE(passes(conversation, right));
}

TEST_F(EmailCode, IsVoidWhenTheAddressChanges) {
    auto conversation = asking();
    const std::string right = code(conversation);
    conversation.subject() = amy().with("email", "amy.new@example.org").subject();
    EXPECT_FALSE(passes(conversation, right));
}

TEST_F(EmailCode, IsVoidWhenTheAddressIsRemoved) {
    auto conversation = asking(nullptr, holding({device("home", "amy@home.example")}), "home");
    const std::string right = code(conversation);
    conversation.enrollment() = holding({});
    EXPECT_FALSE(passes(conversation, right));
}

TEST_F(EmailCode, IsVoidWhenTheProfileMayNoLongerBeUsed) {
    auto conversation = asking();
    const std::string right = code(conversation);
    conversation.settings() = settings({{"use_profile", false}});
    EXPECT_FALSE(passes(conversation, right));
}

TEST_F(EmailCode, IsNeverSentToAnAddressThatIsNoLongerOnFile) {
    auto conversation = asking();
    const std::string first = code(conversation);
    conversation.subject() = amy().with("email", "amy.new@example.org").subject();
    world.clock.advance(Minutes{2});
    conversation.reply(press("resend"));
    ASSERT_EQ(conversation.sent().size(), 2U);
    EXPECT_EQ(conversation.sent().back().to, "amy.new@example.org");
    EXPECT_NE(code(conversation), first) << "whoever reads the old mailbox knows the first one";
    EXPECT_FALSE(passes(conversation, first));
    EXPECT_TRUE(passes(conversation, code(conversation)));
}

TEST_F(EmailCode, IsNotSentAgainWhereNoAddressIsLeft) {
    auto conversation = asking(nullptr, holding({device("home", "amy@home.example")}), "home");
    conversation.enrollment() = holding({});
    const Turn turn = conversation.reply(press("resend"));
    EXPECT_TRUE(turn.effects.empty());
    EXPECT_NE(turn.verdict, Verdict::passed);
}

TEST_F(EmailCode, GoesToTheDeviceThatWasPicked) {
    const Json held =
        holding({device("home", "amy@home.example"), device("club", "amy@club.example"),
                 device("later", "amy@later.example", false)});
    Lines places;
    for (const auto& place : type().destinations(amy().subject(), held, settings()))
        places.push_back(place.id);
    EXPECT_EQ(places, (Lines{"home", "club", "profile"})) << "what is not submitted cannot be used";
    EXPECT_EQ(asking(nullptr, held, "club").sent().back().to, "amy@club.example");
    EXPECT_EQ(asking(nullptr, held, "profile").sent().back().to, "amy.lee@example.org");
}

TEST_F(EmailCode, UsesTheProfileOnlyWhereThatIsAllowed) {
    const Subject subject = amy().subject();
    EXPECT_TRUE(type().available(subject, nullptr, settings()));
    EXPECT_FALSE(type().available(subject, nullptr, settings({{"use_profile", false}})));
    EXPECT_TRUE(type().available(subject, holding({device("home", "amy@home.example")}),
                                 settings({{"use_profile", false}})));
    EXPECT_FALSE(type().available(subject, holding({device("home", "amy@home.example", false)}),
                                  settings({{"use_profile", false}})));
    EXPECT_FALSE(type().available(AccountBuilder("bob").subject(), nullptr, settings()));
}

TEST_F(EmailCode, OffersOneMailboxOnce) {
    for (const char* enrolled : {"amy.lee@example.org", "amy.lee@EXAMPLE.org"}) {
        const Json held = holding({device("work", enrolled)});
        EXPECT_EQ(type().destinations(amy().subject(), held, settings()).size(), 1U) << enrolled;
    }
}

std::string mask(const std::string& address) {
    const auto places = type().destinations(AccountBuilder("x").with("email", address).subject(),
                                            nullptr, settings());
    return std::get<std::string>(places.at(0).label.arguments.at("to"));
}

TEST(MaskedMailAddress, LetsItsOwnerRecogniseItAndNobodyElse) {
    const std::pair<const char*, const char*> table[] = {
        {"amy.lee@example.org", "a••••@e••••.org"},
        {"a@b.co", "a••••@b••••.co"},
        {"amy@mail.example.co.uk", "a••••@m••••.uk"},
        {"ömer@example.org", "ö••••@e••••.org"},
        {"名前@例え.jp", "名••••@例••••.jp"},
        {"amy@xn--bcher-kva.example", "a••••@b••••.example"},
        {"amy@bücher.example", "a••••@b••••.example"},
        {"amy@xn--a.example", "a••••@x••••.example"},
        {"root@localhost", "r••••@l••••"},
        {"not an address", "••••"},
        {"@example.org", "••••"},
    };
    for (const auto& [address, masked] : table) EXPECT_EQ(mask(address), masked);
}

TEST(MaskedMailAddress, IsThatOfADecoyHoweverTheAddressIsWritten) {
    // A decoy has what was typed, folded: a capital letter would belong to somebody real.
    const PlainCrypto crypto;
    for (const char* stored :
         {"Amy.Lee@Example.ORG", "AMY@EXAMPLE.ORG", "amy@example.org", "O\u0308mer@example.org"}) {
        const auto decoy = decoy_for(canonical_identifier(stored).value(), {}, crypto);
        EXPECT_EQ(mask(stored), mask(decoy.attribute("email"))) << stored;
    }
}

TEST(EmailCodeDecoy, HasASecondAddressAsSomePeopleHave) {
    const PlainCrypto crypto;
    const DecoyShape shape{.mail_domains = {{"example.org", 1}}};
    int with_two = 0;
    for (int i = 0; i < 4000; ++i) {
        const Subject decoy = decoy_for("name" + std::to_string(i), shape, crypto);
        const Json held = type().decoy_enrollment(decoy, settings(), crypto);
        const auto places = type().destinations(decoy, held, settings());
        ASSERT_TRUE(places.size() == 1 || places.size() == 2);
        with_two += places.size() == 2 ? 1 : 0;
    }
    EXPECT_NEAR(with_two, 500, 100) << "one in eight";
}

TEST(EmailCodeDecoy, NeverHasOneAddressTwice) {
    const PlainCrypto crypto;
    for (const bool use_profile : {true, false})
        for (char letter = 'a'; letter <= 'z'; ++letter)
            for (const char* domain : {"gmail.com", "outlook.com", "icloud.com", "yahoo.com"}) {
                const auto with = settings({{"use_profile", use_profile}});
                const auto decoy = decoy_for(std::string(1, letter) + "@" + domain, {}, crypto);
                const Json held = type().decoy_enrollment(decoy, with, crypto);
                std::set<Contact> contacts;
                for (const auto& contact : type().contacts(decoy, held, with))
                    EXPECT_TRUE(contacts.insert(contact).second) << contact.to;
            }
}

}  // namespace
}  // namespace latchkey
