#pragma once

#include "engine/password_policy.h"
#include "engine/stores.h"

#include <memory>
#include <optional>
#include <string>

namespace latchkey {

/// Where a call comes from, for limits and the activity record.
struct Origin {
    std::string channel = "web";
    std::string network;  // the client's address, as resolved by S48
    std::string locale;
};

struct BeginCall {
    std::string slug;
    std::string identifier;  // as typed
    RequestId id;            // chosen by the caller, so that the same form sent twice begins once
    SessionId session;
    Origin origin;
};

/// A request as somebody may look at it now.
struct Proceeding {
    ResetRequest request;
    std::shared_ptr<const Process> process;
    struct Offer {
        std::string verification;
        std::vector<Destination> destinations;
        std::optional<TimePoint> blocked_until;
        bool failed = false;
    };
    std::vector<Offer> offers;  // what may be chosen now, in the process's order
    std::size_t proofs_missing = 0;
    std::int64_t attempts_left = 0;  // of the current step
    std::int64_t attempts_used = 0;  // of the current step: what a form carries along
    Delivery delivery;               // of the current step's last message
};

/// The use cases of a reset request, for every channel. Thread-safe; holds no state. A refusal
/// leaves everything as it was, except for attempts, which stay counted.
class Conductor {
 public:
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
    };
    explicit Conductor(const Parts& parts) : parts_(parts) {}

    /// Starts a request for whoever the identifier names; for nobody, a decoy that walks the same
    /// way. Refuses with `unknown_process`, `rate_limited` and `validation_failed`.
    Result<Proceeding> begin(const BeginCall& call);

    /// The request as it stands. Refuses with `unknown_request` unless it is bound to `session`.
    Result<Proceeding> look(const RequestId& id, const SessionId& session);

    /// Opens a verification, which may send a message; one that is open already is only shown.
    Result<Proceeding> choose(const RequestId& id, const SessionId& session,
                              std::string_view verification, std::string_view destination,
                              const Origin& origin);

    /// Back to the choice; nothing that was proved is lost.
    Result<Proceeding> another_way(const RequestId& id, const SessionId& session);

    /// One answer. Spends an attempt before anything is compared, unless it is an action.
    /// `expected` is what the form says has been used so far: the same form sent twice counts once.
    Result<Proceeding> reply(const RequestId& id, const SessionId& session,
                             std::string_view verification, const RawAnswers& raw,
                             std::optional<std::int64_t> expected, const Origin& origin);

    /// Adds the process's time once more; once per request (R12.5).
    Result<Proceeding> extend(const RequestId& id, const SessionId& session, const Origin& origin);

    Result<Proceeding> cancel(const RequestId& id, const SessionId& session, const Origin& origin);

    /// What the process is for: sets the password, unlocks, or just completes. Proves everything
    /// again in the transaction that does it. Completing a completed request gives the same answer.
    Result<Proceeding> act(const RequestId& id, const SessionId& session, const Secret& password,
                           const Origin& origin);

 private:
    Parts parts_;
};

}  // namespace latchkey
