#include "engine/settings.h"

#include "engine/unicode.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace latchkey {
namespace {

constexpr const char* kExpires = "expires";
constexpr const char* kLifetime = "lifetime";

const std::array kProductSettings{
    Setting{.key = "limits.requests_per_day",
            .kind = SettingKind::integer,
            .fallback = 10,
            .at_least = 1,
            .at_most = 1000},
    Setting{.key = "limits.answers_per_day",
            .kind = SettingKind::integer,
            .fallback = 20,
            .at_least = 3,
            .at_most = 100},
    Setting{.key = "limits.first_block",
            .kind = SettingKind::duration,
            .fallback = "15m",
            .at_least = 60,
            .at_most = 86400},
    Setting{.key = "limits.longest_block",
            .kind = SettingKind::duration,
            .fallback = "24h",
            .at_least = 60,
            .at_most = 604800},
    Setting{.key = "freeze.lasts",
            .kind = SettingKind::duration,
            .fallback = "72h",
            .at_least = 3600,
            .at_most = 2592000},
    Setting{.key = "enrollment.trusted_after",
            .kind = SettingKind::duration,
            .fallback = "72h",
            .at_least = 0,
            .at_most = 2592000},
    Setting{.key = "notices.profile_changes", .kind = SettingKind::flag, .fallback = true},
    Setting{.key = "voice_agents.installed", .kind = SettingKind::flag, .fallback = true},
    Setting{
        .key = "service_desk.contact", .kind = SettingKind::text, .fallback = "", .at_most = 300},
};

Problem problem(const std::string& pointer, const std::string& code,
                std::map<std::string, Argument> arguments) {
    return {pointer, code, {"definition." + code, std::move(arguments)}};
}

bool are_words(const Setting& setting, const Json& value) {
    return value.is_object() && std::cmp_greater_equal(value.size(), setting.at_least) &&
           std::ranges::all_of(value.items(), [&](const auto& entry) {
               if (entry.key().empty() || !entry.value().is_string()) return false;
               const auto& text = entry.value().template get_ref<const std::string&>();
               return !trimmed(text).empty() &&
                      std::cmp_less_equal(code_points(text), setting.at_most) &&
                      !has_control_characters(text);
           });
}

/// The code and arguments of what is wrong with a value, or nothing.
std::optional<Problem> fault(const Setting& setting, const Json& value, const std::string& at) {
    const auto range = [&](std::string_view kind) {
        std::map<std::string, Argument> arguments{{"least", setting.at_least},
                                                  {"most", setting.at_most}};
        if (setting.kind == SettingKind::duration) {
            arguments["least"] = format_duration(Seconds{setting.at_least});
            arguments["most"] = format_duration(Seconds{setting.at_most});
        }
        return problem(at, "not_" + std::string(kind), std::move(arguments));
    };
    switch (setting.kind) {
        case SettingKind::flag:
            if (!value.is_boolean()) return problem(at, "not_a_flag", {});
            return {};
        case SettingKind::integer: {
            // Beyond the signed numbers it would come out below zero.
            if (!value.is_number_integer() ||
                (value.is_number_unsigned() &&
                 !std::in_range<std::int64_t>(value.get<std::uint64_t>())))
                return range("an_integer");
            const auto number = value.get<std::int64_t>();
            if (number < setting.at_least || number > setting.at_most) return range("an_integer");
            return {};
        }
        case SettingKind::duration: {
            const auto length =
                value.is_string() ? parse_duration(value.get<std::string>()) : std::nullopt;
            if (!length || *length < Seconds{setting.at_least} ||
                *length > Seconds{setting.at_most})
                return range("a_duration");
            return {};
        }
        case SettingKind::choice: {
            if (value.is_string() && std::ranges::count(setting.choices, value.get<std::string>()))
                return {};
            std::string list;
            for (const auto& choice : setting.choices) list += (list.empty() ? "" : ", ") + choice;
            return problem(at, "not_a_choice", {{"choices", list}});
        }
        case SettingKind::text: {
            if (!value.is_string()) return range("a_text");
            const auto length =
                static_cast<std::int64_t>(code_points(value.get_ref<const std::string&>()));
            if (length < setting.at_least || length > setting.at_most) return range("a_text");
            return {};
        }
        case SettingKind::name:
            if (!value.is_string() || !is_name(value.get_ref<const std::string&>()))
                return problem(at, "not_a_name", {});
            return {};
        case SettingKind::words:
            if (!are_words(setting, value))
                return problem(at, "not_words", {{"most", setting.at_most}});
            return {};
        case SettingKind::list: {
            if (!value.is_array()) return problem(at, "not_a_list", {});
            const auto count = static_cast<std::int64_t>(value.size());
            if (count < setting.at_least || count > setting.at_most) return range("so_many");
            return {};
        }
    }
    return {};
}

/// The elements with the defaults of their members filled in.
Json checked_list(const Setting& setting, const Json& given, const std::string& pointer,
                  std::vector<Problem>& problems) {
    Json complete = Json::array();
    std::vector<Json> seen;
    const std::string& key = setting.members.front().key;
    for (std::size_t i = 0; i < given.size(); ++i) {
        const std::string at = pointer + "/" + std::to_string(i);
        const std::size_t before = problems.size();
        complete.push_back(checked_settings(setting.members,
                                            given[i].is_null() ? Json(0) : given[i], at, problems));
        const Json& name = complete.back().at(key);
        if (problems.size() == before && std::ranges::count(seen, name) > 0)
            problems.push_back(problem(member_pointer(at, key), "used_twice",
                                       {{"name", name.get<std::string>()}}));
        seen.push_back(name);
    }
    return complete;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::span<const Setting> product_settings() {
    return kProductSettings;
}

Setting wrong_in_a_row_setting() {
    return {.key = std::string(kWrongInARow),
            .kind = SettingKind::integer,
            .fallback = 20,
            .at_least = 3,
            .at_most = kMostWrongInARow};
}

std::vector<Setting> lifetime_settings() {
    return {{.key = kExpires, .kind = SettingKind::flag, .fallback = false},
            {.key = kLifetime,
             .kind = SettingKind::duration,
             .fallback = "90d",
             .at_least = Seconds(std::chrono::days{30}).count(),
             .at_most = Seconds(std::chrono::days{3650}).count()}};
}

std::optional<Milliseconds> lifetime(const Json& settings) {
    if (!settings.is_object() || !settings.value(kExpires, false)) return {};
    return duration(settings, kLifetime);
}

Json checked_settings(std::span<const Setting> declared, const Json& given,
                      const std::string& pointer, std::vector<Problem>& problems) {
    Json complete = Json::object();
    std::vector<std::string> known;
    for (const Setting& setting : declared) {
        complete[setting.key] = setting.fallback;
        known.push_back(setting.key);
    }
    if (!given.is_null() && !given.is_object()) {
        problems.push_back(problem(pointer, "not_an_object", {}));
        return complete;
    }
    for (const Setting& setting : declared)
        if (setting.fallback.is_null() && !given.contains(setting.key))
            problems.push_back(problem(member_pointer(pointer, setting.key), "missing", {}));
    if (given.is_null()) return complete;
    for (const auto& [key, value] : given.items()) {
        const std::string at = member_pointer(pointer, key);
        const auto setting = std::ranges::find(declared, key, &Setting::key);
        if (setting == declared.end()) {
            problems.push_back(problem(at, "unknown_name",
                                       {{"name", key}, {"nearest", nearest_name(key, known)}}));
        } else if (auto wrong = fault(*setting, value, at)) {
            problems.push_back(std::move(*wrong));
        } else if (setting->kind == SettingKind::list) {
            complete[key] = checked_list(*setting, value, at, problems);
        } else {
            complete[key] = value;
        }
    }
    return complete;
}

bool flag(const Json& settings, std::string_view key) {
    return settings.at(std::string(key)).get<bool>();
}

std::int64_t integer(const Json& settings, std::string_view key) {
    return settings.at(std::string(key)).get<std::int64_t>();
}

Milliseconds duration(const Json& settings, std::string_view key) {
    return parse_duration(text(settings, key)).value();
}

std::string text(const Json& settings, std::string_view key) {
    return settings.at(std::string(key)).get<std::string>();
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= 60 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    });
}

std::string nearest_name(std::string_view unknown, std::span<const std::string> known) {
    std::string nearest;
    std::size_t best = 1 + unknown.size() / 3;  // further away it is more likely something else
    for (const auto& name : known) {
        const std::size_t distance = edit_distance(unknown, name);
        if (distance <= best) {
            if (distance < best || nearest.empty()) nearest = name;
            best = distance;
        }
    }
    return nearest;
}

}  // namespace latchkey
