#pragma once

#include "engine/prompt.h"
#include "engine/result.h"

#include <ostream>

/// So that a failed expectation says what was there instead of bytes.
namespace latchkey {

inline void PrintTo(const Text& text, std::ostream* out) {
    *out << Json(text).dump();
}
inline void PrintTo(const Problem& problem, std::ostream* out) {
    *out << Json(problem).dump();
}
inline void PrintTo(const Prompt& prompt, std::ostream* out) {
    *out << Json(prompt).dump(2);
}

}  // namespace latchkey
