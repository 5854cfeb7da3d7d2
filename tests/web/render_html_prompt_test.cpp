#include "web/render/html_prompt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <chrono>

namespace latchkey {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

const TimePoint kNow{std::chrono::sys_days{std::chrono::January / 15 / 2026}};

Field field(FieldKind kind, const std::string& autofill = {}) {
    return {.key = "x", .kind = kind, .label = {"l", {}}, .autofill = autofill};
}

/// The field as it is shown, whatever its kind.
Json shown(const Field& field, const PromptState& state = {.now = kNow}) {
    const Json view = html_prompt({.title = {"t", {}}, .fields = {field}}, state);
    for (const auto& [kind, value] : view.at("fields").at(0).items())
        if (value.is_object()) return value;
    return {};
}

TEST(HtmlPrompt, GivesEachKindItsOwnPartialAndNoOther) {
    const std::vector<std::pair<FieldKind, std::string>> kinds{
        {FieldKind::text, "text"}, {FieldKind::secret, "secret"}, {FieldKind::digits, "digits"},
        {FieldKind::date, "date"}, {FieldKind::choice, "choice"}, {FieldKind::flag, "flag"}};
    for (const auto& [kind, name] : kinds) {
        const Json view = html_prompt({.title = {"t", {}}, .fields = {field(kind)}}, {.now = kNow});
        ASSERT_EQ(view["fields"][0].size(), 1);
        EXPECT_TRUE(view["fields"][0].contains(name)) << name;
    }
}

TEST(HtmlPrompt, NeverSendsSecretsAndCodesBack) {
    const RawAnswers typed{{"x", "482913"}};
    const Problem wrong{"x", "wrong", {"w", {}}};
    for (const FieldKind kind : {FieldKind::secret, FieldKind::digits}) {
        Field secret = field(kind);
        secret.value = "482913";
        const Json view = html_prompt({.title = {"t", {}}, .fields = {secret}},
                                      {.problems = {&wrong, 1}, .typed = &typed, .now = kNow});
        EXPECT_THAT(view.dump(), Not(HasSubstr("482913")));
    }
}

TEST(HtmlPrompt, KeepsWhatElseWasTyped) {
    const RawAnswers typed{{"x", "amy at home"}};
    Field text = field(FieldKind::text);
    text.value = "before";
    EXPECT_EQ(shown(text)["value"], "before");
    EXPECT_EQ(shown(text, {.typed = &typed, .now = kNow})["value"], "amy at home");
}

TEST(HtmlPrompt, MarksTheChosenOption) {
    Field choice = field(FieldKind::choice);
    choice.choices = {{"a", {"a", {}}}, {"b", {"b", {}}}};
    choice.value = "b";
    const Json view = shown(choice);
    EXPECT_EQ(view["choices"][0]["chosen"], false);
    EXPECT_EQ(view["choices"][1]["chosen"], true);
    EXPECT_EQ(view["many"], false);
    choice.choices.resize(8);
    EXPECT_EQ(shown(choice)["many"], true);
}

TEST(HtmlPrompt, ChecksAFlagThatIsOn) {
    Field flag = field(FieldKind::flag);
    EXPECT_EQ(shown(flag)["chosen"], false);
    flag.value = "false";
    EXPECT_EQ(shown(flag)["chosen"], false);
    flag.value = "true";
    EXPECT_EQ(shown(flag)["chosen"], true);
}

TEST(HtmlPrompt, HidesAPinButNotACode) {
    EXPECT_EQ(shown(field(FieldKind::digits, "one-time-code"))["type"], "text");
    EXPECT_EQ(shown(field(FieldKind::digits, "current-password"))["type"], "password");
    EXPECT_EQ(shown(field(FieldKind::digits, "new-password"))["type"], "password");
    EXPECT_EQ(shown(field(FieldKind::text, "email"))["type"], "email");
    EXPECT_EQ(shown(field(FieldKind::text))["autocomplete"], "off");
}

TEST(HtmlPrompt, LinksEachProblemToItsField) {
    const std::vector<Problem> problems{{"", "a", {"whole", {}}}, {"x", "b", {"mine", {}}}};
    Field described = field(FieldKind::text);
    described.hint = {"h", {}};
    const Json view = html_prompt({.title = {"t", {}}, .fields = {described}},
                                  {.problems = problems, .now = kNow});
    const Json& list = view["errors"]["list"];
    EXPECT_EQ(list[0]["field"], "");
    EXPECT_EQ(list[1]["field"], "f-x");
    EXPECT_EQ(list[1]["label"], false) << "with one field its name says nothing";
    EXPECT_EQ(view["fields"][0]["text"]["described"], "f-x-hint f-x-error");
    EXPECT_EQ(view["fields"][0]["text"]["error"]["id"], "mine");
}

TEST(HtmlPrompt, SaysWhichOfSeveralFieldsIsMeant) {
    Field other = field(FieldKind::text);
    other.key = "y";
    const Problem wrong{"y", "b", {"mine", {}}};
    const Json view = html_prompt({.title = {"t", {}}, .fields = {field(FieldKind::text), other}},
                                  {.problems = {&wrong, 1}, .now = kNow});
    EXPECT_EQ(view["errors"]["list"][0]["label"]["id"], "l");
}

TEST(HtmlPrompt, SaysUntilWhenAnActionWaits) {
    const Prompt prompt{.title = {"t", {}},
                        .actions = {{"now", {"a", {}}, kNow}, {"later", {"b", {}}, kNow + 1s}}};
    const Json view = html_prompt(prompt, {.now = kNow});
    EXPECT_EQ(view["actions"][0]["available_at"], false);
    EXPECT_EQ(view["actions"][1]["available_at"]["at"], millis(kNow + 1s));
}

TEST(HtmlPrompt, ContinuesUnlessThePromptSaysOtherwise) {
    EXPECT_EQ(html_prompt({.title = {"t", {}}}, {.now = kNow})["submit"]["id"], "prompt.continue");
    EXPECT_EQ(
        html_prompt({.title = {"t", {}}, .submit = {"go", {}}}, {.now = kNow})["submit"]["id"],
        "go");
}

TEST(HtmlPrompt, DrawsQrCodesIfItCan) {
    const Prompt prompt{.title = {"t", {}}, .notices = {{{"n", {}}, "otpauth://x"}}};
    EXPECT_EQ(html_prompt(prompt, {.now = kNow})["notices"][0]["qr"], "");
    EXPECT_TRUE(html_prompt(prompt, {.now = kNow})["to_scan"]) << "its time is no code's";
    const auto draw = [](std::string_view payload) {
        return "data:image/x," + std::string(payload);
    };
    EXPECT_EQ(html_prompt(prompt, {.now = kNow, .draw_qr = draw})["notices"][0]["qr"],
              "data:image/x,otpauth://x");
}

}  // namespace
}  // namespace latchkey
