#include "engine/campaign_desk.h"

#include "engine/casework.h"
#include "engine/enrollment_desk.h"

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
constexpr Minutes kLag{15};                // what waits longer is late
constexpr days kCorrectionIsSentFor{3};
constexpr days kNotice{kReminderDays.back()};
constexpr const char* kSampleName = "amy.lee";
constexpr std::int64_t kLongestReason = 300;  // code points

const ConfiguredVerification* find_verification(const Definitions& definitions,
                                                const std::string& name) {
    const auto found =
        std::ranges::find(definitions.verifications, name, &ConfiguredVerification::name);
    return found == definitions.verifications.end() ? nullptr : &*found;
}

const Process* find_process(const Definitions& definitions, const std::string& name) {
    const auto found = std::ranges::find(definitions.processes, name, &Process::name);
    return found == definitions.processes.end() ? nullptr : &*found;
}

/// What the campaign is about, as people know it.
Words title_of(const Campaign& campaign, const Definitions& definitions) {
    if (campaign.kind == CampaignKind::expiry) {
        const auto* verification = find_verification(definitions, campaign.about);
        return verification ? verification->title : Words{};
    }
    const auto* process = find_process(definitions, campaign.about);
    return process ? process->title : Words{};
}

bool in_audience(const Campaign& campaign, const Account& account) {
    return campaign.groups.empty() ||
           std::ranges::any_of(campaign.groups, [&](const std::string& group) {
               return std::ranges::count(account.groups, group) > 0;
           });
}

std::string address_of(const Account& account) {
    return subject_of(account).attribute("email");
}

bool uses(const Definitions& definitions, const Account& account, const std::string& verification) {
    return std::ranges::any_of(definitions.processes, [&](const Process& process) {
        return process.enabled && is_for(process, account) && process.step(verification);
    });
}

Message message_to(const Account& account, std::string wording, Json data, Random& random,
                   TimePoint now, TimePoint give_up_at) {
    return {.id = MessageId{random_token(random)},
            .reference = random_reference(random),
            .lane = Lane::bulk,
            .channel = "email",
            .to = address_of(account),
            .wording = std::move(wording),
            .locale = account.locale,
            .data = std::move(data),
            .account = account.id,
            .created_at = now,
            .give_up_at = give_up_at};
}

}  // namespace

/// From which state to which, and what is remembered of it.
struct CampaignDesk::Move {
    std::vector<CampaignState> from;
    CampaignState to;
    ActivityType type;
    Words reason = {};
};

ReminderText CampaignDesk::text_of(const Campaign& campaign, const Definitions& definitions) const {
    ReminderText text = campaign.text;
    const std::string standard =
        campaign.kind == CampaignKind::expiry ? "reminder.expiry." : "reminder.enrollment.";
    for (const auto part : kReminderParts)
        if (!text.contains(std::string(part)))
            text.emplace(part, phrases_.say(standard + std::string(part)));
    const auto* verification = find_verification(definitions, campaign.about);
    const Verification* type = verification ? parts_.registry.find(verification->type) : nullptr;
    if (campaign.kind != CampaignKind::expiry || !type || !type->type().expiry) return text;
    // What it is for and what stops without it, only its type can tell.
    const ExpiryWords& words = *type->type().expiry;
    if (!campaign.text.contains("why")) text["why"] = phrases_.say(words.why.id);
    if (!campaign.text.contains("otherwise")) text["otherwise"] = phrases_.say(words.otherwise.id);
    return text;
}

std::vector<Problem> CampaignDesk::faults(const Campaign& campaign,
                                          const Definitions& definitions) const {
    auto faults = lint(text_of(campaign, definitions), phrases_.languages(),
                       text(definitions.settings, "service_desk.contact"));
    const auto* verification = find_verification(definitions, campaign.about);
    const Verification* type = verification ? parts_.registry.find(verification->type) : nullptr;
    const bool expiry = campaign.kind == CampaignKind::expiry;
    if (expiry ? !type : !find_process(definitions, campaign.about))
        faults.push_back(
            {"/about",
             "unknown_name",
             {"definition.unknown_name", {{"name", campaign.about}, {"nearest", ""}}}});
    // A link to a page that is not there would be worse than no reminder.
    if (expiry && type && gate_of(definitions, type->type()) != Gate::open)
        faults.push_back({"/where", "reminder_closed", {"definition.reminder_closed", {}}});
    return faults;
}

std::vector<CampaignView> CampaignDesk::list() {
    std::vector<CampaignView> views;
    for (const auto& campaign : campaigns_.all())
        if (auto view = look(campaign.name)) views.push_back(std::move(*view));
    return views;
}

Result<CampaignView> CampaignDesk::look(const std::string& name) {
    auto campaign = campaigns_.find(name);
    if (!campaign) return Error{Errc::not_found};
    const TimePoint now = parts_.clock.now();
    CampaignView view{.campaign = std::move(*campaign), .report = campaigns_.report(name)};
    view.faults = faults(view.campaign, *parts_.processes.definitions());
    view.over = view.campaign.deadline && now >= *view.campaign.deadline;
    view.lags = view.report.waiting_since && now - *view.report.waiting_since > kLag;
    return view;
}

Result<void> CampaignDesk::add(const Json& json, const Origin& origin) {
    const auto definitions = parts_.processes.definitions();
    const auto campaign = parse_campaign(json, *definitions, parts_.registry);
    if (!campaign) return campaign.error();
    if (auto wrong = faults(*campaign, *definitions); !wrong.empty())
        return Error{Errc::validation_failed, std::move(wrong)};
    const auto added = activity(ActivityType::campaign_added, parts_.clock.now(), {}, {}, origin,
                                {}, {{"campaign", campaign->name}});
    if (!campaigns_.add(*campaign, &added)) return Error{Errc::conflict};
    return {};
}

Message CampaignDesk::reminder(const Campaign& campaign, const Definitions& definitions,
                               const Account& account, const Round& round, TimePoint now) const {
    const bool expiry = campaign.kind == CampaignKind::expiry;
    const Json data{{"reminder", text_of(campaign, definitions)},
                    {"about", title_of(campaign, definitions)},
                    {"until", millis(round.until)},
                    {"name", account.user_name},
                    {"page", expiry ? "account/enroll/" + campaign.about : "account"}};
    Message message = message_to(account, expiry ? "enrollment_expires" : "enrollment_missing",
                                 data, parts_.random, now, round.obsolete);
    message.campaign = campaign.name;
    return message;
}

Result<Message> CampaignDesk::preview(const std::string& name, const std::string& locale) {
    const auto campaign = campaigns_.find(name);
    if (!campaign) return Error{Errc::not_found};
    const TimePoint now = parts_.clock.now();
    Round round{.due = now, .until = now + kNotice, .obsolete = now + kNotice};
    if (!campaign->days_before.empty()) round.until = now + days{campaign->days_before.back()};
    if (campaign->deadline) round.until = *campaign->deadline;
    Account sample;
    sample.user_name = kSampleName;
    sample.locale = locale;
    return reminder(*campaign, *parts_.processes.definitions(), sample, round, now);
}

bool CampaignDesk::missing_something(const Process& process, const Account& account,
                                     TimePoint now) const {
    if (!process.enabled || !is_for(process, account)) return false;
    const Subject subject = subject_of(account);
    const auto held = parts_.enrollments.of(account.id);
    const auto usable = [&](const Step& step) {
        const auto& configured = step.verification;
        const Verification* type = parts_.registry.find(configured.type);
        if (!type || !type->enrollment()) return true;
        const auto mine = std::ranges::find(held, configured.name, &Enrollment::verification);
        const bool active = mine != held.end() &&
                            state_at(*mine, configured.settings, now) == EnrollmentState::active;
        return active || type->available(subject, nullptr, configured.settings);
    };
    return readiness(process, usable).missing > 0;
}

Result<Audience> CampaignDesk::audience(const std::string& name) {
    const auto campaign = campaigns_.find(name);
    if (!campaign) return Error{Errc::not_found};
    const auto definitions = parts_.processes.definitions();
    const TimePoint now = parts_.clock.now();
    Audience audience;
    const auto count = [&](const Account& account, bool at_once) {
        if (address_of(account).empty())
            ++audience.without_address;
        else
            ++(at_once ? audience.now : audience.later);
    };
    if (campaign->kind == CampaignKind::expiry) {
        Expiring after{.account = {}, .end = now};
        while (true) {
            const auto people = campaigns_.everybody_expiring(campaign->about, after, kBatch);
            if (people.empty()) return audience;
            for (const Expiring& one : people) {
                const auto account = parts_.accounts.find(one.account);
                if (!account || account->disabled || !in_audience(*campaign, *account) ||
                    !uses(*definitions, *account, campaign->about))
                    continue;
                const auto round = expiry_round(*campaign, one.end, now);
                count(*account, round && !campaigns_.reached(name, one.account, round->due));
            }
            after = people.back();
        }
    }
    const Process* process = find_process(*definitions, campaign->about);
    if (!process) return audience;
    const auto round = calendar_round(*campaign, now);
    const bool begun = campaign->state == CampaignState::draft || round;
    AccountId after;
    while (true) {
        const auto people = campaigns_.everybody(after, kBatch);
        if (people.empty()) return audience;
        for (const AccountId& id : people) {
            const auto account = parts_.accounts.find(id);
            if (account && !account->disabled && in_audience(*campaign, *account) &&
                missing_something(*process, *account, now))
                count(*account, begun && !(round && campaigns_.reached(name, id, round->due)));
        }
        after = people.back();
    }
}

Result<void> CampaignDesk::move(const std::string& name, const Move& move, const Origin& origin) {
    auto campaign = campaigns_.find(name);
    if (!campaign) return Error{Errc::not_found};
    if (std::ranges::count(move.from, campaign->state) == 0) return Error{Errc::already_answered};
    const TimePoint now = parts_.clock.now();
    if (move.to == CampaignState::running) {
        auto wrong = faults(*campaign, *parts_.processes.definitions());
        if (!wrong.empty()) return Error{Errc::validation_failed, std::move(wrong)};
        if (campaign->kind == CampaignKind::enrollment && !campaign->starts_at)
            campaign->starts_at = std::chrono::floor<days>(now);
    }
    campaign->state = move.to;
    campaign->reason = move.reason;
    std::string reason = move.reason.empty() ? "" : move.reason.begin()->second;
    const auto changed = activity(move.type, now, {}, {}, origin, {},
                                  {{"campaign", name}, {"reason", std::move(reason)}});
    if (!campaigns_.change(*campaign, changed)) return Error{Errc::already_answered};
    return {};
}

Result<void> CampaignDesk::start(const std::string& name, const Origin& origin) {
    return move(name,
                {{CampaignState::draft}, CampaignState::running, ActivityType::campaign_started},
                origin);
}

Result<void> CampaignDesk::pause(const std::string& name, const std::string& reason,
                                 const Origin& origin) {
    Words words;
    if (!reason.empty()) words.emplace("", reason);
    return move(name,
                {{CampaignState::running},
                 CampaignState::paused,
                 ActivityType::campaign_paused,
                 std::move(words)},
                origin);
}

Result<void> CampaignDesk::resume(const std::string& name, const Origin& origin) {
    return move(name,
                {{CampaignState::paused}, CampaignState::running, ActivityType::campaign_resumed},
                origin);
}

Result<void> CampaignDesk::cancel(const std::string& name, const Words& reason,
                                  const Origin& origin) {
    const Setting asked{.key = "reason",
                        .kind = SettingKind::words,
                        .fallback = nullptr,
                        .at_least = 1,
                        .at_most = kLongestReason};
    std::vector<Problem> problems;
    checked_settings({&asked, 1}, {{"reason", reason}}, "", problems);
    if (!problems.empty()) return Error{Errc::validation_failed, std::move(problems)};
    return move(name,
                {{CampaignState::draft, CampaignState::running, CampaignState::paused},
                 CampaignState::cancelled,
                 ActivityType::campaign_cancelled,
                 reason},
                origin);
}

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
    if (!campaigns_.lease(campaign.name, worker, now, now + kLease)) return false;
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
                    in_audience(campaign, *account) && uses(definitions, *account, campaign.about))
                    reminders.push_back(
                        {reminder(campaign, definitions, *account, *round, now), *round});
            }
            if (people.size() < kBatch) break;
            after = people.back();
        }
    }
    if (reminders.empty()) return false;
    return campaigns_.plan(campaign, worker, reminders, now, {}, now).value_or(0) > 0;
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
            if (account && in_audience(campaign, *account) &&
                missing_something(process, *account, now))
                reminders.push_back(
                    {reminder(campaign, definitions, *account, *round, now), *round});
        }
        looked_at += people.size();
        after = people.back();
    }
    if (looked_at == 0) return false;
    return campaigns_.plan(campaign, worker, reminders, round->due, after, now).has_value();
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
        corrections.push_back(message_to(*account, "reminder_withdrawn", data, parts_.random, now,
                                         now + kCorrectionIsSentFor));
    }
    campaigns_.correct(campaign.name, corrections);
    return true;
}

}  // namespace latchkey
