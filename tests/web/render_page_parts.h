#pragma once

#include "engine/answers.h"
#include "engine/json.h"
#include "engine/prompt.h"
#include "engine/result.h"
#include "engine/time.h"

#include <chrono>
#include <string>
#include <vector>

namespace latchkey::page_parts {

// What the samples of pages are put together from.

/// When the sample pages are shown.
inline constexpr TimePoint kNow{std::chrono::sys_days{std::chrono::January / 15 / 2026} +
                                std::chrono::hours{14} + std::chrono::minutes{32}};

Json with(Json view, const Json& more);

/// What the layout wants on every page.
Json frame(const std::string& here);
/// And besides, on a page of a reset; on one of somebody who is signed in.
Json request_frame(std::int64_t number, bool extendable = true);
Json own_frame(const std::string& here);

/// The verifications that the menu offers to set up.
Json factors();
/// What the pages of the demonstration show in addition.
Json demo();

Prompt code_prompt();
Prompt address_prompt();
/// Every kind of field; the words are borrowed.
Prompt every_field();

Json prompt_view(const Prompt& prompt, const std::vector<Problem>& problems = {},
                 const RawAnswers& typed = {});
/// One for the whole form and one for each field.
std::vector<Problem> problem_everywhere(const Prompt& prompt);

}  // namespace latchkey::page_parts
