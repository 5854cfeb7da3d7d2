#pragma once

#include "engine/json.h"

#include <string_view>

namespace latchkey {

/// The questions that there are until an administrator writes others: elements of the setting
/// "bank". Their answers are many, stay the same, and stand in no profile. Ids are kept in
/// enrollments and never change.
Json default_question_bank();

/// True for what many people answer, whatever the question is; `folded` is from fold_answer.
bool is_common_answer(std::string_view folded);

}  // namespace latchkey
