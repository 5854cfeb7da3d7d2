#include "engine/answers.h"

#include "engine/unicode.h"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace latchkey {
namespace {

/// A value ready for the dialogue, or the code of what is wrong with it.
struct Checked {
    std::string value;
    const char* fault = nullptr;
};

/// Nothing was given, or nothing but blanks.
constexpr const char* kLeftOut = "required";

Checked too_long_or_short(const Field& field, std::string value) {
    if (value.empty()) return {{}, kLeftOut};
    const std::size_t length = code_points(value);
    if (length < field.min_length) return {{}, "too_short"};
    if (length > field.max_length) return {{}, "too_long"};
    return {std::move(value)};
}

Checked check_text(const Field& field, const std::string& raw) {
    auto value = to_nfc(raw);
    if (!value || has_control_characters(*value)) return {{}, "bad_text"};
    // Blanks around a secret may belong to it; around a name or address they never do.
    if (field.kind == FieldKind::text) value = std::string(trimmed(*value));
    return too_long_or_short(field, std::move(*value));
}

Checked check_digits(const Field& field, const std::string& raw) {
    auto digits = to_ascii_digits(raw);
    if (!digits) return {{}, "not_digits"};
    return too_long_or_short(field, std::move(*digits));
}

Checked check_date(const Field&, const std::string& raw) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    const char* const begin = raw.data();
    // from_chars would take a sign for the year.
    const bool shaped = raw.size() == 10 && raw[0] != '-' && raw[4] == '-' && raw[7] == '-' &&
                        std::from_chars(begin, begin + 4, year).ptr == begin + 4 &&
                        std::from_chars(begin + 5, begin + 7, month).ptr == begin + 7 &&
                        std::from_chars(begin + 8, begin + 10, day).ptr == begin + 10;
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                           std::chrono::day{day}};
    if (!shaped || !date.ok()) return {{}, "not_a_date"};
    return {raw};
}

Checked check_choice(const Field& field, const std::string& raw) {
    if (std::ranges::find(field.choices, raw, &Choice::value) == field.choices.end())
        return {{}, "not_a_choice"};
    return {raw};
}

Checked check_flag(const Field&, const std::string& raw) {
    if (raw != "on" && raw != "true" && raw != "false") return {{}, "not_a_choice"};
    return {raw == "false" ? "" : "true"};
}

/// One row per FieldKind, in its order.
constexpr Checked (*kChecks[])(const Field&, const std::string&) = {
    check_text, check_text, check_digits, check_date, check_choice, check_flag};
static_assert(std::size(kChecks) == static_cast<std::size_t>(FieldKind::flag) + 1);

Problem problem_with(const Field& field, const char* code) {
    return {field.key,
            code,
            {std::string("problem.") + code,
             {{"least", static_cast<std::int64_t>(field.min_length)},
              {"most", static_cast<std::int64_t>(field.max_length)}}}};
}

bool known(const Prompt& prompt, const std::string& key) {
    return key == kActionKey ||
           std::ranges::find(prompt.fields, key, &Field::key) != prompt.fields.end();
}

}  // namespace

std::string_view Answers::operator[](std::string_view key) const {
    const auto found = values_.find(key);
    return found == values_.end() ? std::string_view{} : found->second;
}

Result<Answers> check_answers(const Prompt& prompt, const RawAnswers& raw) {
    Answers answers;
    std::vector<Problem> problems;
    for (const auto& [key, value] : raw)
        if (!known(prompt, key))
            problems.push_back({key, "unknown_field", {"problem.unknown_field", {}}});

    if (const auto action = raw.find(kActionKey); action != raw.end() && !action->second.empty()) {
        if (std::ranges::find(prompt.actions, action->second, &Action::key) == prompt.actions.end())
            problems.push_back(
                {std::string(kActionKey), "not_a_choice", {"problem.not_a_choice", {}}});
        answers.action_ = action->second;
    }
    // An action is a way around the fields: what they hold does not matter then.
    for (const Field& field : prompt.fields) {
        if (!answers.action_.empty()) break;
        const auto given = raw.find(field.key);
        auto checked = given == raw.end() || given->second.empty()
                           ? Checked{{}, kLeftOut}
                           : kChecks[static_cast<std::size_t>(field.kind)](field, given->second);
        if (!checked.fault)
            answers.values_[field.key] = std::move(checked.value);
        else if (field.required || checked.fault != kLeftOut)
            problems.push_back(problem_with(field, checked.fault));
    }
    if (!problems.empty()) return Error{Errc::validation_failed, std::move(problems)};
    return answers;
}

}  // namespace latchkey
