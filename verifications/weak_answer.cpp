#include "verifications/weak_answer.h"

#include "engine/unicode.h"
#include "verifications/question_bank.h"

#include <algorithm>

namespace latchkey {
namespace {

/// "amy.lee@example.org" holds "amy", "lee", …: each part is as easily guessed as the whole.
bool holds(const std::string& value, const std::string& answer) {
    const std::string text = fold_answer(value).value_or("");
    if (text == answer) return true;
    constexpr std::string_view kBetween = " .,-_@/";
    for (std::size_t at = text.find(answer); at != std::string::npos;
         at = text.find(answer, at + 1)) {
        const std::size_t end = at + answer.size();
        const bool begins = at == 0 || kBetween.find(text[at - 1]) != std::string_view::npos;
        const bool ends = end == text.size() || kBetween.find(text[end]) != std::string_view::npos;
        if (begins && ends) return true;
    }
    return false;
}

bool in_profile(const Subject& subject, const std::string& answer) {
    return holds(subject.user_name, answer) ||
           std::ranges::any_of(subject.attributes,
                               [&](const auto& entry) { return holds(entry.second, answer); });
}

bool in_question(const std::vector<std::string>& questions, const std::string& answer) {
    return std::ranges::any_of(questions, [&](const std::string& question) {
        return fold_answer(question).value_or("").find(answer) != std::string::npos;
    });
}

/// "aaaa", "----": one character over and over.
bool repeats(const std::string& answer) {
    return answer.find_first_not_of(answer.front()) == std::string::npos;
}

Problem problem(const char* code, std::map<std::string, Argument> arguments = {}) {
    return {"answer", code, {std::string("problem.") + code, std::move(arguments)}};
}

}  // namespace

std::optional<Problem> weak_answer(const std::string& answer,
                                   const std::vector<std::string>& questions,
                                   const Subject& subject, std::size_t min_length) {
    if (answer.empty() || code_points(answer) < min_length)
        return problem("too_short", {{"least", static_cast<std::int64_t>(min_length)}});
    if (in_question(questions, answer)) return problem("answer_in_question");
    if (in_profile(subject, answer)) return problem("answer_in_profile");
    if (repeats(answer) || is_common_answer(answer)) return problem("answer_common");
    return {};
}

}  // namespace latchkey
