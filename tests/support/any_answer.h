#pragma once

#include "engine/answers.h"
#include "tests/support/counting_random.h"

#include <string>

namespace latchkey {

/// A value of the form that the field asks for, drawn at random: almost surely a wrong one.
inline std::string any_value(const Field& field, CountingRandom& random) {
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
    const auto drawn = [&](std::string_view from) {
        const std::size_t most = std::min<std::size_t>(field.max_length, field.min_length + 12);
        std::string out;
        for (std::size_t left = field.min_length + random.below(most - field.min_length + 1);
             left > 0; --left)
            out += from[random.below(from.size())];
        return out;
    };
    switch (field.kind) {
        case FieldKind::text:
        case FieldKind::secret:
            return drawn(kLetters);
        case FieldKind::digits:
            return drawn("0123456789");
        case FieldKind::date:
            return std::to_string(1950 + random.below(50)) + "-0" +
                   std::to_string(1 + random.below(9)) + "-1" + std::to_string(random.below(10));
        case FieldKind::choice:
            return field.choices.empty() ? ""
                                         : field.choices[random.below(field.choices.size())].value;
        case FieldKind::flag:
            return random.below(2) == 0 ? "true" : "false";
    }
    return {};
}

/// An answer that check_answers takes and that whoever asked should refuse.
inline RawAnswers any_answer(const Prompt& prompt, CountingRandom& random) {
    RawAnswers raw;
    for (const Field& field : prompt.fields) raw[field.key] = any_value(field, random);
    return raw;
}

/// Presses one of the buttons beside the main one.
inline RawAnswers press(std::string_view action) {
    return {{std::string(kActionKey), std::string(action)}};
}

}  // namespace latchkey
