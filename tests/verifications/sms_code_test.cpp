#include "verifications/sms_code.h"

#include "tests/support/any_answer.h"
#include "tests/support/builders.h"
#include "tests/support/conversation.h"
#include "tests/support/problems.h"

#include <gtest/gtest.h>
#include <set>

namespace latchkey {
namespace {

using Lines = std::vector<std::string>;

/// A type whose messages are paid for by these rules.
class SmsCode : public testing::Test {
 protected:
    explicit SmsCode(SmsRules rules = {}) : type(make_sms_code(std::move(rules))) {}

    Json settings(const Json& given = nullptr) const {
        std::vector<Problem> none;
        return checked_settings(type->type().settings, given, "", none);
    }
    static Subject amy(const std::string& phone) {
        return AccountBuilder("amy").with("phone", phone).subject();
    }
    bool available(const std::string& phone, const Json& held = nullptr) const {
        return type->available(amy(phone), held, settings());
    }
    Conversation asking(const std::string& phone) {
        Conversation conversation(world, type->challenge(), amy(phone), settings(), nullptr);
        conversation.open("profile");
        return conversation;
    }
    Lines refusal(const std::string& typed) {
        Conversation conversation(world, *type->enrollment(), amy(""), settings(), nullptr);
        conversation.open();
        return listed(conversation.reply({{"address", typed}, {"name", "x"}}).problems);
    }
    static Json holding(const std::string& address) {
        return {
            {"items", {{{"id", "d"}, {"name", "d"}, {"address", address}, {"submitted", true}}}}};
    }

    std::unique_ptr<Verification> type;
    World world;
};

TEST_F(SmsCode, GoesToTheNumberOnFileInE164) {
    const auto conversation = asking("(202) 555-0101");
    const SendMessage& message = conversation.sent().at(0);
    EXPECT_EQ(message.channel, "sms");
    EXPECT_EQ(message.to, "+12025550101");
    EXPECT_EQ(message.data.at("minutes"), 5);
    EXPECT_EQ(message.not_again_for, Minutes{2});
    EXPECT_EQ(message.per_day, 10);
    EXPECT_TRUE(message.limit_per_device) << "ten a day per device";
    EXPECT_EQ(message.shared, (std::vector<SharedLimit>{{"sms/1", 500}, {"sms", 2000}}));
}

TEST_F(SmsCode, IsMaskedToTheLastTwoDigits) {
    const auto places = type->destinations(amy("+34 612 34 56 78"), nullptr, settings());
    EXPECT_EQ(std::get<std::string>(places.at(0).label.arguments.at("to")), "••••78");
}

TEST_F(SmsCode, IsNotAvailableWhereNoMessageMayGo) {
    EXPECT_TRUE(available("+1 202 555 0101"));
    for (const char* phone : {"", "extension 4357", "112", "+1 900 555 0101", "202 555 0101 x12"})
        EXPECT_FALSE(available(phone)) << phone;
}

TEST_F(SmsCode, SaysWhyANumberIsNotTaken) {
    EXPECT_EQ(refusal("hello there"), Lines{"address sms_code_bad_address"});
    EXPECT_EQ(refusal("202 555 0101 ext. 5"), Lines{"address sms_code_extension"});
    EXPECT_EQ(refusal("911"), Lines{"address sms_code_short_code"});
    EXPECT_EQ(refusal("1-900-555-0101"), Lines{"address sms_code_premium"});
    EXPECT_EQ(refusal("+44 (0)7400 123456"), Lines{});
}

TEST_F(SmsCode, OffersOneTelephoneOnceHoweverItIsWritten) {
    EXPECT_EQ(
        type->destinations(amy("1 (202) 555 0101"), holding("+12025550101"), settings()).size(),
        1U);
}

TEST_F(SmsCode, KeepsSeveralNamedDevices) {
    Conversation conversation(world, *type->enrollment(), amy(""), settings(),
                              holding("+12025550101"));
    conversation.open();
    conversation.reply({{"address", "011 44 7400 123456"}, {"name", "Work"}});
    conversation.reply({{"code", conversation.sent().back().data.at("code").get<std::string>()}});
    EXPECT_EQ(conversation.reply({}).verdict, Verdict::passed);
    const Json& items = conversation.enrollment().at("items");
    ASSERT_EQ(items.size(), 2U);
    EXPECT_EQ(items[1].at("address"), "+447400123456");
    EXPECT_EQ(items[1].at("name"), "Work");
}

class SmsCodeAtHome : public SmsCode {
 protected:
    SmsCodeAtHome()
        : SmsCode({.numbers = {.default_region = "ES", .countries = {"ES", "PT"}},
                   .per_day = 0,
                   .per_country_day = 7}) {}
};

TEST_F(SmsCodeAtHome, GoesToAllowedCountriesOnlyEvenIfANumberWasEnrolledBefore) {
    EXPECT_TRUE(available("612 34 56 78"));
    EXPECT_TRUE(available("00 351 912 345 678"));
    EXPECT_FALSE(available("+1 202 555 0101"));
    EXPECT_FALSE(available("", holding("+12025550101")));
    EXPECT_EQ(refusal("+1 202 555 0101"), Lines{"address sms_code_country"});
    EXPECT_EQ(asking("612 34 56 78").sent().at(0).shared,
              (std::vector<SharedLimit>{{"sms/34", 7}}));
}

TEST_F(SmsCodeAtHome, DecoysHaveTelephonesOfThatCountryWithAnyLastDigits) {
    std::set<std::string> masked;
    std::size_t second = 0;
    for (int i = 0; i < 400; ++i) {
        const Subject decoy = decoy_for("name" + std::to_string(i), {}, world.crypto);
        const Json held = type->decoy_enrollment(decoy, settings(), world.crypto);
        const auto places = type->destinations(decoy, held, settings());
        EXPECT_EQ(places.at(0).id, "profile") << "as a person's";
        EXPECT_TRUE(held.at("items").at(0).at("address").get<std::string>().starts_with("+34"));
        masked.insert(std::get<std::string>(places.at(0).label.arguments.at("to")));
        second += places.size() - 1;
        if (places.size() == 2) {
            EXPECT_NE(places[0].label, places[1].label);
        }
    }
    EXPECT_GT(masked.size(), 90U);
    EXPECT_NEAR(static_cast<double>(second), 50, 25) << "one in eight has two";
}

}  // namespace
}  // namespace latchkey
