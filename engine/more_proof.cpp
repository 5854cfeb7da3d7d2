#include "engine/more_proof.h"

#include <algorithm>

namespace latchkey {
namespace {

/// What is held since before this is trusted.
TimePoint trusted_before(const Parts& parts, TimePoint now) {
    return now - duration(parts.processes.definitions()->settings, "enrollment.trusted_after");
}

/// The steps besides those that passed, with what this person would prove them by. One that failed
/// counts as well: what is demanded must not go away by failing at it.
std::vector<std::pair<std::size_t, Bench>> others(const Parts& parts, const Case& opened,
                                                  const std::string& verification) {
    std::vector<std::pair<std::size_t, Bench>> list;
    const ResetRequest& request = opened.request;
    for (std::size_t i = 0; i < opened.process->steps.size(); ++i) {
        const auto& configured = opened.process->steps[i].verification;
        const Progress* progress = request.step(configured.name);
        if (!progress || configured.name == verification || progress->state == StepState::passed)
            continue;
        auto bench = bench_for(parts, configured, opened.person, request.identifier, false);
        if (!bench.decoy) list.emplace_back(i, std::move(bench));
    }
    return list;
}

/// True if the profile is enough for it, even without what changed there since then.
bool by_profile(const Bench& bench, TimePoint before) {
    Subject subject = bench.subject;
    for (const auto& [attribute, at] : bench.changed)
        if (at > before) subject.attributes.erase(attribute);
    return bench.type->available(subject, nullptr, bench.configured->settings);
}

/// True if the person holds something for it that is not new.
bool trusted(const Bench& bench, TimePoint before) {
    if (by_profile(bench, before)) return true;
    if (bench.enrollment.is_null()) return false;
    if (!bench.enrollment.contains("items")) return held_since(*bench.stored, "") <= before;
    return std::ranges::any_of(bench.enrollment.at("items"), [&](const Json& item) {
        return held_since(*bench.stored, item.at("id").get<std::string>()) <= before;
    });
}

}  // namespace

bool freshly_held(const Parts& parts, const Bench& bench, const Turn& turn, TimePoint now) {
    const TimePoint before = trusted_before(parts, now);
    if (!bench.enrollment.is_null() && bench.stored)
        if (const auto since = held_since(*bench.stored, turn.item)) return *since > before;
    return !by_profile(bench, before);
}

std::optional<MoreProof> more_needed(const Parts& parts, const Case& opened,
                                     const std::string& verification) {
    const Process& process = *opened.process;
    if (!process.sensitive()) return {};
    const auto factors = factors_of(process, parts.registry);
    std::vector<Factor> passed;
    bool older = false;
    for (std::size_t i = 0; i < process.steps.size(); ++i) {
        const Progress* progress = opened.request.step(process.steps[i].verification.name);
        if (!progress ||
            (progress->state != StepState::passed && progress->verification != verification))
            continue;
        passed.push_back(factors[i]);
        older = older || (factors[i].assurance != Assurance::none && !progress->fresh);
    }

    const auto held = others(parts, opened, verification);
    const auto named = [&](MoreProof::Why why, auto fits) {
        MoreProof more{.why = why};
        for (const auto& [i, bench] : held)
            if (fits(factors[i], bench)) more.any.push_back(bench.configured->name);
        return more;
    };
    if (may_carry(passed, true) == Standing::Alone::with_warning) {
        auto more = named(MoreProof::Why::stronger, [&](const Factor& factor, const Bench&) {
            return factor.assurance > combined_assurance(passed);
        });
        if (!more.any.empty()) return more;
    }
    if (older || (!process.open_to("public") && !process.open_to("service_desk"))) return {};
    const TimePoint before = trusted_before(parts, opened.now);
    return named(MoreProof::Why::older, [&](const Factor& factor, const Bench& bench) {
        return factor.assurance != Assurance::none && trusted(bench, before);
    });
}

}  // namespace latchkey
