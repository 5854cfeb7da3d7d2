#pragma once

#include "engine/result.h"
#include "engine/verification.h"

#include <string_view>
#include <vector>

namespace latchkey {

// What somebody holds who enrolled security questions, and how a question gets into it, whether it
// was chosen on a page or stands in a file. `settings` are of the type security_questions.

inline constexpr std::size_t kLongestAnswer = 200;       // code points
inline constexpr std::size_t kShortestOwnQuestion = 10;  // code points

/// In place of the id of a question, which can never be this: one of the person's own.
inline constexpr std::string_view kOwnQuestion = "+own";

/// A setting that counts something.
std::size_t how_many(const Json& settings, std::string_view key);

/// Those that may still be chosen: a retired one is only asked of whoever chose it before.
std::vector<const Json*> open_questions(const Json& settings);

std::size_t questions_to_enroll(const Json& settings);
std::size_t questions_to_ask(const Json& settings);

/// The question as the bank words it now; as it was when it was chosen if it is there no more
/// (R14.4).
Text wording(const Json& question, const Json& settings);

/// Is the question of the bank among those that were `taken`?
bool is_taken(const Json& question, const Json& taken);

struct ChosenQuestion {
    std::string_view id;   // of the bank, or kOwnQuestion
    std::string_view own;  // what the person asks
    std::string_view answer;
};

/// Adds the question with the slow hash of its answer to `taken`. Else says why it is not taken, at
/// "question", "own_question" or "answer": not there, chosen before, too short for a
/// question, or an answer that is easily guessed or was given before (S24, R14.3).
std::vector<Problem> add_question(const Situation& s, const ChosenQuestion& chosen, Json& taken);

/// What is held once all questions are `taken`.
Json question_set(const Situation& s, Json taken);

}  // namespace latchkey
