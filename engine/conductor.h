#pragma once

#include "engine/password_policy.h"
#include "engine/stores.h"

#include <memory>
#include <optional>
#include <string>

namespace latchkey {

class EnrollmentCheck;  // enrollment_check.h

/// Where a call comes from, for limits and the activity record.
struct Origin {
    std::string channel = "web";
    std::string actor = "person";
    std::string network;  // the client's address, as resolved by S48
    std::string locale;
};

struct BeginCall {
    std::string slug;
    std::string identifier;  // as typed
    RequestId id;            // chosen by the caller, so that the same form sent twice begins once
    SessionId session;
};

/// A request as somebody may look at it now.
struct Proceeding {
    /// A verification that may be chosen.
    struct Offer {
        std::string verification;
        std::vector<Destination> destinations;   // empty: nothing to pick
        std::optional<TimePoint> blocked_until;  // for now it cannot be chosen
    };

    ResetRequest request;
    std::shared_ptr<const Process> process;
    std::vector<Offer> offers;                 // in the process's order; filled while verifying
    std::size_t proofs_missing = 0;            // how many verifications are still needed
    std::optional<MoreProof::Why> more = {};   // why one more than the process asks of everybody
    std::optional<Milliseconds> too_new = {};  // nothing that was proved is held for so long, and
                                               // there is nothing older: no way on
    std::int64_t attempts_used = 0;            // of the current step: what its form carries along
    std::int64_t attempts_left = 0;            // of the current step
    Delivery delivery;                         // of the current step's last message
};

/// Everything that the use cases need. Whoever builds the program keeps it alive.
struct Parts {
    const Clock& clock;
    Random& random;
    const Crypto& crypto;
    const Registry& registry;
    AccountStore& accounts;
    ProcessStore& processes;
    RequestStore& requests;
    EnrollmentStore& enrollments;
    BudgetStore& budgets;
    MessageStore& messages;
    ChangeStore& changes;
    CredentialStore& credentials;
    const PasswordPolicy& passwords;
    std::string organisation = {};                // as its people know it; may be empty
    EnrollmentCheck* enrollment_check = nullptr;  // null: nobody is asked
};

struct Case;   // casework.h
struct Taken;  // casework.h

/// The use cases of a reset request, for every channel. Thread-safe; holds no state. A refusal
/// leaves everything as it was, except for attempts, which stay counted. Every call refuses with
/// `unknown_request` unless the request is bound to `session`, and with `request_expired` or
/// `request_closed` once it is over.
class Conductor {
 public:
    explicit Conductor(const Parts& parts) : parts_(parts) {}

    /// Starts a request for whoever the identifier names; for nobody, a decoy that walks the same
    /// way. Refuses with `unknown_process`, `rate_limited` and `validation_failed`.
    Result<Proceeding> begin(const BeginCall& call, const Origin& origin);

    /// The request as it stands, over or not.
    Result<Proceeding> look(const RequestId& id, const SessionId& session);

    /// Opens a verification, which may send a message; one that is open already is only shown.
    Result<Proceeding> choose(const RequestId& id, const SessionId& session,
                              const std::string& verification, const std::string& destination,
                              const Origin& origin);

    /// Back to the choice; nothing that was proved is lost.
    Result<Proceeding> another_way(const RequestId& id, const SessionId& session);

    /// One answer. Spends an attempt before anything is compared, unless it is an action.
    /// `expected` is what the form says has been used so far: the same form sent twice counts once
    /// (R12.7).
    Result<Proceeding> reply(const RequestId& id, const SessionId& session,
                             const std::string& verification, const RawAnswers& raw,
                             std::optional<std::int64_t> expected, const Origin& origin);

    /// News from outside for an open verification. Costs no attempt.
    Result<Proceeding> signal(const RequestId& id, const SessionId& session,
                              const std::string& verification, const Signal& news,
                              const Origin& origin);

    /// Adds the process's time once more; once per request (R12.5).
    Result<Proceeding> extend(const RequestId& id, const SessionId& session, const Origin& origin);

    Result<Proceeding> cancel(const RequestId& id, const SessionId& session, const Origin& origin);

    /// What the process is for: sets the password, unlocks, or just completes. Everything is proved
    /// again in the transaction that does it (S31). Acting on a completed request changes nothing.
    Result<Proceeding> act(const RequestId& id, const SessionId& session, const Secret& password,
                           const Origin& origin);

 private:
    Result<Case> open_case(const RequestId& id, const SessionId& session);
    Result<Case> running_case(const RequestId& id, const SessionId& session);
    Proceeding proceeding(const Case& opened);
    Result<Proceeding> take_turn(Case& opened, const std::string& verification, Taken taken,
                                 const Origin& origin);
    Result<Proceeding> close(Case& opened, RequestEvent event, ActivityType type,
                             const Origin& origin);

    Parts parts_;
};

}  // namespace latchkey
