#include "engine/campaign.h"

#include "engine/unicode.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <stdexcept>

namespace latchkey {
namespace {

using std::chrono::days;

constexpr std::array<std::string_view, 2> kKinds{"expiry", "enrollment"};
constexpr std::array<std::string_view, 4> kStates{"draft", "running", "paused", "cancelled"};

constexpr std::int64_t kShortestPart = 12;  // code points: less says nothing to anybody
constexpr std::int64_t kLongestPart = 600;
constexpr std::int64_t kMostDays = 60;  // before the end
constexpr std::array<std::string_view, 6> kPlaceholders{"until",   "about",   "organisation",
                                                        "address", "contact", "name"};

const std::array kSettings{
    Setting{.key = "name", .kind = SettingKind::name, .fallback = nullptr},
    Setting{.key = "kind",
            .kind = SettingKind::choice,
            .fallback = nullptr,
            .choices = {"expiry", "enrollment"}},
    Setting{.key = "about", .kind = SettingKind::name, .fallback = nullptr},
    Setting{.key = "days_before",
            .kind = SettingKind::text,
            .fallback = "10, 3, 1",
            .at_least = 1,
            .at_most = 40},
    Setting{.key = "every_days", .kind = SettingKind::integer, .fallback = 0, .at_most = 365},
    Setting{.key = "starts_on", .kind = SettingKind::text, .fallback = "", .at_most = 10},
    Setting{.key = "deadline", .kind = SettingKind::text, .fallback = "", .at_most = 10},
    Setting{.key = "groups", .kind = SettingKind::text, .fallback = "", .at_most = 300},
    Setting{.key = "what",
            .kind = SettingKind::words,
            .fallback = Json::object(),
            .at_most = kLongestPart},
    Setting{.key = "why",
            .kind = SettingKind::words,
            .fallback = Json::object(),
            .at_most = kLongestPart},
    Setting{.key = "by_when",
            .kind = SettingKind::words,
            .fallback = Json::object(),
            .at_most = kLongestPart},
    Setting{.key = "otherwise",
            .kind = SettingKind::words,
            .fallback = Json::object(),
            .at_most = kLongestPart},
    Setting{.key = "where",
            .kind = SettingKind::words,
            .fallback = Json::object(),
            .at_most = kLongestPart},
    Setting{.key = "whom",
            .kind = SettingKind::words,
            .fallback = Json::object(),
            .at_most = kLongestPart},
};

Problem problem(const std::string& pointer, const std::string& code,
                std::map<std::string, Argument> arguments = {}) {
    return {pointer, code, {"definition." + code, std::move(arguments)}};
}

template <std::size_t size>
std::optional<std::size_t> place(const std::array<std::string_view, size>& names,
                                 std::string_view text) {
    const auto found = std::ranges::find(names, text);
    if (found == names.end()) return {};
    return static_cast<std::size_t>(found - names.begin());
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        if (const auto part = trimmed(text.substr(0, end)); !part.empty()) parts.emplace_back(part);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

std::string joined(const std::vector<std::string>& parts, const std::string& separator) {
    std::string text;
    for (const auto& part : parts) text += (text.empty() ? "" : separator) + part;
    return text;
}

std::optional<std::int64_t> number(std::string_view text) {
    if (text.empty() || text.size() > 4) return {};
    std::int64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return {};
        value = value * 10 + (c - '0');
    }
    return value;
}

/// "10, 3, 1" ascending and each once; nothing if it is something else.
std::optional<std::vector<std::int64_t>> days_in(std::string_view text) {
    std::set<std::int64_t> numbers;
    for (const auto& part : split(text, ',')) {
        const auto day = number(part);
        if (!day || *day < 1 || *day > kMostDays) return {};
        numbers.insert(*day);
    }
    if (numbers.empty()) return {};
    return std::vector(numbers.begin(), numbers.end());
}

/// The beginning of a day, "2026-12-01".
std::optional<TimePoint> day_in(const std::string& text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return {};
    const auto year = number(text.substr(0, 4));
    const auto month = number(text.substr(5, 2));
    const auto day = number(text.substr(8, 2));
    if (!year || !month || !day) return {};
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return {};
    return TimePoint{std::chrono::sys_days{date}};
}

std::string day_of(const std::optional<TimePoint>& at) {
    return at ? rfc3339(*at).substr(0, 10) : std::string();
}

/// The campaign that checked settings describe, and what is wrong with them as a whole.
Campaign campaign_of(const Json& settings, std::vector<Problem>& problems) {
    Campaign campaign;
    campaign.name = text(settings, "name");
    campaign.kind = campaign_kind_named(text(settings, "kind")).value();
    campaign.about = text(settings, "about");
    campaign.every_days = integer(settings, "every_days");
    campaign.groups = split(text(settings, "groups"), ';');
    for (const auto part : kReminderParts)
        if (auto words = settings.at(std::string(part)).get<Words>(); !words.empty())
            campaign.text.emplace(part, std::move(words));
    if (campaign.kind == CampaignKind::expiry) {
        const auto before = days_in(text(settings, "days_before"));
        if (!before) problems.push_back(problem("/days_before", "not_days", {{"most", kMostDays}}));
        campaign.days_before = before.value_or(std::vector<std::int64_t>{});
        return campaign;
    }
    const auto day = [&](const char* key) {
        const std::string given = text(settings, key);
        auto at = day_in(given);
        if (!given.empty() && !at) problems.push_back(problem("/" + std::string(key), "not_a_day"));
        return at;
    };
    campaign.starts_at = day("starts_on");
    campaign.deadline = day("deadline");
    if (text(settings, "deadline").empty())
        problems.push_back(problem("/deadline", "missing"));
    else if (campaign.starts_at && campaign.deadline && *campaign.deadline <= *campaign.starts_at)
        problems.push_back(problem("/deadline", "too_early"));
    return campaign;
}

bool has_link(std::string_view text) {
    return text.find("://") != text.npos || text.find("www.") != text.npos;
}

/// What `part` must name so that it says what it is there for.
std::string_view needed(std::string_view part) {
    if (part == "what") return "about";
    if (part == "by_when") return "until";
    if (part == "where") return "address";
    if (part == "whom") return "contact";
    return {};
}

void lint_part(std::string_view part, const std::string& text, const std::string& at,
               std::vector<Problem>& problems) {
    const auto length = static_cast<std::int64_t>(code_points(text));
    const auto names = names_in(text);
    const std::string_view wanted = needed(part);
    if (length < kShortestPart || length > kLongestPart || has_control_characters(text))
        problems.push_back(
            problem(at, "reminder_length", {{"least", kShortestPart}, {"most", kLongestPart}}));
    if (!wanted.empty() && std::ranges::count(names, wanted) == 0)
        problems.push_back(problem(at, "reminder_names", {{"name", std::string(wanted)}}));
    if (has_link(text)) problems.push_back(problem(at, "reminder_link"));
    for (const auto& name : names)
        if (!place(kPlaceholders, name))
            problems.push_back(problem(at, "reminder_unknown", {{"name", name}}));
}

}  // namespace

std::string_view name(CampaignKind kind) {
    return kKinds.at(static_cast<std::size_t>(kind));
}

std::string_view name(CampaignState state) {
    return kStates.at(static_cast<std::size_t>(state));
}

std::optional<CampaignKind> campaign_kind_named(std::string_view text) {
    const auto found = place(kKinds, text);
    return found ? std::optional(static_cast<CampaignKind>(*found)) : std::nullopt;
}

std::optional<CampaignState> campaign_state_named(std::string_view text) {
    const auto found = place(kStates, text);
    return found ? std::optional(static_cast<CampaignState>(*found)) : std::nullopt;
}

Campaign expiry_campaign(const std::string& verification) {
    return {.name = verification,
            .kind = CampaignKind::expiry,
            .about = verification,
            .days_before = {kReminderDays.begin(), kReminderDays.end()},
            .state = CampaignState::running};
}

std::span<const Setting> campaign_settings() {
    return kSettings;
}

Result<Campaign> parse_campaign(const Json& json, const Definitions& definitions,
                                const Registry& registry) {
    std::vector<Problem> problems;
    const Json settings =
        checked_settings(kSettings, json.is_null() ? Json(0) : json, "", problems);
    if (!problems.empty()) return Error{Errc::validation_failed, std::move(problems)};
    Campaign campaign = campaign_of(settings, problems);

    if (std::ranges::count(definitions.verifications, campaign.name, &ConfiguredVerification::name))
        problems.push_back(problem("/name", "used_twice", {{"name", campaign.name}}));
    std::vector<std::string> known;
    if (campaign.kind == CampaignKind::expiry) {
        for (const auto& verification : definitions.verifications) {
            const Verification* type = registry.find(verification.type);
            if (type && type->type().expiry) known.push_back(verification.name);
        }
    } else {
        for (const Process& process : definitions.processes) known.push_back(process.name);
    }
    if (std::ranges::count(known, campaign.about) == 0)
        problems.push_back(
            problem("/about", "unknown_name",
                    {{"name", campaign.about}, {"nearest", nearest_name(campaign.about, known)}}));
    if (!problems.empty()) return Error{Errc::validation_failed, std::move(problems)};
    return campaign;
}

Json campaign_json(const Campaign& campaign) {
    std::vector<std::string> numbers;
    for (const auto day : campaign.days_before) numbers.push_back(std::to_string(day));
    Json json{{"name", campaign.name},
              {"kind", name(campaign.kind)},
              {"about", campaign.about},
              {"groups", joined(campaign.groups, "; ")}};
    if (campaign.kind == CampaignKind::expiry) {
        std::ranges::reverse(numbers);
        json["days_before"] = joined(numbers, ", ");
    } else {
        json["every_days"] = campaign.every_days;
        json["starts_on"] = day_of(campaign.starts_at);
        json["deadline"] = day_of(campaign.deadline);
    }
    for (const auto& [part, words] : campaign.text) json[part] = words;
    return json;
}

Campaign campaign_from_json(const Json& json) {
    std::vector<Problem> problems;
    const Json settings = checked_settings(kSettings, json, "", problems);
    if (problems.empty()) {
        Campaign campaign = campaign_of(settings, problems);
        if (problems.empty()) return campaign;
    }
    throw std::logic_error("a stored campaign cannot be read at " + problems.front().pointer);
}

std::optional<Round> expiry_round(const Campaign& campaign, TimePoint end, TimePoint now) {
    Milliseconds next{0};
    for (const auto before : campaign.days_before) {
        const Milliseconds length = days{before};
        if (end - now > next && end - now <= length)
            return Round{.due = end - length, .until = end, .obsolete = end - next};
        next = length;
    }
    return {};
}

std::optional<Round> calendar_round(const Campaign& campaign, TimePoint now) {
    if (!campaign.starts_at || !campaign.deadline) return {};
    const TimePoint begin = *campaign.starts_at;
    const TimePoint deadline = *campaign.deadline;
    if (now < begin || now >= deadline) return {};
    if (campaign.every_days == 0)
        return Round{.due = begin, .until = deadline, .obsolete = deadline};
    const Milliseconds length = days{campaign.every_days};
    const TimePoint due = begin + (now - begin) / length * length;
    return Round{.due = due, .until = deadline, .obsolete = std::min(due + length, deadline)};
}

std::vector<Problem> lint(const ReminderText& text, const std::vector<std::string>& languages,
                          const std::string& contact) {
    std::vector<Problem> problems;
    if (trimmed(contact).empty()) problems.push_back(problem("/whom", "reminder_no_contact"));
    for (const std::string& language : languages) {
        std::set<std::string> said;
        for (const auto part : kReminderParts) {
            const std::string at = "/" + std::string(part) + "/" + language;
            const auto words = text.find(std::string(part));
            const bool there = words != text.end() && words->second.contains(language);
            const std::string sentence(there ? trimmed(words->second.at(language)) : "");
            if (sentence.empty())
                problems.push_back(problem(at, "reminder_lacks"));
            else if (!said.insert(sentence).second)
                problems.push_back(problem(at, "reminder_repeats"));
            else
                lint_part(part, sentence, at, problems);
        }
    }
    return problems;
}

std::vector<std::string> names_in(std::string_view text) {
    std::vector<std::string> names;
    for (auto begin = text.find('{'); begin != text.npos; begin = text.find('{', begin + 1)) {
        const auto end = text.find('}', begin);
        names.emplace_back(text.substr(begin + 1, std::min(end, text.size()) - begin - 1));
    }
    return names;
}

}  // namespace latchkey
