#include "engine/prompt.h"

#include "tests/support/printing.h"

#include <gtest/gtest.h>
#include <functional>
#include <limits>

namespace latchkey {
namespace {

/// Through text, as stores keep it.
template <class T>
T kept(const T& value) {
    return Json::parse(Json(value).dump()).template get<T>();
}

Text full_text() {
    return {"some.id",
            {{"words", "42"},
             {"nothing", ""},
             {"accents", "é ß 😀 \u202e \" \\ \n"},
             {"number", std::int64_t{42}},
             {"least", std::numeric_limits<std::int64_t>::min()},
             {"most", std::numeric_limits<std::int64_t>::max()},
             {"instant", from_millis(1'767'225'600'001)},
             {"long ago", from_millis(-1)}}};
}

Field full_field(FieldKind kind) {
    return {.key = "key",
            .kind = kind,
            .label = full_text(),
            .hint = {"hint", {{"a", "b"}}},
            .spoken = {"spoken", {}},
            .min_length = 0,
            .max_length = 12345,
            .required = false,
            .autofill = "one-time-code",
            .choices = {{"first", {"choice.first", {}}}, {"", full_text()}},
            .value = "what stands there"};
}

TEST(Text, SurvivesBeingKept) {
    EXPECT_EQ(kept(full_text()), full_text());
    EXPECT_EQ(kept(Text{}), Text{});
    EXPECT_EQ(kept(Text{"only.an.id", {}}), (Text{"only.an.id", {}}));
}

TEST(Text, KeepsWordsNumbersAndInstantsApart) {
    const Text words{"x", {{"v", "1767225600000"}}};
    const Text number{"x", {{"v", std::int64_t{1'767'225'600'000}}}};
    const Text instant{"x", {{"v", from_millis(1'767'225'600'000)}}};
    EXPECT_EQ(kept(words), words);
    EXPECT_EQ(kept(number), number);
    EXPECT_EQ(kept(instant), instant);
    EXPECT_NE(Json(words), Json(number));
    EXPECT_NE(Json(number), Json(instant));
}

TEST(Problem, SurvivesBeingKept) {
    const Problem problem{"/a~1b/0", "wrong_answer", full_text()};
    EXPECT_EQ(kept(problem), problem);
    EXPECT_EQ(kept(Problem{}), Problem{});
}

TEST(Prompt, SurvivesBeingKeptWithEverythingInIt) {
    Prompt prompt{.title = full_text(),
                  .notices = {{full_text(), "otpauth://totp/x?secret=y"}, {{"plain", {}}}},
                  .submit = {"submit", {}},
                  .actions = {{"resend", full_text(), from_millis(7)}, {"restart", {"r", {}}, {}}},
                  .expires_at = from_millis(0),
                  .lasts = Milliseconds{0}};
    for (const auto kind : {FieldKind::text, FieldKind::secret, FieldKind::digits, FieldKind::date,
                            FieldKind::choice, FieldKind::flag})
        prompt.fields.push_back(full_field(kind));
    EXPECT_EQ(kept(prompt), prompt);
}

TEST(Prompt, SurvivesBeingKeptWithOneThingInIt) {
    const std::function<void(Prompt&)> changes[] = {
        [](Prompt&) {},
        [](Prompt& p) { p.title.id = "t"; },
        [](Prompt& p) {
            p.notices.push_back({{"n", {}}});
        },
        [](Prompt& p) {
            p.notices.push_back({{}, "qr"});
        },
        [](Prompt& p) { p.fields.emplace_back(); },
        [](Prompt& p) { p.submit.id = "s"; },
        [](Prompt& p) {
            p.actions.push_back({"a", {}, {}});
        },
        [](Prompt& p) {
            p.actions.push_back({"", {}, from_millis(-5)});
        },
        [](Prompt& p) { p.expires_at = from_millis(-5); },
        [](Prompt& p) { p.lasts = Milliseconds{-5}; },
        [](Prompt& p) { p.fields.push_back({.key = "k"}); },
        [](Prompt& p) {
            p.fields.push_back({.label = {"l", {}}});
        },
        [](Prompt& p) {
            p.fields.push_back({.hint = {"h", {}}});
        },
        [](Prompt& p) {
            p.fields.push_back({.spoken = {"s", {}}});
        },
        [](Prompt& p) { p.fields.push_back({.min_length = 0}); },
        [](Prompt& p) { p.fields.push_back({.max_length = 1}); },
        [](Prompt& p) { p.fields.push_back({.required = false}); },
        [](Prompt& p) { p.fields.push_back({.autofill = "tel"}); },
        [](Prompt& p) {
            p.fields.push_back({.choices = {{"v", {"l", {}}}}});
        },
        [](Prompt& p) { p.fields.push_back({.value = "v"}); },
    };
    for (const auto& change : changes) {
        Prompt prompt;
        change(prompt);
        EXPECT_EQ(kept(prompt), prompt);
    }
}

TEST(Prompt, IsNotReadFromSomethingElse) {
    for (const char* text : {"null", "[]", "{}", "\"prompt\"", R"({"title": {}})"})
        EXPECT_THROW(Json::parse(text).get<Prompt>(), Json::exception) << text;
}

}  // namespace
}  // namespace latchkey
