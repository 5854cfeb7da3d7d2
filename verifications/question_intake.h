#pragma once

#include "engine/intake.h"

namespace latchkey {

/// Sets of security questions from another system: the columns question1, answer1, question2 and so
/// on, as many as are to be enrolled. A question is the id of one of the bank or, where own
/// questions are allowed, any other text. Somebody else has seen these answers, so their owner
/// confirms them by choosing others.
class QuestionIntake final : public Intake {
 public:
    std::vector<Field> columns(const Json& settings) const override;
    Imported take(const Situation& s, const Answers& record) const override;
    std::vector<HeldRecord> give(const Json& enrollment) const override;
};

}  // namespace latchkey
