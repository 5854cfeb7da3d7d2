#include "web/render/sentence.h"

#include "engine/json.h"
#include "engine/text.h"
#include "web/render/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <chrono>

namespace latchkey {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const TimePoint kAt{std::chrono::sys_days{std::chrono::January / 15 / 2026} + 14h + 5min};

/// One language whose only sentence is `pattern`.
class OneSentence {
 public:
    explicit OneSentence(const std::string& pattern, const std::string& language = "en",
                         const std::string& zone = "UTC")
        : assets_(Assets::Files{{"messages/" + language + ".json", Json{{"s", pattern}}.dump()}}),
          catalogs_(assets_, {.default_language = language, .zone = zone}) {}

    std::string say(std::map<std::string, Argument> arguments = {},
                    Manner manner = Manner::plain) const {
        std::string out;
        catalogs_.in("").say(out, {"s", std::move(arguments)}, manner);
        return out;
    }

 private:
    Assets assets_;
    Catalogs catalogs_;
};

TEST(Sentence, PutsArgumentsIntoWords) {
    EXPECT_EQ(OneSentence("We sent it to {to}.").say({{"to", "a@b.org"}}),
              "We sent it to a@b.org.");
    EXPECT_EQ(OneSentence("No {such} thing").say(), "No  thing");
    EXPECT_EQ(OneSentence("{n} tries").say({{"n", std::int64_t{12345}}}), "12,345 tries");
    EXPECT_EQ(OneSentence("{n} intentos", "es").say({{"n", std::int64_t{12345}}}),
              "12.345 intentos");
}

TEST(Sentence, KeepsApostrophesAndQuotedBraces) {
    EXPECT_EQ(OneSentence("It's an object: '{'…'}'").say(), "It's an object: {…}");
}

TEST(Sentence, ChoosesThePluralOfTheLanguage) {
    const OneSentence tries("{n, plural, =0 {none} one {# try} other {# tries}}");
    EXPECT_EQ(tries.say({{"n", std::int64_t{0}}}), "none");
    EXPECT_EQ(tries.say({{"n", std::int64_t{1}}}), "1 try");
    EXPECT_EQ(tries.say({{"n", std::int64_t{3}}}), "3 tries");
    const OneSentence arabic("{n, plural, one {one} two {two} few {few} many {many} other {other}}",
                             "ar");
    EXPECT_EQ(arabic.say({{"n", std::int64_t{2}}}), "two");
    EXPECT_EQ(arabic.say({{"n", std::int64_t{5}}}), "few");
    EXPECT_EQ(arabic.say({{"n", std::int64_t{11}}}), "many");
}

TEST(Sentence, CountsTheInnerPluralByItsOwnNumber) {
    const OneSentence both("{a, plural, other {# of {b, plural, one {# thing} other {# things}}}}");
    EXPECT_EQ(both.say({{"a", std::int64_t{2}}, {"b", std::int64_t{1}}}), "2 of 1 thing");
}

TEST(Sentence, SelectsByWordAndNoneForAnEmptyOne) {
    const OneSentence near("unknown{near, select, none {} other {; did you mean {near}?}}");
    EXPECT_EQ(near.say({{"near", "slug"}}), "unknown; did you mean slug?");
    EXPECT_EQ(near.say({{"near", ""}}), "unknown");
    EXPECT_EQ(near.say(), "unknown");
}

TEST(Sentence, WritesInstantsInTheLanguageAndZone) {
    EXPECT_EQ(OneSentence("until {at, time}").say({{"at", kAt}}), "until 2:05\u00a0PM UTC");
    EXPECT_EQ(OneSentence("hasta las {at, time}", "es", "Europe/Madrid").say({{"at", kAt}}),
              "hasta las 15:05 CET");
    EXPECT_EQ(OneSentence("on {at, date}").say({{"at", kAt}}), "on January 15, 2026");
    EXPECT_THAT(OneSentence("{at}").say({{"at", kAt}}), HasSubstr("Jan 15"));
}

TEST(Sentence, MarksInstantsUpInContentAndNowhereElse) {
    const OneSentence until("<{at, time}>");
    const std::string content = until.say({{"at", kAt}}, Manner::content);
    EXPECT_THAT(content, HasSubstr("&lt;<time datetime=\"2026-01-15T14:05:00Z\" data-as=\"time\""));
    EXPECT_THAT(content, HasSubstr("title=\"Thursday, January 15, 2026"));
    EXPECT_EQ(until.say({{"at", kAt}}, Manner::attribute), "&lt;2:05\u00a0PM UTC&gt;");
}

TEST(Sentence, EscapesWordsAndArgumentsForHtml) {
    const OneSentence both("A & {b}");
    EXPECT_EQ(both.say({{"b", "<i \"'>"}}, Manner::content), "A &amp; &lt;i &quot;&#39;&gt;");
    EXPECT_EQ(both.say({{"b", "<i>"}}, Manner::plain), "A & <i>");
}

TEST(Sentence, KeepsNamesTogetherInRightToLeftContent) {
    const OneSentence sent("إلى {to}", "ar");
    EXPECT_EQ(sent.say({{"to", "a@b.org"}}, Manner::content), "إلى <bdi>a@b.org</bdi>");
    EXPECT_EQ(sent.say({{"to", "a@b.org"}}, Manner::attribute), "إلى a@b.org");
}

TEST(Sentence, NamesItsArguments) {
    EXPECT_THAT(Sentence("{b} {a, plural, one {{c}} other {#}} {d, time}").arguments(),
                ElementsAre("a", "b", "c", "d"));
}

TEST(Sentence, RefusesPatternsThatCannotBeRead) {
    for (const char* pattern : {"{open", "{0}", "{a, choice, 0#x}", "{a, number}",
                                "{a, plural, one {x}}", "{a, selectordinal, other {x}}"})
        EXPECT_THROW(Sentence{pattern}, std::runtime_error) << pattern;
}

TEST(Formats, SayDurationsInAtMostTwoUnits) {
    const Formats english("en", "UTC");
    EXPECT_EQ(english.duration(10min), "10 minutes");
    EXPECT_EQ(english.duration(1h + 30min), "1 hour, 30 minutes");
    EXPECT_EQ(english.duration(72h), "3 days");
    EXPECT_EQ(english.duration(24h + 61s), "1 day, 1 minute");
    EXPECT_EQ(english.duration(0s), "0 seconds");
    EXPECT_EQ(Formats("es", "UTC").duration(61s), "1 minuto y 1 segundo");
}

TEST(Formats, RefuseAZoneThatDoesNotExist) {
    EXPECT_THROW(Formats("en", "Mars/Base"), std::runtime_error);
}

TEST(Formats, KeepTheDigitsThatCodesAreWrittenIn) {
    EXPECT_EQ(Formats("ar", "UTC").number(42), "42");
    EXPECT_EQ(Formats("fa", "UTC").number(42), "42");
}

}  // namespace
}  // namespace latchkey
