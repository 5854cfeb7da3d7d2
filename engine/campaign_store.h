#pragma once

#include "engine/activity.h"
#include "engine/campaign.h"
#include "engine/message.h"

#include <optional>
#include <string>
#include <vector>

namespace latchkey {

/// How far a campaign has come. People, but for `waiting`.
struct CampaignReport {
    std::int64_t waiting = 0;                  // messages that are queued or under way
    std::optional<TimePoint> waiting_since{};  // the oldest of them
    std::int64_t sent = 0;
    std::int64_t failed = 0;     // refused by the peer, or given up
    std::int64_t corrected = 0;  // were told that it was cancelled
};

/// Somebody whose enrollment ends.
struct Expiring {
    AccountId account;
    TimePoint end;
};

/// A message to somebody, as part of a round.
struct Reminder {
    Message message;
    Round round;
};

/// Somebody who got a reminder that was then taken back.
struct Reached {
    AccountId account;
    TimePoint at;
};

/// Planning is this worker's from now on until then.
struct Lease {
    std::string worker;
    TimePoint now;
    TimePoint until;
};

/// The port to campaigns and to who was reached. Thread-safe; throws Outage.
class CampaignStore {
 public:
    virtual ~CampaignStore() = default;

    /// By name.
    virtual std::vector<Campaign> all() = 0;
    virtual std::optional<Campaign> find(const std::string& name) = 0;
    /// Counts everybody reached: for staff.
    virtual CampaignReport report(const std::string& name) = 0;
    /// How many of its messages wait.
    virtual std::size_t waiting(const std::string& name) = 0;

    /// False if there is one of that name. `activity` may be null.
    virtual bool add(const Campaign& campaign, const Activity* activity) = 0;

    /// Keeps the campaign as it is now, if nobody changed it since it was loaded. Unless it runs
    /// now, its reminders that wait are dropped in the same transaction, and those concerned count
    /// as not reached: whatever is not in a transport's hands is not sent any more.
    virtual bool change(const Campaign& campaign, const Activity& activity) = 0;

    /// Drops reminders of a campaign that does not run, which could not be dropped at first since
    /// they were under way then.
    virtual void drop_leftovers(const Campaign& campaign, TimePoint now) = 0;

    /// False if another worker plans for the campaign at `now`, or if it does not run.
    virtual bool may_plan(const std::string& name, const std::string& worker, TimePoint now) = 0;

    /// People whose enrollment ends after `after` (and, at that instant, behind that account) and
    /// not later than `last`, and who were not reached in the round that began `before` their end.
    /// Only those who can sign in and have a mail address. By end and account.
    virtual std::vector<Expiring> expiring(const Campaign& campaign, const Expiring& after,
                                           TimePoint last, Milliseconds before,
                                           std::size_t count) = 0;

    /// People behind `after`, by id, who were not reached in that round; only those as above.
    virtual std::vector<AccountId> people(const Campaign& campaign, TimePoint round,
                                          const AccountId& after, std::size_t count) = 0;

    // The same whoever was reached already, and with or without a mail address: for counting.

    virtual std::vector<Expiring> everybody_expiring(const std::string& verification,
                                                     const Expiring& after, std::size_t count) = 0;
    virtual std::vector<AccountId> everybody(const AccountId& after, std::size_t count) = 0;
    virtual bool reached(const std::string& name, const AccountId& account, TimePoint round) = 0;

    /// Up to whom the round has come; empty at its beginning.
    virtual AccountId reached_up_to(const std::string& name, TimePoint round) = 0;

    /// Takes the lease, queues reminders and notes who is reached and how far the round has come,
    /// all at once. Nobody is reached twice in a round. Returns how many were queued; nothing, and
    /// nothing was done, where may_plan() would be false.
    virtual std::optional<std::size_t> plan(const Campaign& campaign, const Lease& lease,
                                            const std::vector<Reminder>& reminders, TimePoint round,
                                            const AccountId& reached_up_to) = 0;

    /// People who got a reminder that still counts at `now` and were not told of its end.
    virtual std::vector<Reached> uncorrected(const std::string& name, TimePoint now,
                                             std::size_t count) = 0;
    /// Queues corrections, each only if its person was not told before.
    virtual void correct(const std::string& name, const std::vector<Message>& corrections) = 0;

    // Lifetimes of enrollments, up to `count` at a time. Both return how many they changed.

    /// Dates the active enrollments of a verification that have no end: `lifetime` after they were
    /// set, but not before `earliest`, so that everybody is reminded first.
    virtual std::int64_t date_enrollments(const std::string& verification, Milliseconds lifetime,
                                          TimePoint earliest, std::size_t count) = 0;
    /// Makes the enrollments of a verification without a lifetime last for ever.
    virtual std::int64_t undate_enrollments(const std::string& verification, std::size_t count) = 0;
};

}  // namespace latchkey
