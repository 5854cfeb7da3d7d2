#pragma once

#include "engine/verification.h"

#include <memory>

namespace latchkey {

/// Questions that only their owner can answer (product.md, section 3): five are chosen and answered
/// while enrolling, three of them are asked, always the same ones until they are answered or a day
/// has passed (S22), and all answers get one verdict. Answers rest as slow hashes (S24). Low
/// assurance: it carries a process only together with something stronger (S21), and where strangers
/// can begin it shows nothing before that was passed (S23).
std::unique_ptr<Verification> make_security_questions();

}  // namespace latchkey
