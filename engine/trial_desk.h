#pragma once

#include "engine/conductor.h"

#include <string>
#include <vector>

namespace latchkey {

/// A verification that a person can do now.
struct Way {
    ConfiguredVerification verification;
    std::vector<Destination> places;         // empty: nothing to pick
    std::optional<TimePoint> blocked_until;  // for now it cannot be done
};

/// What must be proved beside the password before somebody's verification may be changed (S30).
struct ProofDemand {
    bool needed = false;
    std::vector<Way> ways;  // one of these; none although it is needed: only staff can help

    /// True if proving `verification` is enough, or nothing is needed.
    bool met_by(const std::string& verification) const;
};

/// Another factor of at least medium assurance, if the person holds one. A verification that holds
/// several things may be proved by another of them. Where the type names what the proof must rest
/// on, that one and no other.
ProofDemand proof_demand(const Parts& parts, const Account& account,
                         const std::string& verification);

/// A challenge outside any request, with somebody who is signed in: to see that a verification
/// works, or as the proof that a change needs. It changes nothing, and its answers are counted like
/// those of a request. Thread-safe; holds no state.
class TrialDesk {
 public:
    explicit TrialDesk(const Parts& parts) : parts_(parts) {}

    /// Everything that proves something and that the person can do.
    std::vector<Way> ways(const Account& account);

    /// Opens the challenge anew, which may send a message; where that would be too soon, shows the
    /// one that is open. Refuses with `verification_not_offered`, `no_destination`, `blocked`,
    /// `resend_too_soon` and `daily_limit_reached`.
    Result<EnrollmentDraft> open(const Account& account, const std::string& verification,
                                 const std::string& destination, const Origin& origin);

    /// The challenge that was opened, if its time is not over.
    std::optional<EnrollmentDraft> begun(const Account& account, const std::string& verification);

    /// One answer. An empty result: it is right, the trial is over, and `proved`, the session of
    /// the person who then has proved it, is stored. Refuses with `not_found` if nothing was opened
    /// or its time ran out, with `already_answered` if somebody else was faster, and like an answer
    /// in a request.
    Result<std::optional<EnrollmentDraft>> reply(const Account& account,
                                                 const std::string& verification,
                                                 const RawAnswers& raw, const Session& proved,
                                                 const Origin& origin);

    /// Forgets a challenge that was opened.
    Result<void> cancel(const Account& account, const std::string& verification);

 private:
    Parts parts_;
};

}  // namespace latchkey
