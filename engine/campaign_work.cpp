#include "engine/campaign_casework.h"
#include "engine/campaign_desk.h"
#include "engine/factors.h"

#include <algorithm>
#include <chrono>

namespace latchkey {
namespace {

using std::chrono::days;

constexpr std::size_t kMostWaiting = 500;  // so that a pause leaves little to drop
constexpr std::size_t kBatch = 100;        // people of one transaction
constexpr std::size_t kLookedAt = 1000;    // people of one step
constexpr std::size_t kDated = 500;        // enrollments of one statement
constexpr Minutes kLease{2};               // much longer than a step takes
constexpr days kCorrectionIsSentFor{3};
constexpr days kNotice{kReminderDays.back()};

}  // namespace

bool CampaignDesk::work(const std::string& worker) {
    const auto definitions = parts_.processes.definitions();
    const TimePoint now = parts_.clock.now();
    bool more = date_enrollments(*definitions, now);
    for (const Campaign& campaign : campaigns_.all()) {
        if (campaign.state == CampaignState::running) {
            more |= remind(campaign, *definitions, worker, now);
        } else if (campaign.state != CampaignState::draft) {
            campaigns_.drop_leftovers(campaign, now);
            if (campaign.state == CampaignState::cancelled)
                more |= correct(campaign, *definitions, now);
        }
    }
    return more;
}

bool CampaignDesk::date_enrollments(const Definitions& definitions, TimePoint now) {
    bool more = false;
    for (const auto& verification : definitions.verifications) {
        const Verification* type = parts_.registry.find(verification.type);
        if (!type || !type->type().expiry) continue;
        const auto lasts = lifetime(verification.settings);
        std::int64_t changed = 0;
        if (lasts) {
            campaigns_.add(expiry_campaign(verification.name), nullptr);
            changed = campaigns_.date_enrollments(verification.name, *lasts, now + kNotice, kDated);
        } else {
            changed = campaigns_.undate_enrollments(verification.name, kDated);
        }
        more |= changed > 0;
    }
    return more;
}

bool CampaignDesk::remind(const Campaign& campaign, const Definitions& definitions,
                          const std::string& worker, TimePoint now) {
    const std::size_t waiting = campaigns_.waiting(campaign.name);
    if (waiting >= kMostWaiting) return true;
    // Asked again each time: words and settings may have changed since it was started.
    if (!faults(campaign, definitions).empty()) return false;
    if (!campaigns_.may_plan(campaign.name, worker, now)) return false;
    const std::size_t room = std::min(kMostWaiting - waiting, kBatch);
    return campaign.kind == CampaignKind::expiry
               ? remind_of_expiry(campaign, definitions, worker, room, now)
               : remind_of_enrollment(campaign, definitions, worker, room, now);
}

bool CampaignDesk::remind_of_expiry(const Campaign& campaign, const Definitions& definitions,
                                    const std::string& worker, std::size_t room, TimePoint now) {
    const auto* verification = find_verification(definitions, campaign.about);
    if (!lifetime(verification->settings)) return false;
    std::vector<Reminder> reminders;
    TimePoint stage_begins = now;
    for (const auto before : campaign.days_before) {
        Expiring after{.account = {}, .end = stage_begins};
        stage_begins = now + days{before};
        while (reminders.size() < room) {
            const auto people =
                campaigns_.expiring(campaign, after, stage_begins, days{before}, kBatch);
            for (const Expiring& one : people) {
                const auto account = parts_.accounts.find(one.account);
                const auto round = expiry_round(campaign, one.end, now);
                if (account && round && reminders.size() < room &&
                    belongs_to(*account, campaign.groups) &&
                    uses(definitions, *account, campaign.about))
                    reminders.push_back(
                        {reminder(campaign, definitions, *account, *round, now), *round});
            }
            if (people.size() < kBatch) break;
            after = people.back();
        }
    }
    if (reminders.empty()) return false;
    return campaigns_.plan(campaign, {worker, now, now + kLease}, reminders, now, {}).value_or(0) >
           0;
}

bool CampaignDesk::remind_of_enrollment(const Campaign& campaign, const Definitions& definitions,
                                        const std::string& worker, std::size_t room,
                                        TimePoint now) {
    const auto round = calendar_round(campaign, now);
    if (!round) return false;
    const Process& process = *find_process(definitions, campaign.about);
    std::vector<Reminder> reminders;
    AccountId after = campaigns_.reached_up_to(campaign.name, round->due);
    std::size_t looked_at = 0;
    while (reminders.size() < room && looked_at < kLookedAt) {
        const auto people = campaigns_.people(campaign, round->due, after, room - reminders.size());
        if (people.empty()) break;
        for (const AccountId& id : people) {
            const auto account = parts_.accounts.find(id);
            if (account && belongs_to(*account, campaign.groups) &&
                missing_something(process, *account))
                reminders.push_back(
                    {reminder(campaign, definitions, *account, *round, now), *round});
        }
        looked_at += people.size();
        after = people.back();
    }
    if (looked_at == 0) return false;
    return campaigns_.plan(campaign, {worker, now, now + kLease}, reminders, round->due, after)
        .has_value();
}

bool CampaignDesk::correct(const Campaign& campaign, const Definitions& definitions,
                           TimePoint now) {
    const auto people = campaigns_.uncorrected(campaign.name, now, kBatch);
    if (people.empty()) return false;
    std::vector<Message> corrections;
    for (const Reached& one : people) {
        const auto account = parts_.accounts.find(one.account);
        if (!account) continue;
        const Json data{{"about", title_of(campaign, definitions)},
                        {"at", millis(one.at)},
                        {"reason", {{"words", campaign.reason}}},
                        {"name", account->user_name}};
        corrections.push_back(mail_to(*account, "reminder_withdrawn", data, parts_.random, now,
                                      now + kCorrectionIsSentFor));
    }
    campaigns_.correct(campaign.name, corrections);
    return true;
}

}  // namespace latchkey
