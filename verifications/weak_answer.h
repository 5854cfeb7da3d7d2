#pragma once

#include "engine/result.h"
#include "engine/subject.h"

#include <optional>
#include <string>
#include <vector>

namespace latchkey {

/// Why an answer is too easily guessed to be kept (S24, R14.3), or nothing: too short, common,
/// contained in its question, or standing in the person's profile. `answer` is from fold_answer;
/// `questions` is the question in every language. The problem's pointer is "answer".
std::optional<Problem> weak_answer(const std::string& answer,
                                   const std::vector<std::string>& questions,
                                   const Subject& subject, std::size_t min_length);

}  // namespace latchkey
