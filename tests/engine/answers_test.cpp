#include "engine/answers.h"

#include "tests/support/problems.h"

#include <gtest/gtest.h>
#include <optional>

namespace latchkey {
namespace {

using Lines = std::vector<std::string>;

Prompt asking(const Field& field) {
    return {.title = {"title", {}}, .fields = {field}};
}

Field field(FieldKind kind, std::size_t least = 1, std::size_t most = 200) {
    return {.key = "it", .kind = kind, .min_length = least, .max_length = most};
}

/// The checked answer to one field, or the code of what is wrong in angle brackets.
std::string checked(const Field& field, const std::string& raw) {
    const auto answers = check_answers(asking(field), {{"it", raw}});
    if (answers) return std::string((*answers)["it"]);
    EXPECT_EQ(answers.error().code, Errc::validation_failed);
    EXPECT_EQ(answers.error().problems.size(), 1U);
    EXPECT_EQ(answers.error().problems.front().pointer, "it");
    EXPECT_EQ(answers.error().problems.front().text.id,
              "problem." + answers.error().problems.front().code);
    return "<" + answers.error().problems.front().code + ">";
}

/// 'é' so often: two bytes each, one code point.
std::string accents(std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += "é";
    return out;
}

struct Row {
    const char* raw;
    const char* answer;
};

TEST(TextAnswer, IsTrimmedAndComposedAndOtherwiseKept) {
    const Row table[] = {
        {"Amy Lee", "Amy Lee"},       {"  Amy  Lee ", "Amy  Lee"},
        {"Amy Lee\u00a0", "Amy Lee"},  // a blank that came along when it was copied
        {"\u3000Amy\u2003", "Amy"},   {"Jose\u0301", "José"},
        {"ＡＭＹ ﬁ", "ＡＭＹ ﬁ"},     {"👩‍👩‍👧", "👩‍👩‍👧"},
        {"<b>'\";--", "<b>'\";--"},   {"a\tb", "<bad_text>"},
        {"a\nb", "<bad_text>"},       {"a\x7f", "<bad_text>"},
        {"a\u0085", "<bad_text>"},    {"\xc3", "<bad_text>"},
        {"a\xffz", "<bad_text>"},     {"\xed\xa0\x80", "<bad_text>"},
    };
    for (const auto& [raw, answer] : table)
        EXPECT_EQ(checked(field(FieldKind::text), raw), answer) << raw;
    EXPECT_EQ(checked(field(FieldKind::text), std::string("a\0b", 3)), "<bad_text>");
}

TEST(SecretAnswer, KeepsItsBlanks) {
    const Row table[] = {
        {"  two  blanks  ", "  two  blanks  "},
        {" ", " "},
        {"\u00a0x\u3000", "\u00a0x\u3000"},
        {"Jose\u0301", "José"},
        {"a\tb", "<bad_text>"},
        {"a\xffz", "<bad_text>"},
    };
    for (const auto& [raw, answer] : table)
        EXPECT_EQ(checked(field(FieldKind::secret), raw), answer) << raw;
}

TEST(DigitsAnswer, IsReadAsPeopleTypeAndPasteIt) {
    const Row table[] = {
        {"123456", "123456"},
        {"000000", "000000"},
        {" 123 456 ", "123456"},
        {"123-456", "123456"},
        {"1 2 3 4 5 6", "123456"},
        {"123\u00a0456", "123456"},
        {"123–456", "123456"},
        {"１２３４５６", "123456"},
        {"١٢٣٤٥٦", "123456"},
        {"۱۲۳۴۵۶", "123456"},
        {"123456\n", "123456"},
        {"12345", "<too_short>"},
        {"1234567", "<too_long>"},
        {"12345a", "<not_digits>"},
        {"12345.", "<not_digits>"},
        {"+123456", "<not_digits>"},
        {"１２３４５Ａ", "<not_digits>"},
        {"12345\xff", "<not_digits>"},
    };
    for (const auto& [raw, answer] : table)
        EXPECT_EQ(checked(field(FieldKind::digits, 6, 6), raw), answer) << raw;
    EXPECT_EQ(checked(field(FieldKind::digits, 6, 6), std::string("123456\0", 7)), "<not_digits>");
}

TEST(DateAnswer, IsADayThatExists) {
    const Row table[] = {
        {"2026-01-01", "2026-01-01"},   {"2024-02-29", "2024-02-29"},
        {"2000-02-29", "2000-02-29"},   {"1900-12-31", "1900-12-31"},
        {"9999-12-31", "9999-12-31"},   {"2026-02-29", "<not_a_date>"},
        {"1900-02-29", "<not_a_date>"}, {"2026-13-01", "<not_a_date>"},
        {"2026-00-01", "<not_a_date>"}, {"2026-01-00", "<not_a_date>"},
        {"2026-01-32", "<not_a_date>"}, {"2026-04-31", "<not_a_date>"},
        {"2026-1-1", "<not_a_date>"},   {"26-01-01", "<not_a_date>"},
        {"2026/01/01", "<not_a_date>"}, {"01.01.2026", "<not_a_date>"},
        {"2026-01-1x", "<not_a_date>"}, {"2026-01-011", "<not_a_date>"},
        {"-123-01-01", "<not_a_date>"}, {" 123-01-01", "<not_a_date>"},
        {"+123-01-01", "<not_a_date>"}, {"2026--1-01", "<not_a_date>"},
        {"2026-+1-01", "<not_a_date>"}, {"today", "<not_a_date>"},
    };
    for (const auto& [raw, answer] : table)
        EXPECT_EQ(checked(field(FieldKind::date), raw), answer) << raw;
}

TEST(ChoiceAnswer, IsOneOfThoseOffered) {
    Field choice = field(FieldKind::choice);
    choice.choices = {{"red", {}}, {"dark blue", {}}};
    EXPECT_EQ(checked(choice, "red"), "red");
    EXPECT_EQ(checked(choice, "dark blue"), "dark blue");
    for (const char* raw : {"green", "Red", "red ", "dark", "red,dark blue"})
        EXPECT_EQ(checked(choice, raw), "<not_a_choice>") << raw;
    choice.choices.clear();
    EXPECT_EQ(checked(choice, "red"), "<not_a_choice>");
}

TEST(FlagAnswer, IsOnOrTrueOrFalse) {
    EXPECT_EQ(checked(field(FieldKind::flag), "on"), "true");
    EXPECT_EQ(checked(field(FieldKind::flag), "true"), "true");
    EXPECT_EQ(checked(field(FieldKind::flag), "false"), "");
    for (const char* raw : {"yes", "1", "TRUE", "off", " on"})
        EXPECT_EQ(checked(field(FieldKind::flag), raw), "<not_a_choice>") << raw;
}

TEST(AnswerLength, IsCountedInCodePointsAndHoldsAtBothEnds) {
    for (const auto kind : {FieldKind::text, FieldKind::secret}) {
        EXPECT_EQ(checked(field(kind, 3, 5), accents(2)), "<too_short>");
        EXPECT_EQ(checked(field(kind, 3, 5), accents(3)), accents(3));
        EXPECT_EQ(checked(field(kind, 3, 5), accents(5)), accents(5));
        EXPECT_EQ(checked(field(kind, 3, 5), accents(6)), "<too_long>");
        EXPECT_EQ(checked(field(kind, 1, 1), "e\u0301"), "é") << "counted as it is kept";
    }
    EXPECT_EQ(checked(field(FieldKind::text, 3, 5), "  ab  "), "<too_short>");
    EXPECT_EQ(checked(field(FieldKind::text, 3, 5), "   abcde   "), "abcde");
    for (std::size_t length = 1; length < 12; ++length) {
        const std::string digits(length, '7');
        EXPECT_EQ(checked(field(FieldKind::digits, 4, 8), digits), length < 4   ? "<too_short>"
                                                                   : length > 8 ? "<too_long>"
                                                                                : digits);
    }
}

TEST(AnswerLength, ProblemSaysWhatIsAllowed) {
    const auto answers = check_answers(asking(field(FieldKind::text, 3, 5)), {{"it", "ab"}});
    ASSERT_FALSE(answers);
    const auto arguments = answers.error().problems.at(0).text.arguments;
    EXPECT_EQ(arguments.at("least"), Argument(std::int64_t{3}));
    EXPECT_EQ(arguments.at("most"), Argument(std::int64_t{5}));
}

TEST(RequiredField, MustHoldSomething) {
    for (const auto kind : {FieldKind::text, FieldKind::secret, FieldKind::digits, FieldKind::date,
                            FieldKind::choice, FieldKind::flag}) {
        EXPECT_EQ(checked(field(kind), ""), "<required>");
        EXPECT_EQ(listed(check_answers(asking(field(kind)), {})), Lines{"it required"});
    }
}

TEST(RequiredField, IsNotFilledByBlanks) {
    EXPECT_EQ(checked(field(FieldKind::text), "   "), "<required>");
    EXPECT_EQ(checked(field(FieldKind::digits, 6, 6), " - "), "<required>");
}

TEST(OptionalField, MayBeLeftOutOrEmpty) {
    for (const auto kind : {FieldKind::text, FieldKind::secret, FieldKind::digits, FieldKind::date,
                            FieldKind::choice, FieldKind::flag}) {
        Field optional = field(kind, 6, 6);
        optional.required = false;
        EXPECT_EQ(checked(optional, ""), "");
        const auto left_out = check_answers(asking(optional), {});
        ASSERT_TRUE(left_out);
        EXPECT_EQ((*left_out)["it"], "");
    }
}

TEST(OptionalField, IsLeftOutIfItHoldsBlanksOnly) {
    Field optional = field(FieldKind::text);
    optional.required = false;
    EXPECT_EQ(checked(optional, "  \u00a0"), "");
    optional.kind = FieldKind::digits;
    EXPECT_EQ(checked(optional, " - "), "");
}

TEST(OptionalField, IsCheckedIfItHoldsSomething) {
    Field optional = field(FieldKind::digits, 6, 6);
    optional.required = false;
    EXPECT_EQ(checked(optional, "12"), "<too_short>");
}

TEST(CheckAnswers, NamesEveryProblemAtOnce) {
    const Prompt prompt{.title = {"t", {}},
                        .fields = {{.key = "code", .kind = FieldKind::digits, .min_length = 6},
                                   {.key = "name"},
                                   {.key = "born", .kind = FieldKind::date}}};
    EXPECT_EQ(listed(check_answers(prompt, {{"code", "12"}, {"born", "never"}, {"x", "1"}})),
              (Lines{"x unknown_field", "code too_short", "name required", "born not_a_date"}));
}

TEST(CheckAnswers, RefusesFieldsThatWereNotAsked) {
    const Prompt prompt = asking(field(FieldKind::text));
    EXPECT_EQ(listed(check_answers(prompt, {{"it", "x"}, {"IT", "x"}})), Lines{"IT unknown_field"});
    EXPECT_EQ(listed(check_answers(prompt, {{"it", "x"}, {"", "x"}})), Lines{" unknown_field"});
    EXPECT_EQ(listed(check_answers(prompt, {{"it", "x"}, {"y", ""}})), Lines{"y unknown_field"});
    EXPECT_EQ(listed(check_answers({}, {{"it", "x"}})), Lines{"it unknown_field"});
}

TEST(CheckAnswers, TakesNothingForAPromptThatAsksNothing) {
    const auto answers = check_answers({.title = {"t", {}}}, {});
    ASSERT_TRUE(answers);
    EXPECT_EQ(answers->action(), "");
    EXPECT_EQ((*answers)["anything"], "");
}

Prompt with_resend() {
    return {.title = {"t", {}},
            .fields = {{.key = "code", .kind = FieldKind::digits, .min_length = 6}},
            .actions = {{"resend", {"r", {}}, {}}}};
}

TEST(ActionAnswer, SkipsTheFields) {
    for (const RawAnswers& raw :
         {RawAnswers{{"action", "resend"}}, RawAnswers{{"action", "resend"}, {"code", ""}},
          RawAnswers{{"action", "resend"}, {"code", "12"}},
          RawAnswers{{"action", "resend"}, {"code", "\xff"}}}) {
        const auto answers = check_answers(with_resend(), raw);
        ASSERT_TRUE(answers) << testing::PrintToString(raw);
        EXPECT_EQ(answers->action(), "resend");
        EXPECT_EQ((*answers)["code"], "") << "an action carries no answers along";
    }
}

TEST(ActionAnswer, MustBeOffered) {
    for (const char* action : {"cancel", "Resend", "resend ", "code"})
        EXPECT_EQ(listed(check_answers(with_resend(), {{"action", action}, {"code", "123456"}})),
                  Lines{"action not_a_choice"})
            << action;
    EXPECT_EQ(listed(check_answers({.title = {"t", {}}}, {{"action", "resend"}})),
              Lines{"action not_a_choice"});
}

TEST(ActionAnswer, OfNothingMeansContinue) {
    const auto answers = check_answers(with_resend(), {{"action", ""}, {"code", "123456"}});
    ASSERT_TRUE(answers);
    EXPECT_EQ(answers->action(), "");
    EXPECT_EQ((*answers)["code"], "123456");
}

TEST(ActionAnswer, StillRefusesFieldsThatWereNotAsked) {
    EXPECT_EQ(listed(check_answers(with_resend(), {{"action", "resend"}, {"x", "1"}})),
              Lines{"x unknown_field"});
}

}  // namespace
}  // namespace latchkey
