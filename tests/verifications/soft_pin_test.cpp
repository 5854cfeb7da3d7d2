#include "verifications/soft_pin.h"

#include "tests/support/any_answer.h"
#include "tests/support/builders.h"
#include "tests/support/conversation.h"
#include "tests/support/problems.h"

#include <gtest/gtest.h>
#include <array>

namespace latchkey {
namespace {

using Lines = std::vector<std::string>;

const Verification& type() {
    static const auto kType = make_soft_pin();
    return *kType;
}

Json settings(const Json& given = nullptr) {
    std::vector<Problem> none;
    return checked_settings(type().type().settings, given, "", none);
}

AccountBuilder amy() {
    return AccountBuilder("amy").with("email", "amy.lee@example.org");
}

/// Somebody who chooses PINs.
class SoftPin : public testing::Test {
 protected:
    Conversation choosing(const Json& with = nullptr, const AccountBuilder& person = amy(),
                          const Json& held = nullptr) {
        Conversation conversation(world, *type().enrollment(), person.subject(), settings(with),
                                  held);
        conversation.open();
        return conversation;
    }

    static Turn choose(Conversation& conversation, const std::string& pin) {
        return conversation.reply({{"pin", pin}, {"again", pin}});
    }

    /// Why the PIN is not taken at once, or "taken".
    Lines verdict(const std::string& pin, const Json& with = nullptr,
                  const AccountBuilder& person = amy()) {
        auto conversation = choosing(with, person);
        const Turn turn = choose(conversation, pin);
        return turn.verdict == Verdict::passed ? Lines{"taken"} : listed(turn.problems);
    }

    /// What somebody holds who chose these, the last one now.
    Json holding(const std::vector<std::string>& pins) {
        Json held;
        for (const auto& pin : pins) {
            auto conversation = choosing(nullptr, amy(), held);
            EXPECT_EQ(choose(conversation, pin).verdict, Verdict::passed) << pin;
            held = conversation.enrollment();
        }
        return held;
    }

    Turn enter(const Json& held, const std::string& pin) {
        Conversation conversation(world, type().challenge(), amy().subject(), settings(), held);
        conversation.open();
        return conversation.reply({{"pin", pin}});
    }

    World world;
};

/// The rules put otherwise: each window of three digits, looked up among the forbidden ones.
struct Windows {
    std::array<bool, 1000> same{};
    std::array<bool, 1000> run{};

    Windows() {
        for (std::size_t d = 0; d < 10; ++d) same[d * 111] = true;
        for (std::size_t d = 0; d < 8; ++d) {
            run[d * 111 + 12] = true;   // d, d+1, d+2
            run[d * 111 + 210] = true;  // d+2, d+1, d
        }
    }

    Lines broken(std::size_t pin) const {
        bool repeated = false;
        bool sequence = false;
        for (std::size_t rest = pin, i = 0; i < 4; ++i, rest /= 10) {
            repeated = repeated || same[rest % 1000];
            sequence = sequence || run[rest % 1000];
        }
        Lines lines;
        if (repeated) lines.emplace_back("soft_pin_repeated");
        if (sequence) lines.emplace_back("soft_pin_sequence");
        return lines;
    }
};

TEST(SoftPinRules, HoldForAllOfAMillion) {
    const Windows oracle;
    std::size_t good = 0;
    for (std::size_t n = 0; n < 1'000'000; ++n) {
        const std::string pin = std::to_string(1'000'000 + n).substr(1);
        const auto broken = broken_pin_rules(pin);
        ASSERT_EQ(broken, oracle.broken(n)) << pin;
        good += broken.empty() ? 1U : 0U;
    }
    EXPECT_EQ(good, 904'728U);
}

TEST(SoftPinRules, AreTheOnesOfTheProduct) {
    const auto broken = [](const char* pin) { return broken_pin_rules(pin); };
    EXPECT_EQ(broken("111234"), (Lines{"soft_pin_repeated", "soft_pin_sequence"}));
    EXPECT_EQ(broken("111415"), Lines{"soft_pin_repeated"});
    for (const char* pin : {"123456", "987654", "481230", "210593", "940789"})
        EXPECT_EQ(broken(pin), Lines{"soft_pin_sequence"}) << pin;
    for (const char* pin : {"890246", "109824", "112233", "890190"})
        EXPECT_EQ(broken(pin), Lines{}) << pin << ": a run does not wrap, pairs are allowed";
    for (const char* pin : {"", "4", "48061", "4806159"})
        EXPECT_EQ(broken(pin), Lines{"soft_pin_length"}) << pin;
    EXPECT_EQ(broken("0001234"),
              (Lines{"soft_pin_length", "soft_pin_repeated", "soft_pin_sequence"}));
}

TEST(SoftPinRules, ListNoCommonPinThatBreaksThemAnyway) {
    for (const auto pin : common_pins()) EXPECT_EQ(broken_pin_rules(pin), Lines{}) << pin;
    for (const char* pin : {"112233", "121212", "159753", "147258", "131313", "101010", "258369",
                            "696969", "007007", "246810"})
        EXPECT_TRUE(std::ranges::binary_search(common_pins(), pin)) << pin;
}

TEST_F(SoftPin, RefusalNamesEveryRuleThatIsBroken) {
    EXPECT_EQ(verdict("11123"),
              (Lines{"pin soft_pin_length", "pin soft_pin_repeated", "pin soft_pin_sequence"}));
    auto conversation = choosing();
    const Turn turn = conversation.reply({{"pin", "111234"}, {"again", "111235"}});
    EXPECT_EQ(listed(turn.problems),
              (Lines{"pin soft_pin_repeated", "pin soft_pin_sequence", "again soft_pin_differs"}));
    EXPECT_FALSE(turn.enrollment);
    EXPECT_EQ(verdict("48061"), Lines{"pin soft_pin_length"});
}

TEST_F(SoftPin, IsTakenAsPeopleTypeIt) {
    auto conversation = choosing();
    EXPECT_EQ(conversation.reply({{"pin", " 480-615 "}, {"again", "４８０ ６１５"}}).verdict,
              Verdict::passed);
    EXPECT_EQ(enter(conversation.enrollment(), "480 615").verdict, Verdict::passed);
}

TEST_F(SoftPin, RefusesAnyOfTheLastFive) {
    const std::vector<std::string> pins{"480615", "903618", "275940", "618305", "739462", "507193"};
    const Json held = holding(pins);
    for (std::size_t i = 1; i < pins.size(); ++i) {
        auto conversation = choosing(nullptr, amy(), held);
        const Turn turn = choose(conversation, pins[i]);
        EXPECT_EQ(listed(turn.problems), Lines{"pin soft_pin_used_before"}) << pins[i];
        EXPECT_FALSE(turn.enrollment);
    }
    auto conversation = choosing(nullptr, amy(), held);
    EXPECT_EQ(choose(conversation, pins[0]).verdict, Verdict::passed) << "the sixth is forgotten";
}

TEST_F(SoftPin, ReplacesTheOldOneAtOnce) {
    const Json held = holding({"480615", "903618"});
    EXPECT_EQ(enter(held, "903618").verdict, Verdict::passed);
    EXPECT_EQ(enter(held, "480615").verdict, Verdict::refused);
}

TEST_F(SoftPin, AdvisesAgainstACommonOneAndTakesItTheSecondTime) {
    for (const char* pin : {"112233", "121212", "159753"}) {
        auto conversation = choosing();
        EXPECT_EQ(listed(choose(conversation, pin).problems), Lines{"pin soft_pin_advice"}) << pin;
        EXPECT_EQ(choose(conversation, pin).verdict, Verdict::passed) << pin;
        EXPECT_EQ(enter(conversation.enrollment(), pin).verdict, Verdict::passed);
    }
    auto conversation = choosing();
    choose(conversation, "112233");
    EXPECT_EQ(listed(choose(conversation, "121212").problems), Lines{"pin soft_pin_advice"})
        << "that one was not advised against yet";
}

TEST_F(SoftPin, MeetsCommonOnesAsConfigured) {
    EXPECT_EQ(verdict("112233", {{"common_pins", "allow"}}), Lines{"taken"});
    auto conversation = choosing({{"common_pins", "refuse"}});
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(listed(choose(conversation, "112233").problems), Lines{"pin soft_pin_common"});
}

TEST_F(SoftPin, KnowsWhatStandsInTheProfile) {
    const auto person = amy()
                            .with("birth_date", "1987-06-04")
                            .with("phone", "+1 202 555 0174")
                            .with("employee_number", "4711");
    for (const char* pin : {"040687", "060487", "870604", "550174", "120255", "004711"})
        EXPECT_EQ(verdict(pin, {{"common_pins", "refuse"}}, person), Lines{"pin soft_pin_common"})
            << pin;
    for (const char* pin : {"198706", "041987", "061987", "202555"})
        EXPECT_TRUE(stands_in_profile(pin, person.subject())) << pin;
    EXPECT_EQ(verdict("480615", {{"common_pins", "refuse"}}, person), Lines{"taken"});
    EXPECT_FALSE(stands_in_profile("480615", amy().subject()));
    EXPECT_FALSE(stands_in_profile("000012", amy().with("employee_number", "12").subject()));
}

TEST_F(SoftPin, CostsOneSlowHashWhoeverAnswersWhat) {
    const Json held = holding({"480615", "903618", "275940"});
    const Json decoy = type().decoy_enrollment(amy().subject(), settings(), world.crypto);
    for (const Json& enrollment : {held, decoy, Json()})
        for (const char* pin : {"275940", "480615", "000000"}) {
            const auto before = world.crypto.slow_hashes();
            enter(enrollment, pin);
            EXPECT_EQ(world.crypto.slow_hashes() - before, 1U);
        }
    EXPECT_EQ(enter(decoy, "275940").verdict, Verdict::refused);
}

TEST_F(SoftPin, IsMaskedAndSpeakable) {
    const Prompt asked = type().challenge().outline(settings());
    EXPECT_EQ(asked.fields.at(0).kind, FieldKind::digits);
    EXPECT_TRUE(asked.fields.at(0).autofill.ends_with("-password"));
    EXPECT_FALSE(asked.fields.at(0).spoken.empty());
}

}  // namespace
}  // namespace latchkey
