#include "engine/factors.h"

#include "engine/intake.h"

#include <algorithm>
#include <array>

namespace latchkey {
namespace {

// clang-format off: in the order of FactorState
constexpr std::array<std::string_view, 9> kFactorStates{
    "none", "automatic", "imported", "pending", "proved", "active", "stale", "expired", "revoked"};
// clang-format on

}  // namespace

std::string_view name(FactorState state) {
    return kFactorStates.at(static_cast<std::size_t>(state));
}

Gate gate_of(const Definitions& definitions, const VerificationType& type) {
    if (!type.gate) return Gate::open;
    if (!flag(definitions.settings, type.gate->installed)) return Gate::missing;
    return flag(definitions.settings, type.gate->enabled) ? Gate::open : Gate::closed;
}

bool serves(const Process& process, const Account& account) {
    return process.enabled && belongs_to(account, process.groups);
}

bool uses(const Definitions& definitions, const Account& account, const std::string& verification) {
    return std::ranges::any_of(definitions.processes, [&](const Process& process) {
        return serves(process, account) && process.step(verification);
    });
}

bool usable(const Parts& parts, const ConfiguredVerification& configured, const Subject& subject,
            const std::vector<Enrollment>& held) {
    const Verification* type = parts.registry.find(configured.type);
    const auto mine = std::ranges::find(held, configured.name, &Enrollment::verification);
    const bool good =
        mine != held.end() &&
        counts(state_at(*mine, configured.settings, parts.clock.now()), configured.settings);
    return type && type->available(subject, good ? mine->data : Json(), configured.settings);
}

Readiness readiness(const Process& process, const std::function<bool(const Step&)>& usable) {
    std::int64_t required = 0;
    std::int64_t ready = 0;
    std::int64_t optional_ready = 0;
    for (const Step& step : process.steps) {
        const bool can = usable(step);
        required += step.required ? 1 : 0;
        ready += step.required && can ? 1 : 0;
        optional_ready += !step.required && can ? 1 : 0;
    }
    const std::int64_t needed = required + process.optional_needed;
    return {needed, needed - ready - std::min(optional_ready, process.optional_needed)};
}

}  // namespace latchkey
