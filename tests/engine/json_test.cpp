#include "engine/json.h"

#include <gtest/gtest.h>
#include <string>

namespace latchkey {
namespace {

/// Line and reason of a refusal; line 0 if it was accepted.
JsonError refusal(std::string_view text) {
    JsonError error;
    if (!parse_json(text, error).is_discarded()) return {};
    EXPECT_FALSE(error.reason.empty()) << text;
    return error;
}

bool accepted(std::string_view text) {
    return refusal(text).line == 0;
}

std::string nested(int levels, const std::string& innermost) {
    std::string text;
    for (int i = 0; i < levels; ++i) text += '[';
    text += innermost;
    for (int i = 0; i < levels; ++i) text += ']';
    return text;
}

std::string nested_objects(int levels, const std::string& innermost) {
    std::string text;
    for (int i = 0; i < levels; ++i) text += "{\"a\":";
    text += innermost;
    for (int i = 0; i < levels; ++i) text += '}';
    return text;
}

TEST(ParseJson, ReadsEveryKindOfValue) {
    JsonError error;
    const Json json = parse_json(
        R"({"s": "é\u00e9\ud83d\ude00", "n": -7, "f": 0.5, "t": true, "z": null, "l": [1, [], {}]})",
        error);
    EXPECT_EQ(json.at("s"), "éé😀");
    EXPECT_EQ(json.at("n"), -7);
    EXPECT_EQ(json.at("f"), 0.5);
    EXPECT_EQ(json.at("t"), true);
    EXPECT_TRUE(json.at("z").is_null());
    EXPECT_EQ(json.at("l").size(), 3U);
    EXPECT_EQ(error.line, 0U);
}

TEST(ParseJson, RefusesAMemberThatIsGivenTwice) {
    EXPECT_FALSE(accepted(R"({"a": 1, "a": 1})"));
    EXPECT_FALSE(accepted(R"({"a": 1, "\u0061": 2})")) << "the same name, spelled another way";
    EXPECT_FALSE(accepted(R"({"x": {"b": 1, "c": [{"d": 1, "d": 2}]}})"));
    EXPECT_FALSE(accepted(R"({"a": {"b": 1}, "c": 1, "a": 2})")) << "with an object between";
}

TEST(ParseJson, AcceptsOneNameInDifferentObjects) {
    EXPECT_TRUE(accepted(R"({"a": {"a": {"a": 1}}, "b": [{"a": 1}, {"a": 1}], "c": {"a": 2}})"));
    EXPECT_TRUE(accepted(R"({"": 1, " ": 2, "A": 3, "a": 4})"));
}

TEST(ParseJson, GoesThirtyTwoLevelsDeepAndNoFurther) {
    for (const char* innermost : {"", "1", "\"x\"", "null"}) {
        EXPECT_TRUE(accepted(nested(32, innermost))) << innermost;
        EXPECT_FALSE(accepted(nested(33, innermost))) << innermost;
    }
    EXPECT_TRUE(accepted(nested_objects(32, "1")));
    EXPECT_FALSE(accepted(nested_objects(33, "1")));
    EXPECT_FALSE(accepted(nested_objects(32, "{}")));
    EXPECT_TRUE(accepted(nested_objects(31, "[]")));
    EXPECT_FALSE(accepted(nested(31, "[[]]")));
}

TEST(ParseJson, RefusesAMillionLevelsWithoutHarm) {
    EXPECT_FALSE(accepted(std::string(1'000'000, '[')));
    EXPECT_FALSE(accepted(nested_objects(200'000, "1")));
}

TEST(ParseJson, RefusesWhatIsNotUtf8) {
    for (const std::string_view bytes :
         {"\x80", "\xbf", "\xc0\xaf", "\xc1\x81", "\xe0\x80\xaf", "\xed\xa0\x80", "\xed\xbf\xbf",
          "\xf0\x80\x80\xaf", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xff", "\xfe", "\xc3",
          "\xe2\x82", "\xf0\x9f\x98"}) {
        EXPECT_FALSE(accepted("\"" + std::string(bytes) + "\""));
        EXPECT_FALSE(accepted("{\"" + std::string(bytes) + "\": 1}"));
        EXPECT_FALSE(accepted("[1]" + std::string(bytes)));
    }
    EXPECT_FALSE(accepted(R"("\ud800")")) << "half a surrogate pair";
    EXPECT_FALSE(accepted(R"("\udc00\ud800")"));
}

TEST(ParseJson, RefusesWhatOnlyLooksLikeJson) {
    for (const std::string_view text :
         {"",         " ",     "{",   "}",      "[",      "[1,]",    "{\"a\":1,}", "{a:1}",
          "{'a':1}",  "[1 2]", "01",  "+1",     "1.",     ".5",      "0x1",        "NaN",
          "Infinity", "-",     "tru", "nul",    "True",   "// c\n1", "1 // c",     "/**/1",
          "1 2",      "{} {}", "\"a", "\"\t\"", "\"\n\"", "\"\\x\"", "\"\\u12\"",  "\xef\xbb"})
        EXPECT_FALSE(accepted(text)) << text;
    EXPECT_FALSE(accepted(std::string_view("\0", 1)));
    EXPECT_FALSE(accepted(std::string_view("1\0", 2)));
    EXPECT_FALSE(accepted(std::string_view("{}\0{", 4)));
    EXPECT_FALSE(accepted(std::string_view("\"a\0b\"", 5)));
}

TEST(ParseJson, RefusesANumberBeyondAllBounds) {
    EXPECT_FALSE(accepted("1e999"));
    EXPECT_FALSE(accepted("[1, -1e400]"));
    EXPECT_EQ(refusal("{\n\"a\": 1e999\n}").line, 2U);
    EXPECT_TRUE(accepted("1e308"));
}

TEST(ParseJson, NamesTheLineThatIsWrong) {
    EXPECT_EQ(refusal("{").line, 1U);
    EXPECT_EQ(refusal("{\n  \"a\": 1,\n  \"b\": oops\n}\n").line, 3U);
    EXPECT_EQ(refusal("{\n\"a\": 1,\n\n\"a\": 2\n}").line, 4U);
    EXPECT_EQ(refusal("[\r\n1,\r\n2\r\n3]").line, 4U);
    EXPECT_EQ(refusal("\n\n" + nested(33, "1")).line, 3U);
}

TEST(ParseJson, NamesTheLineOnWhichATokenBroke) {
    EXPECT_EQ(refusal("{\"a\": \"no end\n}").line, 1U);
    EXPECT_EQ(refusal("[\ntru\n]").line, 2U);
    EXPECT_EQ(refusal("[\n-\n]").line, 2U);
}

TEST(ParseJson, SaysWhyInWords) {
    EXPECT_EQ(refusal(R"({"limit": 1, "limit": 2})").reason, "the member \"limit\" is given twice");
    EXPECT_EQ(refusal(nested(40, "")).reason, "more than 32 levels deep");
    EXPECT_EQ(refusal("[1 2]").reason.find("json.exception"), std::string::npos);
    EXPECT_TRUE(refusal("[1 2]").reason.starts_with("syntax error")) << refusal("[1 2]").reason;
    EXPECT_EQ(refusal("1e999").reason.find("json.exception"), std::string::npos);
}

TEST(MemberPointer, IsReadBackWhateverTheMemberIsCalled) {
    for (const char* name : {"plain", "", "a/b", "a~b", "~1", "/", "~0/~1", " é"}) {
        const Json json{{"outer", {{name, 7}}}};
        EXPECT_EQ(json.at(Json::json_pointer(member_pointer("/outer", name))), 7) << name;
    }
}

}  // namespace
}  // namespace latchkey
