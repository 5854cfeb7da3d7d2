#include "verifications/question_intake.h"

#include "engine/unicode.h"
#include "verifications/question_set.h"

#include <algorithm>

namespace latchkey {
namespace {

constexpr std::size_t kLongestQuestion = 200;  // code points

std::string numbered(std::string_view column, std::size_t index) {
    return std::string(column) + std::to_string(index + 1);
}

/// Are these the very questions and answers that are held?
bool held(const Situation& s, const Answers& record) {
    if (!s.enrollment.is_object()) return false;
    const Json& questions = s.enrollment.at("questions");
    if (questions.size() != questions_to_enroll(s.settings)) return false;
    for (std::size_t i = 0; i < questions.size(); ++i) {
        const Json& question = questions[i];
        if (question.value("id", question.value("own", "")) != record[numbered("question", i)])
            return false;
        const auto answer = fold_answer(record[numbered("answer", i)]).value_or("");
        if (!s.crypto.match_secret(question.at("hash").get<std::string>(), answer).equal)
            return false;
    }
    return true;
}

}  // namespace

std::vector<Field> QuestionIntake::columns(const Json& settings) const {
    std::vector<Field> fields;
    for (std::size_t i = 0; i < questions_to_enroll(settings); ++i) {
        fields.push_back(
            {.key = numbered("question", i), .label = {}, .max_length = kLongestQuestion});
        fields.push_back({.key = numbered("answer", i),
                          .kind = FieldKind::secret,
                          .label = {},
                          .max_length = kLongestAnswer});
    }
    return fields;
}

Imported QuestionIntake::take(const Situation& s, const Answers& record) const {
    if (held(s, record)) return {};
    Imported imported;
    Json taken = Json::array();
    const auto open = open_questions(s.settings);
    for (std::size_t i = 0; i < questions_to_enroll(s.settings); ++i) {
        const std::string_view question = record[numbered("question", i)];
        const bool of_bank = std::ranges::any_of(
            open, [&](const Json* other) { return other->at("id") == question; });
        const ChosenQuestion chosen{.id = of_bank ? question : kOwnQuestion,
                                    .own = question,
                                    .answer = record[numbered("answer", i)]};
        for (Problem& problem : add_question(s, chosen, taken)) {
            problem.pointer = numbered(problem.pointer == "answer" ? "answer" : "question", i);
            imported.problems.push_back(std::move(problem));
        }
    }
    if (imported.problems.empty()) imported.enrollment = question_set(s, std::move(taken));
    return imported;
}

std::vector<HeldRecord> QuestionIntake::give(const Json& enrollment) const {
    return std::vector<HeldRecord>(enrollment.is_object() ? 1 : 0);
}

}  // namespace latchkey
