#include "engine/settings.h"

#include "engine/process.h"
#include "tests/support/problems.h"

#include <gtest/gtest.h>
#include <set>

namespace latchkey {
namespace {

using Lines = std::vector<std::string>;

const std::vector<Setting> kDeclared{
    {.key = "shown", .kind = SettingKind::flag, .fallback = true},
    {.key = "count", .kind = SettingKind::integer, .fallback = 3, .at_least = 1, .at_most = 10},
    {.key = "lasts",
     .kind = SettingKind::duration,
     .fallback = "10m",
     .at_least = 60,
     .at_most = 600},
    {.key = "mode", .kind = SettingKind::choice, .fallback = "warn", .choices = {"warn", "refuse"}},
    {.key = "words", .kind = SettingKind::text, .fallback = "", .at_least = 0, .at_most = 5},
};

Lines problems_of(const Json& given) {
    std::vector<Problem> problems;
    checked_settings(kDeclared, given, "/settings", problems);
    return listed(problems);
}

Lines problems_of(const char* key, const Json& value) {
    return problems_of(Json{{key, value}});
}

TEST(CheckedSettings, FillInEveryDefault) {
    const Json defaults{
        {"shown", true}, {"count", 3}, {"lasts", "10m"}, {"mode", "warn"}, {"words", ""}};
    for (const Json& given : {Json(), Json::object()}) {
        std::vector<Problem> problems;
        EXPECT_EQ(checked_settings(kDeclared, given, "", problems), defaults);
        EXPECT_TRUE(problems.empty());
    }
}

TEST(CheckedSettings, KeepWhatIsGivenAndFillInTheRest) {
    std::vector<Problem> problems;
    const Json settings =
        checked_settings(kDeclared, {{"count", 10}, {"shown", false}}, "", problems);
    EXPECT_EQ(integer(settings, "count"), 10);
    EXPECT_FALSE(flag(settings, "shown"));
    EXPECT_EQ(duration(settings, "lasts"), Minutes{10});
    EXPECT_EQ(text(settings, "mode"), "warn");
    EXPECT_TRUE(problems.empty());
}

TEST(CheckedSettings, UseTheDefaultWhereTheValueIsWrong) {
    std::vector<Problem> problems;
    const Json settings = checked_settings(kDeclared, {{"count", 11}}, "", problems);
    EXPECT_EQ(integer(settings, "count"), 3);
    EXPECT_EQ(problems.size(), 1U);
}

TEST(FlagSetting, IsTrueOrFalse) {
    EXPECT_EQ(problems_of("shown", false), Lines{});
    for (const Json& wrong : {Json(0), Json(1), Json("true"), Json(), Json::array()})
        EXPECT_EQ(problems_of("shown", wrong), Lines{"/settings/shown not_a_flag"}) << wrong;
}

TEST(IntegerSetting, HoldsItsBounds) {
    for (const Json& right : {Json(1), Json(10), Json(5U)})
        EXPECT_EQ(problems_of("count", right), Lines{}) << right;
    for (const Json& wrong : {Json(0), Json(11), Json(-1), Json(5.0), Json("5"), Json(true), Json(),
                              Json({5}), Json(18446744073709551615U), Json(9223372036854775808U)})
        EXPECT_EQ(problems_of("count", wrong), Lines{"/settings/count not_an_integer"}) << wrong;
}

TEST(IntegerSetting, IsNotReachedAroundTheEndOfTheNumbers) {
    // -1 read as unsigned and back again must not slip under a negative bound.
    const std::vector<Setting> below_zero{
        {.key = "n", .kind = SettingKind::integer, .fallback = 0, .at_least = -5, .at_most = 5}};
    std::vector<Problem> problems;
    checked_settings(below_zero, {{"n", 18446744073709551615U}}, "", problems);
    EXPECT_EQ(listed(problems), Lines{"/n not_an_integer"});
}

TEST(DurationSetting, HoldsItsBounds) {
    for (const char* right : {"60s", "1m", "600s", "10m"})
        EXPECT_EQ(problems_of("lasts", right), Lines{}) << right;
    for (const Json& wrong : {Json("59s"), Json("601s"), Json("1h"), Json("0s"), Json("10"),
                              Json(600), Json(""), Json("ten minutes"), Json(), Json(true)})
        EXPECT_EQ(problems_of("lasts", wrong), Lines{"/settings/lasts not_a_duration"}) << wrong;
}

TEST(ChoiceSetting, IsOneOfThoseDeclared) {
    EXPECT_EQ(problems_of("mode", "refuse"), Lines{});
    for (const Json& wrong : {Json("allow"), Json("Warn"), Json(""), Json(0), Json()})
        EXPECT_EQ(problems_of("mode", wrong), Lines{"/settings/mode not_a_choice"}) << wrong;
}

TEST(TextSetting, IsCountedInCodePoints) {
    for (const char* right : {"", "ééééé", "😀😀😀😀😀"})
        EXPECT_EQ(problems_of("words", right), Lines{}) << right;
    for (const Json& wrong : {Json("éééééé"), Json(5), Json(), Json(true)})
        EXPECT_EQ(problems_of("words", wrong), Lines{"/settings/words not_a_text"}) << wrong;
}

TEST(WordsSetting, AreSentencesInNamedLanguages) {
    const std::vector<Setting> declared{
        {.key = "said", .kind = SettingKind::words, .fallback = Json::object(), .at_most = 5}};
    const auto problems = [&](const Json& words) {
        std::vector<Problem> found;
        checked_settings(declared, {{"said", words}}, "", found);
        return listed(found);
    };
    EXPECT_EQ(problems({{"en", "hello"}, {"es", "señor"}}), Lines{});
    for (const Json& words : {Json{{"", "hello"}}, Json{{"en", 7}}, Json{{"en", " "}},
                              Json{{"en", "hello!"}}, Json{{"en", "a\nb"}}, Json("hello")})
        EXPECT_EQ(problems(words), Lines{"/said not_words"}) << words;
}

TEST(ListSetting, HoldsItsBoundsAndNamesEachThingOnce) {
    const std::vector<Setting> declared{
        {.key = "list",
         .kind = SettingKind::list,
         .fallback = Json::array(),
         .at_least = 1,
         .at_most = 2,
         .members = {{.key = "name", .kind = SettingKind::name, .fallback = nullptr}}}};
    const auto problems = [&](const std::vector<Json>& names) {
        Json list = Json::array();
        for (const Json& name : names) list.push_back({{"name", name}});
        std::vector<Problem> found;
        checked_settings(declared, {{"list", list}}, "", found);
        return listed(found);
    };
    EXPECT_EQ(problems({"a"}), Lines{});
    EXPECT_EQ(problems({"a", "b"}), Lines{});
    EXPECT_EQ(problems({}), Lines{"/list not_so_many"});
    EXPECT_EQ(problems({"a", "b", "c"}), Lines{"/list not_so_many"});
    EXPECT_EQ(problems({"a", "a"}), Lines{"/list/1/name used_twice"});
    EXPECT_EQ(problems({"a", "no name"}), Lines{"/list/1/name not_a_name"});
    EXPECT_EQ(problems({7, 7}), (Lines{"/list/0/name not_a_name", "/list/1/name not_a_name"}));
}

TEST(UnknownSetting, IsNamedWithTheNearestKnownOne) {
    std::vector<Problem> problems;
    checked_settings(kDeclared, {{"cuont", 3}, {"elephant", 1}}, "/settings", problems);
    ASSERT_EQ(listed(problems),
              (Lines{"/settings/cuont unknown_name", "/settings/elephant unknown_name"}));
    EXPECT_EQ(problems[0].text.arguments.at("nearest"), Argument("count"));
    EXPECT_EQ(problems[1].text.arguments.at("nearest"), Argument(""));
}

TEST(UnknownSetting, HasAPointerThatIsEscaped) {
    EXPECT_EQ(problems_of("a/b~c", 1), Lines{"/settings/a~1b~0c unknown_name"});
}

TEST(CheckedSettings, RefuseWhatIsNoObject) {
    for (const Json& wrong : {Json::array(), Json("x"), Json(1), Json(true)})
        EXPECT_EQ(problems_of(wrong), Lines{"/settings not_an_object"}) << wrong;
}

TEST(SettingProblem, SaysTheBoundsAsPeopleWriteThem) {
    std::vector<Problem> problems;
    checked_settings(kDeclared, {{"count", 0}, {"lasts", "1h"}, {"mode", "x"}}, "", problems);
    ASSERT_EQ(problems.size(), 3U);
    EXPECT_EQ(problems[0].text.arguments.at("most"), Argument(std::int64_t{10}));
    EXPECT_EQ(problems[1].text.arguments.at("least"), Argument("1m"));
    EXPECT_EQ(problems[1].text.arguments.at("most"), Argument("10m"));
    EXPECT_EQ(problems[2].text.arguments.at("choices"), Argument("warn, refuse"));
}

TEST(NearestName, IsFoundForATypingError) {
    const std::vector<std::string> known{"expires_in", "resend_after", "max_per_day",
                                         "use_profile"};
    const std::pair<const char*, const char*> table[] = {
        {"expire_in", "expires_in"},
        {"expires-in", "expires_in"},
        {"expiresin", "expires_in"},
        {"EXPIRES_IN", ""},
        {"max_perday", "max_per_day"},
        {"resend", ""},
        {"use_profil", "use_profile"},
        {"x", ""},
        {"", ""},
        {"completely_different", ""},
    };
    for (const auto& [unknown, nearest] : table)
        EXPECT_EQ(nearest_name(unknown, known), nearest) << unknown;
    EXPECT_EQ(nearest_name("a", std::vector<std::string>{}), "");
}

TEST(NearestName, IsTheNearestAndAmongEqualsTheFirst) {
    const std::vector<std::string> known{"timeouts", "timeout", "timeouf"};
    EXPECT_EQ(nearest_name("timeout_", known), "timeouts") << "one letter replaced";
    EXPECT_EQ(nearest_name("timeoux", known), "timeout");
}

/// Everything that is declared somewhere must be sound itself.
TEST(DeclaredSettings, AcceptTheirOwnDefaults) {
    for (const auto declared :
         {product_settings(), process_limit_settings(), process_password_settings()}) {
        Json given = Json::object();
        std::set<std::string> keys;
        for (const Setting& setting : declared) {
            given[setting.key] = setting.fallback;
            EXPECT_TRUE(keys.insert(setting.key).second) << setting.key << " is declared twice";
            EXPECT_LE(setting.at_least, setting.at_most) << setting.key;
        }
        std::vector<Problem> problems;
        EXPECT_EQ(checked_settings(declared, given, "", problems), given);
        EXPECT_EQ(listed(problems), Lines{});
    }
}

TEST(Name, IsUpToSixtyPlainCharacters) {
    EXPECT_TRUE(is_name("a-b_c.9"));
    EXPECT_TRUE(is_name(std::string(60, 'a')));
    for (const auto& bad : {std::string(61, 'a'), std::string(), std::string("A"),
                            std::string("a b"), std::string("a/b"), std::string("\xc3\xa4")})
        EXPECT_FALSE(is_name(bad)) << bad;
}

}  // namespace
}  // namespace latchkey
