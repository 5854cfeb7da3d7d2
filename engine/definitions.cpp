#include "engine/definitions.h"

#include "engine/unicode.h"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace latchkey {
namespace {

using OrderedJson = nlohmann::ordered_json;
constexpr std::int64_t kLongestWords = 200;  // code points in a title or description

Problem fault(const std::string& pointer, const std::string& code,
              std::map<std::string, Argument> arguments = {}) {
    return {pointer, code, {"definition." + code, std::move(arguments)}};
}

/// Reads the members of one object, noting every problem, and in the end those it was not asked
/// for.
class Members {
 public:
    Members(const Json& json, std::string pointer, std::vector<Problem>& problems)
        : json_(json), pointer_(std::move(pointer)), problems_(problems) {
        if (!json.is_object()) problems_.push_back(fault(pointer_, "not_an_object"));
    }

    std::string at(const std::string& key) const { return member_pointer(pointer_, key); }

    /// The member, or null if it is missing.
    const Json& optional(const std::string& key) {
        static const Json missing;
        known_.push_back(key);
        if (!json_.is_object()) return missing;
        const auto found = json_.find(key);
        return found == json_.end() ? missing : *found;
    }

    std::string name(const std::string& key) {
        const Json& value = optional(key);
        if (value.is_string() && is_name(value.get<std::string>())) return value.get<std::string>();
        problems_.push_back(fault(at(key), value.is_null() ? "missing" : "not_a_name"));
        return {};
    }

    std::string name_or(const std::string& key, const std::string& fallback) {
        return optional(key).is_null() ? fallback : name(key);
    }

    bool flag(const std::string& key, bool fallback) {
        const Json& value = optional(key);
        if (value.is_boolean()) return value.get<bool>();
        if (!value.is_null()) problems_.push_back(fault(at(key), "not_a_flag"));
        return fallback;
    }

    std::int64_t integer(const std::string& key, std::int64_t fallback, std::int64_t most) {
        const Json& value = optional(key);
        if (value.is_null()) return fallback;
        if (value.is_number_integer() && value >= 0 && value <= most)
            return value.get<std::int64_t>();
        problems_.push_back(
            fault(at(key), "not_an_integer", {{"least", std::int64_t{0}}, {"most", most}}));
        return fallback;
    }

    /// {"en": "…", "es": "…"}
    Words words(const std::string& key, bool required) {
        Words words;
        const Json& value = optional(key);
        if (value.is_null()) {
            if (required) problems_.push_back(fault(at(key), "missing"));
            return words;
        }
        const bool good =
            value.is_object() && std::ranges::all_of(value, [](const Json& text) {
                return text.is_string() &&
                       code_points(text.get_ref<const std::string&>()) <= kLongestWords &&
                       !has_control_characters(text.get_ref<const std::string&>());
            });
        if (!good || (required && value.empty()))
            problems_.push_back(fault(at(key), "not_words", {{"most", kLongestWords}}));
        else
            value.get_to(words);
        return words;
    }

    /// A list of names; if `allowed` is not empty, of these only.
    std::vector<std::string> names(const std::string& key, std::vector<std::string> fallback,
                                   std::span<const std::string_view> allowed = {}) {
        const Json& value = optional(key);
        if (value.is_null()) return fallback;
        std::vector<std::string> list;
        for (const Json& item : value.is_array() ? value : Json::array({Json()})) {
            const std::string text = item.is_string() ? item.get<std::string>() : "";
            const bool good = is_name(text) && std::ranges::count(list, text) == 0 &&
                              (allowed.empty() || std::ranges::count(allowed, text) > 0);
            if (!good) {
                std::string choices;
                for (const auto& choice : allowed)
                    choices += (choices.empty() ? "" : ", ") + std::string(choice);
                problems_.push_back(allowed.empty()
                                        ? fault(at(key), "not_names")
                                        : fault(at(key), "not_choices", {{"choices", choices}}));
                return fallback;
            }
            list.push_back(text);
        }
        return list;
    }

    std::string choice(const std::string& key, const std::string& fallback,
                       std::span<const std::string_view> allowed) {
        const Json& value = optional(key);
        if (value.is_null()) return fallback;
        return names_of(value, key, allowed).value_or(fallback);
    }

    /// Each element of a list, with its pointer.
    template <class Read>
    void each(const std::string& key, Read&& read) {
        const Json& value = optional(key);
        if (value.is_null()) return;
        if (!value.is_array()) {
            problems_.push_back(fault(at(key), "not_a_list"));
            return;
        }
        for (std::size_t i = 0; i < value.size(); ++i)
            read(value[i], at(key) + "/" + std::to_string(i));
    }

    /// Names the members that nobody asked for. Call it last.
    void refuse_others() {
        if (!json_.is_object()) return;
        for (const auto& [key, value] : json_.items())
            if (std::ranges::count(known_, key) == 0)
                problems_.push_back(fault(at(key), "unknown_name",
                                          {{"name", key}, {"nearest", nearest_name(key, known_)}}));
    }

 private:
    std::optional<std::string> names_of(const Json& value, const std::string& key,
                                        std::span<const std::string_view> allowed) {
        if (value.is_string() && std::ranges::count(allowed, value.get<std::string>()) > 0)
            return value.get<std::string>();
        std::string choices;
        for (const auto& choice : allowed)
            choices += (choices.empty() ? "" : ", ") + std::string(choice);
        problems_.push_back(fault(at(key), "not_a_choice", {{"choices", choices}}));
        return {};
    }

    const Json& json_;
    std::string pointer_;
    std::vector<Problem>& problems_;
    std::vector<std::string> known_;
};

ConfiguredVerification read_verification(const Json& json, const std::string& pointer,
                                         const Registry& registry, std::vector<Problem>& problems) {
    Members members(json, pointer, problems);
    ConfiguredVerification out;
    out.name = members.name("name");
    out.type = members.name("type");
    out.title = members.words("title", true);
    const Json& settings = members.optional("settings");
    members.refuse_others();
    if (const Verification* type = registry.find(out.type)) {
        const std::size_t before = problems.size();
        out.settings =
            checked_settings(type->type().settings, settings, members.at("settings"), problems);
        if (problems.size() == before)
            std::ranges::move(type->settings_faults(out.settings, members.at("settings")),
                              std::back_inserter(problems));
    } else if (!out.type.empty())
        problems.push_back(fault(members.at("type"), "type_not_installed", {{"type", out.type}}));
    return out;
}

using Verifications = std::vector<ConfiguredVerification>;

std::vector<Step> read_steps(Members& members, const Verifications& verifications,
                             std::vector<Problem>& problems) {
    std::vector<Step> steps;
    std::vector<std::string> known;
    for (const auto& verification : verifications) known.push_back(verification.name);
    members.each("verifications", [&](const Json& item, const std::string& pointer) {
        Members step(item, pointer, problems);
        const std::string name = step.name("verification");
        const bool required = step.flag("required", true);
        step.refuse_others();
        const auto found = std::ranges::find(verifications, name, &ConfiguredVerification::name);
        if (found != verifications.end()) {
            const bool again = std::ranges::any_of(
                steps, [&](const Step& other) { return other.verification.name == name; });
            if (again)
                problems.push_back(fault(step.at("verification"), "used_twice", {{"name", name}}));
            steps.push_back({*found, required});
        } else if (!name.empty()) {
            problems.push_back(fault(step.at("verification"), "unknown_name",
                                     {{"name", name}, {"nearest", nearest_name(name, known)}}));
        }
    });
    return steps;
}

Process read_process(const Json& json, const std::string& pointer,
                     const Verifications& verifications, std::vector<Problem>& problems) {
    static constexpr std::array<std::string_view, 1> kStores{"local"};
    static constexpr std::array<std::string_view, 5> kLevels{"none", "low", "medium", "high",
                                                             "multi_factor"};
    Members members(json, pointer, problems);
    Process process;
    process.name = members.name("name");
    process.slug = members.name_or("slug", process.name);
    process.title = members.words("title", true);
    process.description = members.words("description", false);
    process.enabled = members.flag("enabled", true);
    process.order = members.integer("order", 0, 1000);
    const auto purpose = members.choice("purpose", "reset_password", kPurposes);
    process.purpose =
        static_cast<Purpose>(std::ranges::find(kPurposes, purpose) - kPurposes.begin());
    process.audience = members.names("audience", {"public"}, kAudiences);
    process.groups = members.names("groups", {});
    process.identify_by = members.names("identify_by", {"user_name"});
    if (process.identify_by.empty())
        problems.push_back(fault(members.at("identify_by"), "not_names"));
    process.credential_store = members.choice("credential_store", "local", kStores);
    process.required_assurance =
        assurance_named(members.choice("required_assurance", "medium", kLevels)).value();
    process.steps = read_steps(members, verifications, problems);
    process.optional_needed = members.integer("optional_needed", 0, 20);
    process.limits = checked_settings(process_limit_settings(), members.optional("limits"),
                                      members.at("limits"), problems);
    process.password = checked_settings(process_password_settings(), members.optional("password"),
                                        members.at("password"), problems);
    members.refuse_others();
    return process;
}

/// A name or slug that stands twice.
template <class Item>
void refuse_repeated(const std::vector<Item>& items, std::string Item::*key,
                     const std::string& pointer, const std::string& member,
                     std::vector<Problem>& problems) {
    std::set<std::string> seen;
    for (std::size_t i = 0; i < items.size(); ++i)
        if (!(items[i].*key).empty() && !seen.insert(items[i].*key).second)
            problems.push_back(fault(pointer + "/" + std::to_string(i) + "/" + member, "used_twice",
                                     {{"name", items[i].*key}}));
}

/// A file leaves defaults out; a kept version spells them out, so that a new default never changes
/// it.
enum class Defaults { left_out, written };

void write_settings(OrderedJson& out, const char* member, std::span<const Setting> declared,
                    const Json& complete, Defaults defaults) {
    OrderedJson settings = OrderedJson::object();
    for (const Setting& setting : declared)
        if (const auto found = complete.find(setting.key); found != complete.end())
            if (defaults == Defaults::written || *found != setting.fallback)
                settings[setting.key] = *found;
    if (!settings.empty()) out[member] = std::move(settings);
}

OrderedJson verification_json(const ConfiguredVerification& verification, const Registry& registry,
                              Defaults defaults) {
    OrderedJson out{
        {"name", verification.name}, {"type", verification.type}, {"title", verification.title}};
    if (const Verification* type = registry.find(verification.type))
        write_settings(out, "settings", type->type().settings, verification.settings, defaults);
    return out;
}

OrderedJson process_members(const Process& process, Defaults defaults) {
    OrderedJson out{{"name", process.name}, {"slug", process.slug}, {"title", process.title}};
    if (!process.description.empty()) out["description"] = process.description;
    if (!process.enabled) out["enabled"] = false;
    if (process.order != 0) out["order"] = process.order;
    out["purpose"] = name(process.purpose);
    out["audience"] = process.audience;
    if (!process.groups.empty()) out["groups"] = process.groups;
    out["identify_by"] = process.identify_by;
    out["credential_store"] = process.credential_store;
    out["required_assurance"] = name(process.required_assurance);
    out["verifications"] = OrderedJson::array();
    for (const Step& step : process.steps)
        out["verifications"].push_back(
            {{"verification", step.verification.name}, {"required", step.required}});
    out["optional_needed"] = process.optional_needed;
    write_settings(out, "limits", process_limit_settings(), process.limits, defaults);
    write_settings(out, "password", process_password_settings(), process.password, defaults);
    return out;
}

}  // namespace

const ConfiguredVerification* find_verification(const Definitions& definitions,
                                                std::string_view name) {
    const auto found =
        std::ranges::find(definitions.verifications, name, &ConfiguredVerification::name);
    return found == definitions.verifications.end() ? nullptr : &*found;
}

const Process* find_process(const Definitions& definitions, std::string_view name) {
    const auto found = std::ranges::find(definitions.processes, name, &Process::name);
    return found == definitions.processes.end() ? nullptr : &*found;
}

Result<Definitions> parse_definitions(const Json& json, const Registry& registry) {
    std::vector<Problem> problems;
    Definitions out;
    Members members(json, "", problems);
    out.settings = checked_settings(product_settings(registry), members.optional("settings"),
                                    "/settings", problems);
    members.each("verifications", [&](const Json& item, const std::string& pointer) {
        out.verifications.push_back(read_verification(item, pointer, registry, problems));
    });
    members.each("processes", [&](const Json& item, const std::string& pointer) {
        out.processes.push_back(read_process(item, pointer, out.verifications, problems));
    });
    members.refuse_others();
    refuse_repeated(out.verifications, &ConfiguredVerification::name, "/verifications", "name",
                    problems);
    refuse_repeated(out.processes, &Process::name, "/processes", "name", problems);
    refuse_repeated(out.processes, &Process::slug, "/processes", "slug", problems);
    if (!problems.empty()) return Error{Errc::validation_failed, std::move(problems)};

    // Whatever expires, people are reminded of, and a reminder says whom to ask.
    if (text(out.settings, "service_desk.contact").empty())
        for (std::size_t i = 0; i < out.verifications.size(); ++i)
            if (lifetime(out.verifications[i].settings))
                problems.push_back(
                    fault("/verifications/" + std::to_string(i), "lifetime_needs_contact"));

    // Only processes that could be read are worth judging.
    for (std::size_t i = 0; i < out.processes.size(); ++i) {
        const std::string pointer = "/processes/" + std::to_string(i);
        std::ranges::move(process_faults(out.processes[i], registry, pointer),
                          std::back_inserter(problems));
        std::ranges::move(process_warnings(out.processes[i], registry, pointer),
                          std::back_inserter(out.warnings));
    }
    if (!problems.empty()) return Error{Errc::validation_failed, std::move(problems)};
    return out;
}

OrderedJson definitions_json(const Definitions& definitions, const Registry& registry) {
    OrderedJson out;
    write_settings(out, "settings", product_settings(registry), definitions.settings,
                   Defaults::left_out);
    out["verifications"] = OrderedJson::array();
    for (const auto& verification : definitions.verifications)
        out["verifications"].push_back(
            verification_json(verification, registry, Defaults::left_out));
    out["processes"] = OrderedJson::array();
    for (const auto& process : definitions.processes)
        out["processes"].push_back(process_members(process, Defaults::left_out));
    return out;
}

OrderedJson process_json(const Process& process, const Registry& registry) {
    OrderedJson verifications = OrderedJson::array();
    for (const Step& step : process.steps)
        verifications.push_back(verification_json(step.verification, registry, Defaults::written));
    return {{"verifications", std::move(verifications)},
            {"process", process_members(process, Defaults::written)}};
}

Process process_from_json(const Json& json, const Registry& registry) {
    std::vector<Problem> problems;
    Verifications verifications;
    Members members(json, "", problems);
    members.each("verifications", [&](const Json& item, const std::string& pointer) {
        verifications.push_back(read_verification(item, pointer, registry, problems));
    });
    Process process =
        read_process(members.optional("process"), members.at("process"), verifications, problems);
    std::erase_if(problems, [](const Problem& p) { return p.code == "type_not_installed"; });
    if (!problems.empty())
        throw std::logic_error("a stored process cannot be read: " + problems.front().pointer +
                               " " + problems.front().code);
    return process;
}

}  // namespace latchkey
