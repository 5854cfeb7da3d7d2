#pragma once

#include "engine/factors.h"
#include "engine/trial_desk.h"

#include <string>
#include <vector>

namespace latchkey {

/// One line of a person's enrollment page.
struct EnrollmentEntry {
    ConfiguredVerification verification;
    FactorState state = FactorState::none;
    bool usable = false;  // can be done now
    Gate gate = Gate::open;
    Text closed;                               // what to say where the gate is closed
    bool automatic = false;                    // usable from the profile, without enrolling
    std::optional<Enrollment> held;            // what is enrolled, `expired` where that is so
    std::optional<EnrollmentDraft> draft;      // an enrollment that was begun
    std::optional<TimePoint> used_at;          // what is held, or what stands in the profile
    Text summary = {};                         // what there is to say about what is held
    std::optional<TimePoint> expires_at = {};  // when it expires, or did; nothing: never
    Text renew = {};                           // the button that replaces all of it
    std::vector<Words> serves = {};            // the processes that can use it
};

/// How ready somebody is for one process.
struct ProcessReadiness {
    Words title;
    Readiness ready;
};

/// A person's verifications: adding, replacing, naming and removing, by the same kind of dialogue
/// as a challenge. The caller has made sure that the person gave the password a short while ago,
/// and says which verification was proved beside it (`proven`, empty: none). Every change keeps
/// what was there for kRestorable, and tells the owner on the other channels. Refuses with
/// `blocked` while the owner has stopped everything by "this was not me". Thread-safe; holds no
/// state.
class EnrollmentDesk {
 public:
    explicit EnrollmentDesk(const Parts& parts) : parts_(parts) {}

    /// Every verification that this person's processes can use and that takes an enrollment.
    std::vector<EnrollmentEntry> overview(const Account& account);

    /// Every verification that an administrator configured.
    std::vector<ConfiguredVerification> configured() const {
        return parts_.processes.definitions()->verifications;
    }

    /// The processes that this person can use, in their order.
    std::vector<ProcessReadiness> readiness(const Account& account);

    /// What must be proved before `verification` is changed.
    ProofDemand proof_demanded(const Account& account, const std::string& verification) const {
        return proof_demand(parts_, account, verification);
    }

    /// Until when the owner has stopped all changes; nothing: not stopped.
    std::optional<TimePoint> frozen_until(const Account& account) const;

    /// Begins an enrollment, or shows the one that was begun. With `replaces`, the new thing takes
    /// the place of that one. Refuses with `verification_not_offered`, also where the gate is
    /// closed, with `not_found` where it or the thing is missing, and with `not_verified` without
    /// the proof that is demanded.
    Result<EnrollmentDraft> open(const Account& account, const std::string& verification,
                                 const std::string& replaces, const std::string& proven,
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
    /// tells the owner on all channels, the removed one included. Refuses with `not_found` and,
    /// without the proof that is demanded, `not_verified`.
    Result<void> remove(const Account& account, const std::string& verification,
                        const std::string& item, const std::string& proven, const Origin& origin);

 private:
    Parts parts_;
};

}  // namespace latchkey
