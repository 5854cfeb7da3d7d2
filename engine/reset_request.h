#pragma once

#include "engine/ids.h"
#include "engine/process.h"
#include "engine/verification.h"

#include <optional>
#include <string>
#include <vector>

namespace latchkey {

/// How a request stands. Its transitions, which a test reads from here and compares with the code:
///
///     verifying --passed_all--> verified
///     verifying --locked_out--> locked
///     verifying --expired--> expired
///     verifying --cancelled--> cancelled
///     verified --acted--> completed
///     verified --expired--> expired
///     verified --cancelled--> cancelled
///
/// Nothing leaves completed, locked, expired and cancelled. The names are stored and never change.
enum class RequestState { verifying, verified, completed, locked, expired, cancelled };
enum class RequestEvent { passed_all, acted, locked_out, expired, cancelled };

std::string_view name(RequestState state);
std::string_view name(RequestEvent event);

/// The state after `event`, or nothing if it cannot happen in `state`.
std::optional<RequestState> after(RequestState state, RequestEvent event);

inline bool closed(RequestState state) {
    return state != RequestState::verifying && state != RequestState::verified;
}

enum class StepState { untouched, asking, waiting, passed, failed };

std::string_view name(StepState state);

/// How far one verification of a request has come. A proof belongs to this step of this request and
/// to nothing else (S09).
struct Progress {
    std::string verification;
    StepState state = StepState::untouched;
    bool decoy = false;     // runs on a decoy enrollment: can never pass
    bool fresh = false;     // passed by something that is held for a short while only (S57)
    bool demanded = false;  // passed because the request needed more for this account
    std::string destination;
    Json memory;  // the dialogue's state
    Prompt prompt;
    std::vector<Problem> problems;  // why the last answer was not taken
    MessageId message;              // the last one sent
};

/// What one account must prove beside what the process asks of everybody. Known only once something
/// was proved, so that strangers learn nothing of it.
struct MoreProof {
    enum class Why {
        stronger,  // the account holds something stronger than one mailed code (S39)
        older,     // all that was proved was set up a short while ago (S57)
    };
    Why why = Why::stronger;
    std::vector<std::string> any = {};  // one of these; empty: nothing that is held would do
};

/// One person going through a process. Pure: every change is a function of what is known, and the
/// caller commits it with `version` as guard.
struct ResetRequest {
    RequestId id;
    std::string reference;  // short, for the person and the service desk
    std::int64_t version = 0;
    std::string process;
    std::int64_t process_version = 0;
    AccountId account;       // for a decoy: an id of the same form that no account has
    std::string identifier;  // what was typed, canonical
    bool decoy = false;      // nobody, two people, or someone this process is not for: never passes
    std::string channel;     // "web"
    std::string locale;
    SessionId session;  // the browser session it is bound to (S32)
    RequestState state = RequestState::verifying;
    TimePoint created_at;
    TimePoint expires_at;
    bool extended = false;
    std::vector<Progress> steps;
    std::string current;                 // the verification in front of the person; empty: choosing
    std::optional<MoreProof> more = {};  // what was proved so far is not enough for this account

    Progress* step(std::string_view verification);
    const Progress* step(std::string_view verification) const;
};

/// The verifications that may be chosen now: not passed, not failed, and still needed. What the
/// process asks of everybody comes first.
std::vector<std::string> open_steps(const ResetRequest& request, const Process& process);

/// Those of them that may be offered now: in a process with public access, a type that comes after
/// a proof waits until another type passed that proves something (S23).
std::vector<std::string> offered_steps(const ResetRequest& request, const Process& process,
                                       const Registry& registry);

/// How many more verifications are needed: required and optional ones, then what the account needs.
std::size_t proofs_missing(const ResetRequest& request, const Process& process);

/// The same without what the account needs.
std::size_t common_proofs_missing(const ResetRequest& request, const Process& process);

/// True if every required verification and enough optional ones passed, and that is enough for the
/// account: the only way to the act.
bool proved(const ResetRequest& request, const Process& process);

/// True if what failed leaves no way through.
bool hopeless(const ResetRequest& request, const Process& process);

/// What passed so far amounts to.
Assurance assurance_of(const ResetRequest& request, const Process& process,
                       const Registry& registry);

/// Moves the request along `event`; false, and no change, if that cannot happen now.
bool advance(ResetRequest& request, RequestEvent event);

/// Closes the request if its time has come (dead at the instant itself, S13) or cannot be told
/// since the clock was set back. True if it did.
bool expire(ResetRequest& request, TimePoint now);

/// Takes a dialogue's turn into the request. A decoy's `passed` becomes `refused`. `exhausted`: the
/// attempt that led to this turn was the last. May end in `verified` or `locked`.
void apply(ResetRequest& request, const Process& process, std::string_view verification, Turn turn,
           bool exhausted);

void to_json(Json& json, const ResetRequest& request);
void from_json(const Json& json, ResetRequest& request);

}  // namespace latchkey
