#include "verifications/question_set.h"

#include "engine/unicode.h"
#include "verifications/weak_answer.h"

#include <algorithm>

namespace latchkey {
namespace {

/// What is kept of the question: its id and its words of today, or what the person wrote. Null
/// if it is not there.
Json kept_of(const ChosenQuestion& chosen, const Json& settings) {
    if (chosen.id == kOwnQuestion) return {{"own", chosen.own}};
    for (const Json* open : open_questions(settings))
        if (open->at("id") == chosen.id)
            return {{"id", open->at("id")}, {"text", open->at("text")}};
    return nullptr;
}

std::vector<std::string> texts_of(const Json& question) {
    std::vector<std::string> texts;
    if (!question.is_object()) return texts;
    if (question.contains("own")) texts.push_back(question.at("own").get<std::string>());
    if (question.contains("text"))
        for (const auto& text : question.at("text")) texts.push_back(text.get<std::string>());
    return texts;
}

Problem problem(const char* key, const char* code, std::map<std::string, Argument> arguments = {}) {
    return {key, code, {"problem." + std::string(code), std::move(arguments)}};
}

std::optional<Problem> fault_of_own(const Json& question, const Json& taken) {
    const std::string& own = question.at("own").get_ref<const std::string&>();
    const auto text = fold_answer(own);
    if (!text || text->empty()) return problem("own_question", "required");
    if (code_points(own) < kShortestOwnQuestion)
        return problem("own_question", "too_short",
                       {{"least", static_cast<std::int64_t>(kShortestOwnQuestion)}});
    for (const Json& other : taken)
        for (const std::string& before : texts_of(other))
            if (fold_answer(before) == text) return problem("own_question", "question_used_twice");
    return {};
}

std::optional<Problem> question_fault(const Json& question, const Json& taken,
                                      const Json& settings) {
    if (question.is_null()) return problem("question", "not_a_choice");
    if (question.contains("own"))
        return flag(settings, "own_questions") ? fault_of_own(question, taken)
                                               : problem("own_question", "not_a_choice");
    if (is_taken(question, taken)) return problem("question", "question_used_twice");
    return {};
}

bool used_before(const std::string& answer, const Json& taken, const Crypto& crypto) {
    return std::ranges::any_of(taken, [&](const Json& other) {
        return crypto.match_secret(other.at("hash").get<std::string>(), answer).equal;
    });
}

}  // namespace

std::size_t how_many(const Json& settings, std::string_view key) {
    return static_cast<std::size_t>(integer(settings, key));
}

std::vector<const Json*> open_questions(const Json& settings) {
    std::vector<const Json*> open;
    for (const Json& question : settings.at("bank"))
        if (!flag(question, "retired")) open.push_back(&question);
    return open;
}

std::size_t questions_to_enroll(const Json& settings) {
    const std::size_t wanted = how_many(settings, "enrolled");
    if (flag(settings, "own_questions")) return wanted;
    return std::min(wanted, open_questions(settings).size());
}

std::size_t questions_to_ask(const Json& settings) {
    return std::min(how_many(settings, "asked"), how_many(settings, "enrolled"));
}

Text wording(const Json& question, const Json& settings) {
    if (question.contains("own"))
        return {"security_questions.question",
                {{"question", question.at("own").get<std::string>()}}};
    for (const Json& other : settings.at("bank"))
        if (other.at("id") == question.at("id"))
            return {"security_questions.question", {{"question", other.at("text").get<Words>()}}};
    return {"security_questions.question", {{"question", question.at("text").get<Words>()}}};
}

bool is_taken(const Json& question, const Json& taken) {
    return std::ranges::any_of(taken, [&](const Json& other) {
        return other.value("id", "") == question.at("id").get<std::string>();
    });
}

std::vector<Problem> add_question(const Situation& s, const ChosenQuestion& chosen, Json& taken) {
    Json question = kept_of(chosen, s.settings);
    std::vector<Problem> problems;
    if (auto fault = question_fault(question, taken, s.settings))
        problems.push_back(std::move(*fault));
    const std::string answer = fold_answer(chosen.answer).value_or("");
    const auto least = how_many(s.settings, "min_length");
    if (auto fault = weak_answer(answer, texts_of(question), s.subject, least))
        problems.push_back(std::move(*fault));
    else if (problems.empty() && used_before(answer, taken, s.crypto))
        problems.push_back(problem("answer", "answer_used_twice"));
    if (!problems.empty()) return problems;
    question["hash"] = s.crypto.hash_secret(answer);
    taken.push_back(std::move(question));
    return {};
}

Json question_set(const Situation& s, Json taken) {
    return {{"id", random_token(s.random)},
            {"since", millis(s.now)},
            {"round", 0},
            {"questions", std::move(taken)}};
}

}  // namespace latchkey
