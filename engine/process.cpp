#include "engine/process.h"

#include <algorithm>
#include <array>

namespace latchkey {
namespace {

// clang-format off
const std::array kLimits{
    Setting{.key = "expires_in", .kind = SettingKind::duration, .fallback = "20m", .at_least = 120, .at_most = 3600},
    Setting{.key = "attempts", .kind = SettingKind::integer, .fallback = 3, .at_least = 1, .at_most = 10},
    Setting{.key = "retry_window", .kind = SettingKind::duration, .fallback = "24h", .at_least = 300, .at_most = 604800},
    Setting{.key = "success_wait", .kind = SettingKind::duration, .fallback = "0s", .at_least = 0, .at_most = 2592000},
};

const std::array kPassword{
    Setting{.key = "mode", .kind = SettingKind::choice, .fallback = "chosen", .choices = {"chosen"}},
    Setting{.key = "must_change", .kind = SettingKind::flag, .fallback = false},
    Setting{.key = "min_length", .kind = SettingKind::integer, .fallback = 15, .at_least = 8, .at_most = 128},
    Setting{.key = "min_strength", .kind = SettingKind::integer, .fallback = 30, .at_least = 0, .at_most = 120},
    Setting{.key = "history", .kind = SettingKind::integer, .fallback = 5, .at_least = 0, .at_most = 30},
};
// clang-format on

Problem fault(const std::string& pointer, const std::string& code,
              std::map<std::string, Argument> arguments = {}) {
    return {pointer, code, {"definition." + code, std::move(arguments)}};
}

std::vector<Factor> chosen(const std::vector<Factor>& factors,
                           const std::vector<std::size_t>& way) {
    std::vector<Factor> out;
    for (const std::size_t i : way) out.push_back(factors[i]);
    return out;
}

std::string names(const Process& process, const std::vector<std::size_t>& way) {
    std::string out;
    for (const std::size_t i : way)
        out += (out.empty() ? "" : " + ") + process.steps[i].verification.name;
    return out;
}

/// What each single step gets wrong, whatever it is combined with.
std::vector<Problem> step_faults(const Process& process, const Registry& registry,
                                 const std::string& pointer) {
    std::vector<Problem> problems;
    for (std::size_t i = 0; i < process.steps.size(); ++i) {
        const std::string at = pointer + "/verifications/" + std::to_string(i);
        const auto& verification = process.steps[i].verification;
        const Verification* type = registry.find(verification.type);
        if (!type) {
            problems.push_back(fault(at, "type_not_installed", {{"type", verification.type}}));
        } else if (!type->type().public_use && process.open_to("public")) {
            problems.push_back(fault(at, "not_for_public", {{"name", verification.name}}));
        }
    }
    return problems;
}

}  // namespace

std::string_view name(Purpose purpose) {
    return kPurposes.at(static_cast<std::size_t>(purpose));
}

bool sets_password(Purpose purpose) {
    return purpose == Purpose::reset_password || purpose == Purpose::reset_and_unlock;
}

bool unlocks(Purpose purpose) {
    return purpose == Purpose::unlock_account || purpose == Purpose::reset_and_unlock;
}

const Step* Process::step(std::string_view verification) const {
    for (const Step& step : steps)
        if (step.verification.name == verification) return &step;
    return nullptr;
}

bool Process::open_to(std::string_view audience_name) const {
    return std::ranges::count(audience, audience_name) > 0;
}

std::span<const Setting> process_limit_settings() {
    return kLimits;
}
std::span<const Setting> process_password_settings() {
    return kPassword;
}

std::vector<Factor> factors_of(const Process& process, const Registry& registry) {
    std::vector<Factor> factors;
    for (const Step& step : process.steps) {
        const Verification* verification = registry.find(step.verification.type);
        if (!verification) {
            factors.push_back({.type = step.verification.type, .required = step.required});
            continue;
        }
        const VerificationType& type = verification->type();
        factors.push_back({type.id, type.assurance, type.standing, type.assets, step.required});
    }
    return factors;
}

std::vector<Problem> process_faults(const Process& process, const Registry& registry,
                                    const std::string& pointer) {
    auto problems = step_faults(process, registry, pointer);
    const auto factors = factors_of(process, registry);
    const auto optional =
        static_cast<std::int64_t>(std::ranges::count(factors, false, &Factor::required));
    if (process.steps.empty()) problems.push_back(fault(pointer, "no_verification"));
    if (process.steps.size() > kMostSteps)
        problems.push_back(fault(pointer + "/verifications", "too_many_verifications",
                                 {{"most", static_cast<std::int64_t>(kMostSteps)}}));
    if (process.optional_needed > optional)
        problems.push_back(
            fault(pointer + "/optional_needed", "too_many_optional_needed", {{"most", optional}}));
    if (!problems.empty()) return problems;

    for (const auto& way :
         ways_through(factors, static_cast<std::size_t>(process.optional_needed))) {
        const auto passed = chosen(factors, way);
        if (may_carry(passed, process.sensitive()) == Standing::Alone::no)
            problems.push_back(fault(pointer + "/verifications", "too_weak_together",
                                     {{"names", names(process, way)}}));
        else if (combined_assurance(passed) < process.required_assurance)
            problems.push_back(
                fault(pointer + "/required_assurance", "assurance_not_reached",
                      {{"names", names(process, way)},
                       {"reached", std::string(name(combined_assurance(passed)))},
                       {"required", std::string(name(process.required_assurance))}}));
    }
    return problems;
}

std::vector<Problem> process_warnings(const Process& process, const Registry& registry,
                                      const std::string& pointer) {
    std::vector<Problem> warnings;
    if (!process.sensitive() || process.steps.size() > kMostSteps ||
        !step_faults(process, registry, pointer).empty())
        return warnings;
    const auto factors = factors_of(process, registry);
    for (auto assets : opening_sets(factors, static_cast<std::size_t>(process.optional_needed))) {
        assets.erase(Asset::public_facts);  // everybody has them
        if (assets.size() == 1)
            warnings.push_back(fault(pointer + "/verifications", "one_asset_opens",
                                     {{"asset", std::string(name(*assets.begin()))}}));
    }
    return warnings;
}

}  // namespace latchkey
