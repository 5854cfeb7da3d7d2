#pragma once

#include "engine/casework.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// What somebody holds: how it stands, whether it can be used, and for what.
namespace latchkey {

/// How a verification stands for its owner (product.md, section 4).
enum class FactorState {
    none,       // nothing is held
    automatic,  // usable from the profile, without enrolling
    imported,   // not confirmed yet
    pending,    // begun
    proved,     // one step is missing
    active,
    stale,    // enrolled, but of no use any more: to be renewed
    expired,  // its time is over
    revoked,  // removed, or dead after too many wrong answers
};

std::string_view name(FactorState state);

/// Can people come to enroll it? See EnrollmentGate.
enum class Gate { open, closed, missing };

Gate gate_of(const Definitions& definitions, const VerificationType& type);

/// Can this person use the process? So far as it goes by itself and by groups.
bool serves(const Process& process, const Account& account);

/// Has this person a process with that verification? Only then is there a page to enroll it.
bool uses(const Definitions& definitions, const Account& account, const std::string& verification);

/// Can the person do this verification now? `held` is all that they enrolled.
bool usable(const Parts& parts, const ConfiguredVerification& configured, const Subject& subject,
            const std::vector<Enrollment>& held);

/// How far somebody is from being able to complete a process.
struct Readiness {
    std::int64_t needed = 0;   // verifications
    std::int64_t missing = 0;  // of them
};

/// `usable` says which steps the person can do now.
Readiness readiness(const Process& process, const std::function<bool(const Step&)>& usable);

}  // namespace latchkey
