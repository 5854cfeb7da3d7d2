#include "web/render/languages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(LanguageTag, GetsItsUsualSpelling) {
    EXPECT_EQ(language_tag("PT-br"), "pt-BR");
    EXPECT_EQ(language_tag("ZH-hANT-tw"), "zh-Hant-TW");
    EXPECT_EQ(language_tag("es-419"), "es-419");
}

TEST(LanguageTag, IsEmptyForWhatIsNone) {
    for (const char* text : {"", "-", "en-", "-en", "en--us", "e n", "../en", "en_US",
                             "toolongasubtag", "a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a"})
        EXPECT_EQ(language_tag(text), "") << text;
}

TEST(AcceptedLanguages, AreSortedByWeight) {
    EXPECT_THAT(accepted_languages("fr;q=0.5, es-MX, en;q=0.8, es;q=0.9"),
                ElementsAre("es-MX", "es", "en", "fr"));
    EXPECT_THAT(accepted_languages("de, en"), ElementsAre("de", "en"));
}

TEST(AcceptedLanguages, LeaveOutWhatIsRefusedOrBroken) {
    EXPECT_THAT(accepted_languages("de;q=0, *, en_US, fr;q=abc, it;level=1, es;q=0.001"),
                ElementsAre("es"));
    EXPECT_THAT(accepted_languages(""), IsEmpty());
    EXPECT_THAT(accepted_languages(",,;;,"), IsEmpty());
}

TEST(AcceptedLanguages, StopAtTwenty) {
    std::string header;
    for (int i = 0; i < 1000; ++i) header += "en,";
    EXPECT_EQ(accepted_languages(header).size(), 20U);
}

TEST(WithParents, NarrowsTheTagStepByStep) {
    EXPECT_THAT(with_parents("zh-Hant-TW"), ElementsAre("zh-Hant-TW", "zh-Hant", "zh"));
    EXPECT_THAT(with_parents("../../etc"), IsEmpty());
}

}  // namespace
}  // namespace latchkey
