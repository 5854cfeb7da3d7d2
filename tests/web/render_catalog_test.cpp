#include "web/render/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdexcept>

namespace latchkey {
namespace {

using ::testing::HasSubstr;

Assets three_languages() {
    return Assets(
        Assets::Files{{"messages/en.json", R"({"a": "a in English", "b": "b in English"})"},
                      {"messages/pt.json", R"({"a": "a em português"})"},
                      {"messages/pt-BR.json", R"({"c": "c brasileiro"})"}});
}

std::string fault_of(const std::string& json) {
    try {
        const Assets assets(Assets::Files{{"messages/en.json", json}});
        const Catalogs catalogs(assets, {});
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "accepted";
}

TEST(Catalogs, FallBackToTheParentThenToTheDefault) {
    const Catalogs catalogs(three_languages(), {});
    const Catalog& brazilian = catalogs.in("pt-BR");
    EXPECT_EQ(brazilian.say({"c", {}}), "c brasileiro");
    EXPECT_EQ(brazilian.say({"a", {}}), "a em português");
    EXPECT_EQ(brazilian.say({"b", {}}), "b in English");
}

TEST(Catalogs, NeverShowAnId) {
    const Catalogs catalogs(three_languages(), {});
    EXPECT_EQ(catalogs.in("en").say({"no.such.sentence", {}}), "");
    EXPECT_EQ(catalogs.in("en").say({"c", {}}), "");
    EXPECT_EQ(catalogs.in("en").say({}), "");
}

TEST(Catalogs, ChooseByWishThenPreferenceThenBrowserThenDefault) {
    const Catalogs catalogs(three_languages(), {});
    EXPECT_EQ(catalogs.choose("pt", "en", "en").language(), "pt");
    EXPECT_EQ(catalogs.choose("xx", "pt-BR", "en").language(), "pt-BR");
    EXPECT_EQ(catalogs.choose("", "", "fr, pt-PT;q=0.9, en;q=0.8").language(), "pt");
    EXPECT_EQ(catalogs.choose("", "", "fr").language(), "en");
}

TEST(Catalogs, TakeAnotherCountrysLanguageRatherThanNone) {
    const Assets assets(Assets::Files{{"messages/en.json", "{}"}, {"messages/pt-BR.json", "{}"}});
    const Catalogs catalogs(assets, {});
    EXPECT_EQ(catalogs.in("pt-PT").language(), "pt-BR");
    EXPECT_EQ(catalogs.match("fr"), nullptr);
}

TEST(Catalogs, CanBeLimitedAndHaveAnotherDefault) {
    const Catalogs catalogs(three_languages(), {.default_language = "pt", .languages = {"en"}});
    EXPECT_EQ(catalogs.in("pt-BR").language(), "pt");
    EXPECT_EQ(catalogs.all().size(), 2U);
    EXPECT_EQ(catalogs.choose("", "", "fr").language(), "pt");
    EXPECT_THROW(Catalogs(three_languages(), {.languages = {"de"}}), std::runtime_error);
}

TEST(Catalogs, PickAnAdministratorsWordsInTheNearestLanguage) {
    const Catalogs catalogs(three_languages(), {});
    const Words words{{"de", "Zurücksetzen"}, {"en", "Reset"}, {"pt", "Redefinir"}};
    EXPECT_EQ(catalogs.in("pt-BR").pick(words), "Redefinir");
    EXPECT_EQ(catalogs.in("en").pick(words), "Reset");
    EXPECT_EQ(catalogs.in("en").pick({{"de", "Zurücksetzen"}}), "Zurücksetzen");
    EXPECT_EQ(catalogs.in("en").pick({}), "");
}

TEST(Catalogs, KnowTheDirectionOfALanguage) {
    const Assets assets(Assets::Files{{"messages/en.json", "{}"}, {"messages/ar.json", "{}"}});
    const Catalogs catalogs(assets, {});
    EXPECT_EQ(catalogs.in("en").direction(), "ltr");
    EXPECT_EQ(catalogs.in("ar").direction(), "rtl");
}

TEST(Catalogs, SayWhatIsWrongWithAFile) {
    EXPECT_THAT(fault_of("{\n \"a\": }"), HasSubstr("messages/en.json line 2"));
    EXPECT_THAT(fault_of("[]"), HasSubstr("one object"));
    EXPECT_THAT(fault_of(R"({"a": {"b": "c"}})"), HasSubstr("\"a\" must be a string"));
    EXPECT_THAT(fault_of(R"({"a": "1", "a": "2"})"), HasSubstr("messages/en.json"));
    EXPECT_THAT(fault_of(R"({"a": "{open"})"), HasSubstr("messages/en.json: \"a\""));
    const Assets misnamed(Assets::Files{{"messages/en_US.json", "{}"}});
    EXPECT_THROW(Catalogs(misnamed, {}), std::runtime_error);
}

}  // namespace
}  // namespace latchkey
