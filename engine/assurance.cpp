#include "engine/assurance.h"

#include <algorithm>
#include <array>
#include <utility>

namespace latchkey {
namespace {

constexpr std::array<std::string_view, 5> kLevels{"none", "low", "medium", "high", "multi_factor"};
constexpr std::array<std::string_view, 8> kAssets{
    "mailbox",        "phone_number", "authenticator",      "memorised_secret",
    "recovery_codes", "public_facts", "service_desk_agent", "remote_service"};

/// NIST SP 800-63B's kinds of factor: something known counts apart from something held.
bool is_knowledge(const Factor& factor) {
    return std::ranges::all_of(factor.assets, [](Asset asset) {
        return asset == Asset::memorised_secret || asset == Asset::public_facts;
    });
}

bool proves_something(const Factor& factor) {
    return factor.assurance != Assurance::none;
}

}  // namespace

std::string_view name(Assurance level) {
    return kLevels.at(static_cast<std::size_t>(level));
}
std::string_view name(Asset asset) {
    return kAssets.at(static_cast<std::size_t>(asset));
}

std::optional<Assurance> assurance_named(std::string_view name) {
    const auto* found = std::ranges::find(kLevels, name);
    if (found == kLevels.end()) return {};
    return static_cast<Assurance>(found - kLevels.begin());
}

Assurance combined_assurance(const std::vector<Factor>& passed) {
    auto best = Assurance::none;
    bool known = false;
    bool held = false;
    for (const Factor& factor : passed) {
        best = std::max(best, factor.assurance);
        if (factor.assurance >= Assurance::medium) (is_knowledge(factor) ? known : held) = true;
    }
    return known && held ? Assurance::multi_factor : best;
}

std::vector<std::vector<std::size_t>> ways_through(const std::vector<Factor>& factors,
                                                   std::size_t optional_needed) {
    std::vector<std::size_t> required;
    std::vector<std::size_t> optional;
    for (std::size_t i = 0; i < factors.size(); ++i)
        (factors[i].required ? required : optional).push_back(i);
    if (optional_needed > optional.size()) return {};

    std::vector<std::vector<std::size_t>> ways;
    std::vector<char> chosen(optional.size(), 0);
    std::fill_n(chosen.begin(), optional_needed, char{1});
    do {
        auto way = required;
        for (std::size_t i = 0; i < optional.size(); ++i)
            if (chosen[i] != 0) way.push_back(optional[i]);
        ways.push_back(std::move(way));
    } while (std::ranges::prev_permutation(chosen).found);
    return ways;
}

std::set<std::set<Asset>> opening_sets(const std::vector<Factor>& factors,
                                       std::size_t optional_needed) {
    std::set<std::set<Asset>> all;
    for (const auto& way : ways_through(factors, optional_needed)) {
        std::set<Asset> needed;
        for (const std::size_t i : way)
            needed.insert(factors[i].assets.begin(), factors[i].assets.end());
        all.insert(std::move(needed));
    }
    std::set<std::set<Asset>> smallest;
    for (const auto& candidate : all) {
        const bool contains_another = std::ranges::any_of(all, [&](const auto& other) {
            return other != candidate && std::ranges::includes(candidate, other);
        });
        if (!contains_another) smallest.insert(candidate);
    }
    return smallest;
}

Standing::Alone may_carry(const std::vector<Factor>& passed, bool sensitive) {
    using enum Standing::Alone;
    std::vector<const Factor*> proofs;
    for (const Factor& factor : passed) {
        const bool again = std::ranges::any_of(
            proofs, [&](const Factor* proof) { return proof->type == factor.type; });
        if (proves_something(factor) && !again) proofs.push_back(&factor);
    }

    if (proofs.empty()) return no;
    if (proofs.size() == 1) {
        const auto alone = proofs.front()->standing.alone;
        return alone == only_to_verify ? (sensitive ? no : yes) : alone;
    }
    for (const Factor* first : proofs)
        for (const Factor* second : proofs)
            if (first != second && first->standing.first_of_two && second->standing.second_of_two)
                return yes;
    return no;
}

}  // namespace latchkey
