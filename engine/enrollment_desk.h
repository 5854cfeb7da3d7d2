#pragma once

#include "engine/conductor.h"

#include <functional>
#include <string>
#include <vector>

namespace latchkey {

/// Can people come to enroll it? See EnrollmentGate.
enum class Gate { open, closed, missing };

Gate gate_of(const Definitions& definitions, const VerificationType& type);

/// Is the process for this person, as far as groups go?
bool is_for(const Process& process, const Account& account);

/// How far somebody is from being able to complete a process.
struct Readiness {
    std::int64_t needed = 0;   // verifications
    std::int64_t missing = 0;  // of them
};

/// `usable` says which steps the person can do now.
Readiness readiness(const Process& process, const std::function<bool(const Step&)>& usable);

/// One line of a person's enrollment page.
struct EnrollmentEntry {
    ConfiguredVerification verification;
    Gate gate = Gate::open;
    Text closed;                               // what to say where the gate is closed
    bool automatic = false;                    // usable from the profile, without enrolling
    std::optional<Enrollment> held;            // what is enrolled, `expired` where that is so
    std::optional<EnrollmentDraft> draft;      // an enrollment that was begun
    Text summary = {};                         // what there is to say about what is held
    std::optional<TimePoint> expires_at = {};  // when it expires, or did; nothing: never
};

/// Enrolling, renaming and removing: the same kind of dialogue as a challenge, with a signed-in
/// person. The caller has made sure that the person proved who they are a short while ago.
/// Thread-safe; holds no state.
class EnrollmentDesk {
 public:
    explicit EnrollmentDesk(const Parts& parts) : parts_(parts) {}

    /// Every verification that this person's processes can use and that takes an enrollment.
    std::vector<EnrollmentEntry> overview(const Account& account);

    /// Begins an enrollment, or shows the one that was begun. Where the type wants another proof
    /// before a replacement, that one's challenge is asked first, in the same draft. Refuses with
    /// `verification_not_offered`, also where the gate is closed, with `not_found` where it is
    /// missing, and with `not_verified` if the person has no way to give that proof.
    Result<EnrollmentDraft> open(const Account& account, const std::string& verification,
                                 const Origin& origin);

    /// One answer. The enrollment counts as proved as soon as the dialogue says so, and as active,
    /// and the owner is told, when it ends, unless the check (Parts::enrollment_check) refuses it:
    /// then the draft stays and says why. An empty result: it ended. Refuses with `not_found` if
    /// nothing was begun or its time ran out, and with `too_many_attempts`.
    Result<std::optional<EnrollmentDraft>> reply(const Account& account,
                                                 const std::string& verification,
                                                 const RawAnswers& raw, const Origin& origin);

    /// Forgets an enrollment that was begun; what was active before stays.
    Result<void> cancel(const Account& account, const std::string& verification);

    /// Gives one of several enrolled things another name. Refuses with `not_found` and
    /// `validation_failed`.
    Result<void> rename(const Account& account, const std::string& verification,
                        const std::string& item, const std::string& name, const Origin& origin);

    /// Removes one of several enrolled things, or with an empty `item` the whole enrollment, and
    /// tells the owner on all channels, the removed one included.
    Result<void> remove(const Account& account, const std::string& verification,
                        const std::string& item, const Origin& origin);

 private:
    Parts parts_;
};

}  // namespace latchkey
