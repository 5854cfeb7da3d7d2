#include "engine/campaign_desk.h"

#include "engine/campaign_casework.h"
#include "engine/factors.h"
#include "engine/intake.h"

#include <algorithm>
#include <chrono>

namespace latchkey {
namespace {

using std::chrono::days;

constexpr std::size_t kPage = 100;  // people asked for at a time
constexpr Minutes kLag{15};         // what waits longer is late
constexpr const char* kSampleName = "amy.lee";
constexpr std::int64_t kLongestReason = 300;  // code points

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
    Message message = mail_to(account, expiry ? "enrollment_expires" : "enrollment_missing", data,
                              parts_.random, now, round.obsolete);
    message.campaign = campaign.name;
    return message;
}

Result<Message> CampaignDesk::preview(const std::string& name, const std::string& locale) {
    const auto campaign = campaigns_.find(name);
    if (!campaign) return Error{Errc::not_found};
    const TimePoint now = parts_.clock.now();
    const TimePoint until =
        campaign->deadline ? *campaign->deadline : now + days{campaign->days_before.back()};
    Account sample;
    sample.user_name = kSampleName;
    sample.locale = locale;
    const Round round{.due = now, .until = until, .obsolete = until};
    return reminder(*campaign, *parts_.processes.definitions(), sample, round, now);
}

bool CampaignDesk::missing_something(const Process& process, const Account& account) const {
    if (!serves(process, account)) return false;
    const Subject subject = subject_of(account);
    const auto held = parts_.enrollments.of(account.id);
    const auto settled = [&](const Step& step) {
        const Verification* type = parts_.registry.find(step.verification.type);
        // What takes no enrollment, no reminder can help with.
        return !type || !type->enrollment() || usable(parts_, step.verification, subject, held);
    };
    return readiness(process, settled).missing > 0;
}

Result<Audience> CampaignDesk::audience(const std::string& name) {
    const auto campaign = campaigns_.find(name);
    if (!campaign) return Error{Errc::not_found};
    const auto definitions = parts_.processes.definitions();
    const TimePoint now = parts_.clock.now();
    Audience audience;
    const auto count = [&](const Account& account, bool at_once) {
        if (reminder_address(account).empty())
            ++audience.without_address;
        else
            ++(at_once ? audience.now : audience.later);
    };
    if (campaign->kind == CampaignKind::expiry) {
        Expiring after{.account = {}, .end = now};
        while (true) {
            const auto people = campaigns_.everybody_expiring(campaign->about, after, kPage);
            if (people.empty()) return audience;
            for (const Expiring& one : people) {
                const auto account = parts_.accounts.find(one.account);
                if (!account || account->disabled || !belongs_to(*account, campaign->groups) ||
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
        const auto people = campaigns_.everybody(after, kPage);
        if (people.empty()) return audience;
        for (const AccountId& id : people) {
            const auto account = parts_.accounts.find(id);
            if (account && !account->disabled && belongs_to(*account, campaign->groups) &&
                missing_something(*process, *account))
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

}  // namespace latchkey
