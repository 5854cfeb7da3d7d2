#pragma once

#include "engine/prompt.h"
#include "engine/result.h"

#include <map>
#include <string>
#include <string_view>

namespace latchkey {

/// What a person sent, by field key, before anything is known about it. One value per key: whoever
/// reads forms or JSON has refused repetitions (S05).
using RawAnswers = std::map<std::string, std::string, std::less<>>;

/// The raw key under which an action is sent instead of "continue".
inline constexpr std::string_view kActionKey = "action";

/// What a person answered, checked against the prompt that asked. Made by check_answers alone, so a
/// dialogue never sees unchecked input.
class Answers {
 public:
    /// The value of a field of the prompt; empty if it was optional and left out.
    std::string_view operator[](std::string_view key) const;
    /// The key of the action taken, or empty if the person continued.
    std::string_view action() const { return action_; }

 private:
    friend Result<Answers> check_answers(const Prompt& prompt, const RawAnswers& raw);
    std::map<std::string, std::string, std::less<>> values_;
    std::string action_;
};

/// The only door from raw input to answers. Text must be valid UTF-8 without control characters and
/// is normalised to NFC; a text field is trimmed, and nothing but blanks is nothing. Digits may be
/// typed with blanks and dashes and in any script's decimal digits (R24.2). Fails with
/// `validation_failed` and a problem per field: `required`, `too_short`, `too_long`, `not_digits`,
/// `not_a_date`, `not_a_choice`, `bad_text`, `unknown_field`.
Result<Answers> check_answers(const Prompt& prompt, const RawAnswers& raw);

}  // namespace latchkey
