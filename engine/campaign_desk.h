#pragma once

#include "engine/campaign_store.h"
#include "engine/conductor.h"

#include <string>
#include <vector>

namespace latchkey {

/// What the installation says in every language it speaks.
class Phrasebook {
 public:
    virtual ~Phrasebook() = default;
    virtual std::vector<std::string> languages() const = 0;
    /// The sentence in each language that has it; its arguments stand as "{name}".
    virtual Words say(const std::string& id) const = 0;
};

/// A campaign as staff look at it.
struct CampaignView {
    Campaign campaign;
    CampaignReport report;
    std::vector<Problem> faults;  // why its text may not be sent
    bool over = false;            // its deadline has passed
    bool lags = false;            // what it queued has waited for long
};

/// How many people a campaign concerns.
struct Audience {
    std::int64_t now = 0;              // would get a reminder at once
    std::int64_t later = 0;            // as things stand, in rounds to come
    std::int64_t without_address = 0;  // are concerned and cannot be written to
};

/// Reminder campaigns: the use cases for staff, and the step that a job repeats. Thread-safe; holds
/// no state.
class CampaignDesk {
 public:
    CampaignDesk(const Parts& parts, CampaignStore& campaigns, const Phrasebook& phrases)
        : parts_(parts), campaigns_(campaigns), phrases_(phrases) {}

    std::vector<CampaignView> list();
    /// Refuses with `not_found`, as all that follow do.
    Result<CampaignView> look(const std::string& name);

    /// Keeps a campaign as a draft: it may be looked at, and sends nothing. Refuses with
    /// `validation_failed`, naming every problem, of the text as well.
    Result<void> add(const Json& json, const Origin& origin);

    /// A reminder as the person would get it, or somebody made up; nothing is sent.
    Result<Message> preview(const std::string& name, const std::string& locale);

    /// Asks for every person; may take seconds.
    Result<Audience> audience(const std::string& name);

    /// Begins a draft. Refuses with `validation_failed` if its text may not be sent, and with
    /// `already_answered` if it is no draft any more.
    Result<void> start(const std::string& name, const Origin& origin);
    /// Stops a running campaign at once: what is queued and not in a transport's hands is not sent.
    Result<void> pause(const std::string& name, const std::string& reason, const Origin& origin);
    /// Goes on. Nobody is written to twice in a round.
    Result<void> resume(const std::string& name, const Origin& origin);
    /// Ends a campaign for good. Whoever got a reminder that still counts is told so, with the
    /// reason, which must be given.
    Result<void> cancel(const std::string& name, const Words& reason, const Origin& origin);

    /// Does a part of what is due: dates enrollments that have a lifetime, queues reminders and
    /// corrections, a few hundred at most. `worker` is this process's own name. Returns whether
    /// there is more to do at once.
    bool work(const std::string& worker);

 private:
    struct Move;
    Result<void> move(const std::string& name, const Move& move, const Origin& origin);
    ReminderText text_of(const Campaign& campaign, const Definitions& definitions) const;
    std::vector<Problem> faults(const Campaign& campaign, const Definitions& definitions) const;
    Message reminder(const Campaign& campaign, const Definitions& definitions,
                     const Account& account, const Round& round, TimePoint now) const;
    bool missing_something(const Process& process, const Account& account) const;

    bool date_enrollments(const Definitions& definitions, TimePoint now);
    bool remind(const Campaign& campaign, const Definitions& definitions, const std::string& worker,
                TimePoint now);
    bool remind_of_expiry(const Campaign& campaign, const Definitions& definitions,
                          const std::string& worker, std::size_t room, TimePoint now);
    bool remind_of_enrollment(const Campaign& campaign, const Definitions& definitions,
                              const std::string& worker, std::size_t room, TimePoint now);
    bool correct(const Campaign& campaign, const Definitions& definitions, TimePoint now);

    Parts parts_;
    CampaignStore& campaigns_;
    const Phrasebook& phrases_;
};

}  // namespace latchkey
