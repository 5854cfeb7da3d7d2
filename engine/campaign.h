#pragma once

#include "engine/definitions.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Reminders: who must be told what, and when. Pure arithmetic; engine/campaign_desk.h does it.
namespace latchkey {

/// What a campaign reminds of. The names are stored and never change.
enum class CampaignKind {
    expiry,      // what the person enrolled will expire
    enrollment,  // the person cannot complete a process: not enough is enrolled
};

/// A draft is started; a running one can be paused; a cancelled one is over. Stored names.
enum class CampaignState { draft, running, paused, cancelled };

std::string_view name(CampaignKind kind);
std::string_view name(CampaignState state);
std::optional<CampaignKind> campaign_kind_named(std::string_view text);
std::optional<CampaignState> campaign_state_named(std::string_view text);

/// What every reminder says, whoever wrote it (product.md, section 3): what it is about, why it
/// matters, by when, what happens otherwise, where exactly, and whom to ask.
inline constexpr std::array<std::string_view, 6> kReminderParts{"what",      "why",   "by_when",
                                                                "otherwise", "where", "whom"};

/// The parts of a text, each in several languages. "{until}", "{about}", "{organisation}",
/// "{address}", "{contact}" and "{name}" stand for what is known when it is sent.
using ReminderText = std::map<std::string, Words>;

/// Reminders for one cause, with who gets them and how far they have come.
struct Campaign {
    std::string name;
    CampaignKind kind = CampaignKind::expiry;
    std::string about;                      // the verification that expires, or the process
    std::vector<std::int64_t> days_before;  // expiry: how long before the end, ascending
    std::int64_t every_days = 0;            // enrollment: repeated so often; 0: said once
    std::optional<TimePoint> starts_at;     // enrollment: nobody is reminded before
    std::optional<TimePoint> deadline;      // enrollment: the last instant, and the "by when"
    std::vector<std::string> groups;        // empty: everybody
    ReminderText text;                      // parts that are missing say what they always say
    CampaignState state = CampaignState::draft;
    Words reason = {};  // why it was paused or cancelled
    std::int64_t version = 0;
};

inline constexpr std::array<std::int64_t, 3> kReminderDays{1, 3, 10};

/// The one that every verification with a lifetime has without anybody's doing, under the same
/// name.
Campaign expiry_campaign(const std::string& verification);

/// A campaign as its file holds it. Days are UTC; texts are named as in "setting.campaign.<key>".
std::span<const Setting> campaign_settings();

/// Reads a campaign, checked against what is defined. A refusal lists every problem.
Result<Campaign> parse_campaign(const Json& json, const Definitions& definitions,
                                const Registry& registry);
/// What parse_campaign reads back; state, reason and version stay out of it.
Json campaign_json(const Campaign& campaign);
/// Reads what campaign_json wrote; throws std::logic_error for anything else.
Campaign campaign_from_json(const Json& json);

/// A reminder that is due.
struct Round {
    TimePoint due;       // when it became so: no two rounds of a campaign share it
    TimePoint until;     // what it says: by when
    TimePoint obsolete;  // never sent from then on: the next one is due, or it is too late
};

/// The reminder of an expiry that is due now, if any. One is due at most: whoever was missed by an
/// early one gets only the later.
std::optional<Round> expiry_round(const Campaign& campaign, TimePoint end, TimePoint now);

/// The round of an enrollment campaign that is under way, if any.
std::optional<Round> calendar_round(const Campaign& campaign, TimePoint now);

/// Why a text may not be sent. Every part must be there in every language, name what it is about
/// and by when and whom to ask, and hold no link: the one link of a reminder is ours and leads
/// straight to the page. Pointers are "/<part>/<language>".
std::vector<Problem> lint(const ReminderText& text, const std::vector<std::string>& languages,
                          const std::string& contact);

/// The names in braces, in order.
std::vector<std::string> names_in(std::string_view text);

}  // namespace latchkey
