#pragma once

#include "engine/json.h"
#include "engine/subject.h"

#include <optional>
#include <string>

namespace latchkey {

/// An enrollment that its owner submits.
struct SubmittedEnrollment {
    const Account& account;
    std::string verification;
    std::string type;
    Json items;  // what is held with it, by the type's columns; nothing secret
};

/// Somebody else's say in whether an enrollment is taken (product.md, section 3). Asked on submit
/// alone, never while a transaction is open; may take seconds. Thread-safe.
class EnrollmentCheck {
 public:
    struct Verdict {
        bool taken = true;
        std::string message = {};  // of a refusal: what its owner reads; may be empty
        std::string trouble = {};  // why nobody could be asked, for staff; empty: somebody answered
    };

    virtual ~EnrollmentCheck() = default;
    virtual Verdict ask(const SubmittedEnrollment& submitted) = 0;
};

}  // namespace latchkey
