#include "verifications/authenticator.h"

#include "tests/support/any_answer.h"
#include "tests/support/builders.h"
#include "tests/support/conversation.h"
#include "tests/support/problems.h"
#include "verifications/totp.h"

#include <gtest/gtest.h>
#include <array>
#include <cstdio>

namespace latchkey {
namespace {

using Lines = std::vector<std::string>;
const std::string kRfcKey = "12345678901234567890";  // RFC 4226 appendix D, RFC 6238 appendix B

TEST(Hotp, GivesTheCodesOfRfc4226) {
    const PlainCrypto crypto;
    constexpr std::array kCodes{"755224", "287082", "359152", "969429", "338314",
                                "254676", "287922", "162583", "399871", "520489"};
    for (std::size_t i = 0; i < kCodes.size(); ++i)
        EXPECT_EQ(hotp(crypto, kRfcKey, i), kCodes.at(i)) << i;
}

TEST(Hotp, GivesTheCodesOfRfc6238) {
    const PlainCrypto crypto;
    const std::pair<std::int64_t, const char*> codes[] = {
        {59, "94287082"},         {1111111109, "07081804"}, {1111111111, "14050471"},
        {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}};
    for (const auto& [second, code] : codes)
        EXPECT_EQ(hotp(crypto, kRfcKey,
                       static_cast<std::uint64_t>(time_step(from_millis(second * 1000))), 8),
                  code)
            << second;
}

/// What another program says, or nothing if it is not installed.
std::string said_by(const std::string& command) {
    std::string out;
    FILE* pipe = popen(command.c_str(), "r");
    if (!pipe) return out;
    std::array<char, 256> line{};
    while (std::fgets(line.data(), line.size(), pipe)) out += line.data();
    pclose(pipe);
    while (!out.empty() && out.back() == '\n') out.pop_back();
    return out;
}

TEST(Hotp, AgreesWithOathtool) {
    const PlainCrypto crypto;
    CountingRandom chance(7);
    for (int i = 0; i < 40; ++i) {
        std::string key(20, '\0');
        chance.fill(std::as_writable_bytes(std::span(key)));
        const auto second = static_cast<std::int64_t>(chance.below(4'000'000'000));
        const auto at = static_cast<std::uint64_t>(time_step(from_millis(second * 1000)));
        EXPECT_EQ(hotp(crypto, key, at), said_by("oathtool --totp --base32 --now=@" +
                                                 std::to_string(second) + " " + key_text(key)));
    }
}

TEST(KeyText, IsBase32OfRfc4648AndReadsBack) {
    const std::pair<const char*, const char*> texts[] = {
        {"", ""},
        {"f", "MY"},
        {"fo", "MZXQ"},
        {"foo", "MZXW6"},
        {"foob", "MZXW6YQ"},
        {"fooba", "MZXW6YTB"},
        {"foobar", "MZXW6YTBOI"},
        {"12345678901234567890", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"}};
    for (const auto& [bytes, text] : texts) {
        EXPECT_EQ(key_text(bytes), text);
        EXPECT_EQ(key_bytes(text), bytes);
    }
    EXPECT_EQ(in_groups_of_four("MZXW6YTBOI", ' '), "MZXW 6YTB OI");
}

TEST(PairingAddress, EscapesWhoeverItNames) {
    EXPECT_EQ(pairing_address("Example Org", "amy", "foob"),
              "otpauth://totp/Example%20Org:amy?secret=MZXW6YQ&issuer=Example%20Org");
    EXPECT_EQ(pairing_address("", "amy", "f"), "otpauth://totp/amy?secret=MY");
    EXPECT_EQ(pairing_address("A/B & C: Ö?", "a#b@c", "f"),
              "otpauth://totp/A%2FB%20%26%20C%20%20%C3%96%3F:a%23b%40c?secret=MY"
              "&issuer=A%2FB%20%26%20C%20%20%C3%96%3F");
}

const Verification& type() {
    static const auto kType = make_authenticator();
    return *kType;
}

Json settings(const Json& given = nullptr) {
    std::vector<Problem> none;
    return checked_settings(type().type().settings, given, "", none);
}

class Authenticator : public testing::Test {
 protected:
    Authenticator() { world.clock.set(from_millis(kNow * 1000)); }

    Conversation pairing(const Json& held = nullptr) {
        Conversation conversation(world, *type().enrollment(), AccountBuilder("amy").subject(),
                                  settings(), held);
        conversation.open();
        return conversation;
    }

    Json app(const std::string& id, const std::string& key = kRfcKey, std::int64_t last = 0) const {
        return {
            {"id", id}, {"name", id}, {"added_at", 0}, {"key", key_text(key)}, {"last_step", last}};
    }

    Conversation asking(std::vector<Json> apps, const Json& with = nullptr) {
        Conversation conversation(world, type().challenge(), AccountBuilder("amy").subject(),
                                  settings(with), {{"items", std::move(apps)}});
        conversation.open();
        return conversation;
    }

    /// What an app shows whose clock is `seconds` ahead.
    std::string code(const std::string& key, std::int64_t seconds = 0) const {
        return hotp(world.crypto, key,
                    static_cast<std::uint64_t>(time_step(world.clock.now() + Seconds{seconds})));
    }

    static bool passes(Conversation& conversation, const std::string& typed) {
        return conversation.reply({{"code", typed}}).verdict == Verdict::passed;
    }

    static std::string key_of(const Conversation& conversation) {
        return key_bytes(conversation.state().at("key").get<std::string>());
    }

    static constexpr std::int64_t kNow = 1767225600;  // begins a step
    World world;
};

TEST_F(Authenticator, TakesCodesOfOneStepBackAndOneForward) {
    for (std::int64_t off = -120; off <= 120; ++off) {
        auto conversation = asking({app("phone")});
        EXPECT_EQ(passes(conversation, code(kRfcKey, off)), off >= -30 && off < 60) << off;
    }
}

TEST_F(Authenticator, TakesAsManyStepsAsConfiguredAndNeverMoreThanOneForward) {
    for (const int drift : {0, 1, 2})
        for (std::int64_t steps = -4; steps <= 4; ++steps) {
            auto conversation = asking({app("phone")}, {{"drift", drift}});
            EXPECT_EQ(passes(conversation, code(kRfcKey, steps * 30)),
                      steps >= -drift && steps <= std::min(drift, 1))
                << drift << " " << steps;
        }
}

TEST_F(Authenticator, TakesEachCodeOnceAndNoneBeforeIt) {
    auto conversation = asking({app("phone")});
    const std::string before = code(kRfcKey, -30);
    const std::string now = code(kRfcKey);
    const std::string after = code(kRfcKey, 30);
    EXPECT_TRUE(passes(conversation, now));
    conversation.open();
    EXPECT_FALSE(passes(conversation, now));
    EXPECT_FALSE(passes(conversation, before)) << "an older step after a newer one";
    for (const std::string& typed :
         {now.substr(0, 3) + " " + now.substr(3), now.substr(0, 3) + "-" + now.substr(3),
          now.substr(0, 3) + "\u00A0" + now.substr(3)})
        EXPECT_FALSE(passes(conversation, typed)) << typed;
    EXPECT_TRUE(passes(conversation, after));
}

TEST_F(Authenticator, TakesACodeAsPeopleTypeIt) {
    const std::string now = code(kRfcKey);
    std::string wide;
    for (const char digit : now) wide += "\xEF\xBC" + std::string(1, char(0x90 + digit - '0'));
    for (const std::string& typed : {" " + now.substr(0, 3) + " " + now.substr(3), wide}) {
        auto conversation = asking({app("phone")});
        EXPECT_TRUE(passes(conversation, typed)) << typed;
    }
}

TEST_F(Authenticator, TakesTheCodeOfAnyAppAndMovesThatOneOnly) {
    const std::string other = "abcdefghij0123456789";
    auto conversation = asking({app("phone"), app("tablet", other)});
    EXPECT_TRUE(passes(conversation, code(other)));
    const Json& apps = conversation.enrollment().at("items");
    EXPECT_EQ(apps.at(0).at("last_step"), 0);
    EXPECT_EQ(apps.at(1).at("last_step"), kNow / 30);
    conversation.open();
    EXPECT_TRUE(passes(conversation, code(kRfcKey)));
}

TEST_F(Authenticator, MentionsTheClockEverySecondTimeWhateverWasTyped) {
    for (const std::string& typed : {code(kRfcKey, 120), code("another key of 20 ch")}) {
        auto conversation = asking({app("phone")});
        const auto before = conversation.prompt().notices.size();
        for (int i = 1; i <= 6; ++i) {
            const Turn turn = conversation.reply({{"code", typed}});
            EXPECT_EQ(turn.verdict, Verdict::refused);
            EXPECT_EQ(listed(turn.problems), Lines{"code wrong_answer"});
            EXPECT_EQ(turn.problems.at(0).text.id, "problem.authenticator_wrong");
            EXPECT_EQ(turn.prompt.notices.size(), before + (i % 2 == 0 ? 1U : 0U)) << i;
            EXPECT_FALSE(turn.enrollment);
        }
    }
}

TEST_F(Authenticator, IsPairedByAKeyOf160BitsThatIsShownTwice) {
    const auto conversation = pairing();
    const auto& notices = conversation.prompt().notices;
    ASSERT_EQ(notices.size(), 2U);
    EXPECT_EQ(key_of(conversation).size(), 20U);
    EXPECT_EQ(notices[0].qr_payload, pairing_address("Example Org", "amy", key_of(conversation)));
    EXPECT_EQ(notices[1].verbatim, in_groups_of_four(key_text(key_of(conversation)), ' '));
    EXPECT_EQ(notices[1].verbatim.size(), 39U) << "eight groups of four";
    EXPECT_NE(key_of(conversation), key_of(pairing()));
}

TEST_F(Authenticator, KeepsTheAppOnceItGaveACodeWhichIsUsedThen) {
    auto conversation = pairing();
    const std::string key = key_of(conversation);
    EXPECT_EQ(conversation.reply({{"code", code(key)}, {"name", "Work phone"}}).verdict,
              Verdict::passed);
    const Json held = conversation.enrollment();
    ASSERT_EQ(held.at("items").size(), 1U);
    EXPECT_EQ(held["items"][0]["name"], "Work phone");
    auto conversing = asking({held["items"][0]});
    EXPECT_FALSE(passes(conversing, code(key)));
    world.clock.advance(kTimeStep);
    EXPECT_TRUE(passes(conversing, code(key)));
}

TEST_F(Authenticator, ASecondAppStandsBesideTheFirst) {
    auto conversation = pairing({{"items", {app("phone")}}});
    EXPECT_TRUE(passes(conversation, code(key_of(conversation))));
    const Json& apps = conversation.enrollment().at("items");
    ASSERT_EQ(apps.size(), 2U);
    EXPECT_EQ(apps[0], app("phone"));
    EXPECT_EQ(apps[1]["name"], "App 2");
}

TEST_F(Authenticator, IsRefusedWhenFiveAreThere) {
    auto conversation = pairing({{"items", {app("a"), app("b"), app("c"), app("d"), app("e")}}});
    const Turn turn = conversation.reply({{"code", code(key_of(conversation))}});
    EXPECT_EQ(listed(turn.problems), Lines{"code too_many_devices"});
    EXPECT_FALSE(turn.enrollment);
}

TEST_F(Authenticator, SaysWhilePairingHowFarThePhonesClockIsOff) {
    const auto text = [&](std::int64_t seconds) {
        auto conversation = pairing();
        const Turn turn = conversation.reply({{"code", code(key_of(conversation), seconds)}});
        EXPECT_EQ(turn.verdict, Verdict::refused);
        return turn.problems.at(0).text;
    };
    EXPECT_EQ(text(300),
              (Text{"problem.authenticator_clock_ahead", {{"minutes", std::int64_t{5}}}}));
    EXPECT_EQ(text(-90),
              (Text{"problem.authenticator_clock_behind", {{"minutes", std::int64_t{2}}}}));
    EXPECT_EQ(text(1200).id, "problem.authenticator_wrong") << "beyond ten minutes";
}

TEST_F(Authenticator, ForgetsAKeyThatWasNotConfirmedWithinTenMinutes) {
    auto conversation = pairing();
    const std::string key = key_of(conversation);
    world.clock.advance(Minutes{10});
    const Turn turn = conversation.reply({{"code", code(key)}});
    EXPECT_EQ(listed(turn.problems), Lines{"code code_expired"});
    EXPECT_FALSE(turn.enrollment);
    EXPECT_NE(key_of(conversation), key);
    EXPECT_TRUE(passes(conversation, code(key_of(conversation))));
}

TEST_F(Authenticator, ShowsAnotherKeyWhenAsked) {
    auto conversation = pairing();
    const std::string key = key_of(conversation);
    conversation.reply(press("restart"));
    EXPECT_NE(key_of(conversation), key);
    EXPECT_FALSE(passes(conversation, code(key)));
}

TEST_F(Authenticator, HasDecoysThatTakeNotEvenTheirOwnCode) {
    const Subject decoy = decoy_for("nobody", {}, world.crypto);
    const Json held = type().decoy_enrollment(decoy, settings(), world.crypto);
    const std::string key = key_bytes(held["items"][0]["key"].get<std::string>());
    ASSERT_EQ(key.size(), 20U);
    Conversation conversation(world, type().challenge(), decoy, settings(), held);
    conversation.open();
    for (const int off : {-30, 0, 30}) EXPECT_FALSE(passes(conversation, code(key, off)));
}

}  // namespace
}  // namespace latchkey
