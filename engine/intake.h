#pragma once

#include "engine/enrollment.h"
#include "engine/verification.h"

#include <string>
#include <vector>

namespace latchkey {

/// What became of one record from elsewhere, such as a line of a file.
struct Imported {
    Json enrollment = nullptr;           // what is held with it; null: it was there already
    std::vector<Problem> problems = {};  // why it is not taken
};

/// Something held, as a file may show it.
struct HeldRecord {
    RawAnswers values;      // by column; nothing secret
    bool confirmed = true;  // by its owner
};

/// How enrollments of a type come from files and go to them, one record at a time (R27.3). Pure and
/// stateless like a dialogue. What comes in is not confirmed: the engine keeps it as `imported`,
/// and it counts only once its owner has confirmed it, or where `use_imported` is set.
class Intake {
 public:
    virtual ~Intake() = default;

    /// The columns of a record; a record is checked against them like answers against a prompt.
    virtual std::vector<Field> columns(const Json& settings) const = 0;

    /// What is held once the record is added to `situation.enrollment`. An item that is added to
    /// others carries kImported until its owner confirms it.
    virtual Imported take(const Situation& situation, const Answers& record) const = 0;

    /// What is held, without keys, PINs, answers and the like.
    virtual std::vector<HeldRecord> give(const Json& enrollment) const = 0;
};

/// The member of an item that was imported and never confirmed.
inline constexpr const char* kImported = "imported";

/// What each type with an intake declares: whether things count that nobody has confirmed (R27.1).
Setting use_imported_setting();

/// Does the item count? `settings` are of a type that declares use_imported_setting.
bool item_counts(const Json& item, const Json& settings);

/// Does an enrollment that is in this state now count for a challenge? See state_at.
bool counts(EnrollmentState state, const Json& settings);

/// The first item that its owner has yet to confirm, or null.
const Json* unconfirmed_item(const Json& enrollment);

}  // namespace latchkey
