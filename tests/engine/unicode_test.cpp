#include "engine/unicode.h"

#include <gtest/gtest.h>
#include <map>
#include <utility>
#include <vector>

namespace latchkey {
namespace {

/// UTF-8 of one code point, surrogates included.
std::string utf8(char32_t point) {
    const auto byte = [](char32_t bits) { return static_cast<char>(bits); };
    if (point < 0x80) return {byte(point)};
    if (point < 0x800) return {byte(0xC0 | point >> 6), byte(0x80 | (point & 0x3F))};
    if (point < 0x10000)
        return {byte(0xE0 | point >> 12), byte(0x80 | (point >> 6 & 0x3F)),
                byte(0x80 | (point & 0x3F))};
    return {byte(0xF0 | point >> 18), byte(0x80 | (point >> 12 & 0x3F)),
            byte(0x80 | (point >> 6 & 0x3F)), byte(0x80 | (point & 0x3F))};
}

const std::vector<std::string> kNotUtf8{"\x80",
                                        "\xbf",
                                        "\xc0\xaf",
                                        "\xc1\x81",
                                        "\xe0\x80\xaf",
                                        "\xed\xa0\x80",
                                        "\xed\xbf\xbf",
                                        "\xf0\x80\x80\xaf",
                                        "\xf4\x90\x80\x80",
                                        "\xf8\x88\x80\x80\x80",
                                        "\xff",
                                        "\xfe",
                                        "\xc3",
                                        "\xe2\x82",
                                        "\xf0\x9f\x98",
                                        "a\xffz",
                                        "ok\xc3(",
                                        "\xe2\x28\xa1"};

TEST(Fold, GivesAllSpellingsOfAPersonOneForm) {
    const std::map<std::string, std::vector<std::string>> table{
        {"amy.lee",
         {"amy.lee", "AMY.LEE", "Amy.Lee", " amy.lee", "amy.lee  ", "ａｍｙ．ｌｅｅ", "ＡＭＹ.LEE",
          "\u00a0amy.lee\u3000", "\u2003amy.lee"}},
        {"strasse", {"straße", "STRASSE", "STRAẞE", "Straße", "ſtrasse"}},
        {"kelvin", {"\u212aelvin", "Kelvin", "KELVIN"}},
        {"å", {"\u212b", "\u00c5", "A\u030a", "a\u030a"}},
        {"josé", {"jose\u0301", "JOSÉ", "JOSE\u0301"}},
        {"amy lee", {"amy  lee", "Amy\u00a0Lee", "amy\u3000 lee", " amy\u2009lee "}},
        {"office", {"o\ufb03ce", "OFFICE"}},
        {"σίσυφοσ", {"σίσυφος", "ΣΊΣΥΦΟΣ"}},
        {"i̇stanbul", {"İstanbul", "i\u0307stanbul"}},
        {"12345", {"１２３４５", "①②③④⑤"}},
        {"amy@example.org", {"Amy@Example.ORG", "AMY＠EXAMPLE.ORG"}},
    };
    for (const auto& [form, spellings] : table)
        for (const auto& spelling : spellings) EXPECT_EQ(fold(spelling), form) << spelling;
}

TEST(Fold, KeepsApartWhatIsNotTheSameName) {
    EXPECT_NE(fold("ı"), fold("i")) << "a dotless i is another letter";
    EXPECT_NE(fold("İ"), fold("i"));
    EXPECT_NE(fold("İ"), fold("I"));
    EXPECT_NE(fold("amy"), fold("аmy")) << "Cyrillic a";
    EXPECT_NE(fold("josé"), fold("jose"));
    EXPECT_NE(fold("amylee"), fold("amy lee"));
    EXPECT_NE(fold("0"), fold("o"));
}

TEST(Fold, RefusesWhatHidesDifferences) {
    for (const std::string hidden :
         {"\u200b", "\u200c", "\u200d", "\u2060", "\ufeff",     "\u00ad",     "\u200e", "\u200f",
          "\u202e", "\u2066", "\u061c", "\ue000", "\U000f0000", "\U000e0041", "\u180e", "\t",
          "\n",     "\r",     "\x01",   "\x7f",   "\u0085",     "\u0378"})
        for (const std::string& spelling : {"amy" + hidden + "lee", hidden + "amy", "amy" + hidden})
            EXPECT_EQ(fold(spelling), std::nullopt) << testing::PrintToString(spelling);
    EXPECT_EQ(fold(std::string_view("amy\0lee", 7)), std::nullopt);
}

TEST(Fold, LeavesNothingOfCharactersThatCannotBeSeen) {
    EXPECT_EQ(fold("amy\ufe0f"), "amy") << "a variation selector";
    EXPECT_EQ(fold("a\u034fmy"), "amy") << "a combining grapheme joiner";
    EXPECT_EQ(fold("\u3164"), "") << "a Hangul filler";
}

TEST(Fold, ChangesNothingTheSecondTime) {
    for (char32_t point = 0; point < 0x30000; ++point) {
        const auto once = fold("a" + utf8(point) + "b");
        if (!once) continue;
        ASSERT_EQ(fold(*once), once) << std::hex << static_cast<unsigned>(point);
    }
}

TEST(Fold, OfBlanksIsEmpty) {
    EXPECT_EQ(fold(""), "");
    EXPECT_EQ(fold(" \u00a0\u3000\u2028 "), "");
}

TEST(FoldAnswer, ReadsAllSpellingsOfAnAnswerAlike) {
    for (const char* mark : {"\u2018", "\u2019", "\u201b", "\u02bc", "\u02b9", "\u2032", "`", "'"})
        EXPECT_EQ(fold_answer(std::string("O") + mark + "Brien"), "o'brien") << mark;
    for (const char* dash : {"\u2010", "\u2013", "\u2212", "-"})
        EXPECT_EQ(fold_answer(std::string("Jean") + dash + "Luc"), "jean-luc") << dash;
    EXPECT_EQ(fold_answer("İstanbul"), "istanbul");
    EXPECT_EQ(fold_answer("Diyarbakır"), "diyarbakir");
    EXPECT_EQ(fold_answer("q\u0307"), "q\u0307") << "no dot but that of an i";
    EXPECT_EQ(fold_answer("a\u0007b\ue000c"), "abc") << "what nobody sees is left out";
    EXPECT_EQ(fold_answer("  two\u00a0 words "), "two words");
}

TEST(InvalidUtf8, IsRefusedByEveryFunctionThatReadsIt) {
    for (const auto& bytes : kNotUtf8) {
        EXPECT_EQ(fold(bytes), std::nullopt) << testing::PrintToString(bytes);
        EXPECT_EQ(to_nfc(bytes), std::nullopt) << testing::PrintToString(bytes);
        EXPECT_EQ(to_ascii_digits(bytes), std::nullopt) << testing::PrintToString(bytes);
        EXPECT_TRUE(has_control_characters(bytes)) << testing::PrintToString(bytes);
    }
}

TEST(ToNfc, ComposesAndOtherwiseChangesNothing) {
    EXPECT_EQ(to_nfc(""), "");
    EXPECT_EQ(to_nfc("Amy  Lee "), "Amy  Lee ");
    EXPECT_EQ(to_nfc("e\u0301"), "é");
    EXPECT_EQ(to_nfc("é"), "é");
    EXPECT_EQ(to_nfc("ﬁ Ａ ß ²"), "ﬁ Ａ ß ²") << "compatibility characters stay";
    EXPECT_EQ(to_nfc("👩‍👩‍👧"), "👩‍👩‍👧") << "so does what joins emoji";
    EXPECT_EQ(to_nfc("q\u0323\u0307"), to_nfc("q\u0307\u0323")) << "marks in any order";
}

TEST(ToNfc, TakesAZeroByteForACharacter) {
    using namespace std::string_literals;
    EXPECT_EQ(to_nfc("é\0e\u0301"s), "é\0é"s);
}

TEST(Trimmed, HasNoWhiteSpaceAtItsEnds) {
    const std::pair<const char*, const char*> table[] = {
        {"", ""},
        {" ", ""},
        {"\u00a0\u3000\t\n", ""},
        {"x", "x"},
        {" a b ", "a b"},
        {"\u2003é\u00a0😀\u2028", "é\u00a0😀"},
        {"\u200bx\u200b", "\u200bx\u200b"},  // no white space, though it is not seen
    };
    for (const auto& [text, rest] : table) EXPECT_EQ(trimmed(text), rest) << text;
    EXPECT_EQ(trimmed(" \xff "), " \xff ");
}

TEST(CodePoints, CountsCharactersAndNotBytes) {
    const std::pair<const char*, std::size_t> table[] = {
        {"", 0}, {"a", 1}, {"é", 1}, {"e\u0301", 2}, {"€", 1}, {"😀", 1}, {"👩‍👩‍👧", 5}};
    for (const auto& [text, count] : table) EXPECT_EQ(code_points(text), count) << text;
}

TEST(ControlCharacters, AreExactlyThoseOfCategoryCc) {
    for (char32_t point = 0; point < 0x3000; ++point) {
        const bool control = point < 0x20 || (point >= 0x7F && point < 0xA0);
        ASSERT_EQ(has_control_characters("a" + utf8(point)), control)
            << std::hex << static_cast<unsigned>(point);
    }
}

TEST(AsciiDigits, ReadTheDigitsOfManyScripts) {
    // The digit zero of each script; the other nine follow it.
    for (const char32_t zero :
         {U'0',      U'\u0660', U'\u06f0',     U'\u07c0',    U'\u0966', U'\u09e6',
          U'\u0a66', U'\u0ae6', U'\u0b66',     U'\u0be6',    U'\u0c66', U'\u0ce6',
          U'\u0d66', U'\u0e50', U'\u0ed0',     U'\u0f20',    U'\u1040', U'\u17e0',
          U'\u1810', U'\uff10', U'\U0001d7ce', U'\U0001fbf0'})
        for (char32_t digit = 0; digit < 10; ++digit)
            EXPECT_EQ(to_ascii_digits(utf8(zero + digit)),
                      std::string(1, static_cast<char>('0' + digit)))
                << std::hex << static_cast<unsigned>(zero);
}

TEST(AsciiDigits, LeaveOutBlanksAndDashes) {
    EXPECT_EQ(to_ascii_digits("123 456"), "123456");
    EXPECT_EQ(to_ascii_digits(" 12-34-56 "), "123456");
    EXPECT_EQ(to_ascii_digits("123\u00a0456"), "123456");
    EXPECT_EQ(to_ascii_digits("１２３　４５６"), "123456");
    EXPECT_EQ(to_ascii_digits("\t123456\r\n"), "123456");
    EXPECT_EQ(to_ascii_digits(""), "");
    EXPECT_EQ(to_ascii_digits(" - "), "");
    for (const char* dash : {"\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2015", "\u2212",
                             "\ufe63", "\uff0d", "\ufe58"})
        EXPECT_EQ(to_ascii_digits(std::string("12") + dash + "34"), "1234") << dash;
}

TEST(AsciiDigits, AreNotReadFromAnythingElse) {
    for (const std::string text : {"12a", "1.5", "1,5", "+12", "1e3", "²", "½", "Ⅷ", "①", "一",
                                   "十", "12\u200b34", "#1", "1/2"})
        EXPECT_EQ(to_ascii_digits(text), std::nullopt) << text;
    EXPECT_EQ(to_ascii_digits(std::string_view("12\0", 3)), std::nullopt);
}

TEST(AsciiDigits, GiveAtMostOneDigitForEachCharacterThereIs) {
    for (char32_t point = 0; point <= 0x10FFFF; ++point) {
        const auto digits = to_ascii_digits(utf8(point));
        if (!digits) continue;
        ASSERT_LE(digits->size(), 1U) << std::hex << static_cast<unsigned>(point);
        ASSERT_FALSE(point >= 0xD800 && point <= 0xDFFF) << "half a surrogate pair";
    }
}

}  // namespace
}  // namespace latchkey
