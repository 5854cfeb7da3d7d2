#pragma once

#include "engine/activity.h"
#include "engine/attempts.h"
#include "engine/credential_store.h"
#include "engine/definitions.h"
#include "engine/enrollment.h"
#include "engine/message.h"
#include "engine/reset_request.h"
#include "engine/session.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What the engine needs from storage. All ports are thread-safe and throw Outage when the database
/// cannot be reached; nothing they return refers to them.
namespace latchkey {

class AccountStore {
 public:
    virtual ~AccountStore() = default;
    virtual std::optional<Account> find(const AccountId& id) = 0;

    /// Everyone whose attribute `kind` ("user_name", "email", …) is `canonical`; at most two, since
    /// two already mean "nobody" (S07).
    virtual std::vector<AccountId> identify(const std::string& kind,
                                            const std::string& canonical) = 0;

    /// How the people here look from outside. Changes seldom and may be a little old.
    virtual DecoyShape decoy_shape() = 0;

    /// Up to `count` people after `after_user_name`, by user name: for lists and files.
    virtual std::vector<Account> page(const std::string& after_user_name, std::int64_t count) = 0;

    /// Removes the person and all that is kept about them, except the activity record, where only
    /// their id is left, which then belongs to nobody (R36.1, S71). False if there is no such
    /// account.
    virtual bool erase(const AccountId& account, const Activity& activity) = 0;
};

class ProcessStore {
 public:
    virtual ~ProcessStore() = default;
    /// The published version; null if there is none.
    virtual std::shared_ptr<const Process> current(const std::string& slug) = 0;
    /// Any version that ever was; null if there is none.
    virtual std::shared_ptr<const Process> version(const std::string& name,
                                                   std::int64_t version) = 0;
    /// The published processes by order and name.
    virtual std::vector<std::shared_ptr<const Process>> all() = 0;
    /// Everything an administrator defined, as it is now.
    virtual std::shared_ptr<const Definitions> definitions() = 0;

    /// Replaces all definitions at once. A process whose content changed gets a new version; the
    /// same definitions again change nothing. Returns what changed, as names of processes.
    virtual std::vector<std::string> apply(const Definitions& definitions,
                                           const Activity& activity) = 0;
};

class RequestStore {
 public:
    virtual ~RequestStore() = default;
    virtual std::optional<ResetRequest> find(const RequestId& id) = 0;
    /// When this account last completed a request of that process.
    virtual std::optional<TimePoint> last_success(const AccountId& account,
                                                  const std::string& process) = 0;
};

class EnrollmentStore {
 public:
    virtual ~EnrollmentStore() = default;
    virtual std::vector<Enrollment> of(const AccountId& account) = 0;
    virtual std::optional<EnrollmentDraft> draft(const AccountId& account,
                                                 const std::string& verification) = 0;

    /// What the account held at that time, of each verification that was changed since then; not
    /// longer ago than kRestorable.
    virtual std::vector<Enrollment> former(const AccountId& account, TimePoint at) = 0;
};

/// Counters that hold exactly, with any number of threads and processes (S10, S11).
class BudgetStore {
 public:
    virtual ~BudgetStore() = default;

    /// Takes one from each budget, durably, or from none: the first that is used up is named in the
    /// answer. Returns how often each has been used now, this time included.
    virtual Spent spend(const std::vector<Budget>& budgets, TimePoint now) = 0;

    /// What has been used of each budget, in the given order; 0 for those never touched or over.
    virtual std::vector<std::int64_t> used(const std::vector<std::string>& keys, TimePoint now) = 0;

    /// The blocks that lie on an account, whether they still hold or not.
    virtual std::vector<Block> blocks(const AccountId& account) = 0;
};

/// A message claimed for sending.
struct ClaimedMessage {
    Message message;
    std::int64_t attempts = 0;  // before this one
};

class MessageStore {
 public:
    virtual ~MessageStore() = default;
    /// How far the message has come, as anyone may know: what concerns this one recipient looks
    /// like the normal course (S01). None if there is no such message.
    virtual Delivery delivery(const MessageId& id) = 0;

    /// The message that was really sent under this reference, for whoever asks whether it is from
    /// us. One statement, whether there is one or not.
    virtual std::optional<SentMessage> sent(const std::string& reference) = 0;

    /// Takes up to `count` due messages, codes first, so that nobody else takes them before `lease`
    /// ends (R2.3). What is past its `give_up_at` is wiped and closed instead.
    virtual std::vector<ClaimedMessage> claim(const std::string& worker, std::size_t count,
                                              TimePoint now, Milliseconds lease) = 0;

    /// The worker still carries the message: its lease ends then. Does nothing if it was lost.
    virtual void renew(const MessageId& id, const std::string& worker, TimePoint lease_ends) = 0;

    /// Records the outcome. `retry_at` counts for a temporary failure; nothing or an instant after
    /// `give_up_at` ends it. An accepted, refused or given-up message loses its body (S14). Does
    /// nothing if the lease was lost.
    virtual void settle(const MessageId& id, const std::string& worker, const Outcome& outcome,
                        TimePoint now, std::optional<TimePoint> retry_at) = 0;

    /// When the next message is due, if any.
    virtual std::optional<TimePoint> next_due() = 0;
};

class SessionStore {
 public:
    virtual ~SessionStore() = default;
    /// By the digest of the cookie's present token, or of the one before it.
    virtual std::optional<Session> find(const std::string& digest) = 0;
    /// False, and no change, if somebody else changed or ended it since it was loaded.
    virtual bool save(const Session& session) = 0;
    virtual void end(const SessionId& id) = 0;
};

class NoticeLinkStore {
 public:
    virtual ~NoticeLinkStore() = default;
    virtual std::optional<NoticeLink> find(const std::string& digest, TimePoint now) = 0;
};

/// What one step changes. Committed together or not at all.
struct Change {
    struct RequestChange {
        ResetRequest request;                    // its version is the one that was loaded; 0: new
        std::optional<std::string> passed = {};  // the verification that this change proves
    };
    struct Act {
        /// All of these must have passed, and this many of those; checked again by the statement
        /// itself (S31).
        std::vector<std::string> required;
        std::vector<std::string> optional;
        std::int64_t optional_needed = 0;
        std::optional<CredentialChange> credential = {};
    };

    struct AccountChange {
        Account account;  // its version is the one that was loaded; 0: new
        std::optional<CredentialChange> credential = {};
    };

    std::optional<AccountChange> account = {};
    std::optional<RequestChange> request = {};
    std::optional<Act> act = {};  // with `request`, which is completed by it
    std::vector<Enrollment> enrollments = {};
    std::vector<FormerEnrollment> former = {};  // kept for as long as they can be put back
    std::vector<EnrollmentDraft> drafts = {};
    std::vector<DraftKey> dropped_drafts = {};
    std::vector<Budget> reserve = {};  // spent in the same transaction; refused if one is used up
    std::vector<std::string> clear = {};  // budgets that begin anew
    std::vector<Block> blocks = {};       // the failures that led to one count until it ends
    std::vector<AccountId> cleared_blocks = {};
    std::vector<Message> messages = {};
    /// The account's other requests, sessions and codes end (S39, R11.4), except `request`.
    std::optional<AccountId> ended = {};
    /// Reminders for the account that wait are dropped: what they ask for may be done (R27.2).
    std::optional<AccountId> unreminded = {};
    std::vector<NoticeLink> links = {};
    std::vector<std::string> used_links = {};  // refused with `already_answered` if used before
    std::optional<Session> session = {};
    std::vector<Activity> activities = {};
};

class ChangeStore {
 public:
    virtual ~ChangeStore() = default;

    /// Durable when it returns without error. Refuses with `conflict` if the account was changed
    /// meanwhile or its user name is taken, with `already_answered` if something was
    /// changed by someone else since it was loaded, with `resend_too_soon` or `daily_limit_reached`
    /// if a reservation fails, and with `blocked` or `request_closed` if an act may not happen.
    virtual Result<void> commit(const Change& change) = 0;
};

}  // namespace latchkey
