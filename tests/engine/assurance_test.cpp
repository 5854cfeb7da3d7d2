#include "engine/assurance.h"

#include "tests/support/type_table.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <bit>
#include <map>

namespace latchkey {
namespace {

using Alone = Standing::Alone;
using Names = std::set<std::string>;

Factor factor_of(const VerificationType& type, bool required = true) {
    return {.type = type.id,
            .assurance = type.assurance,
            .standing = type.standing,
            .assets = type.assets,
            .required = required};
}

/// Every set of types of the table, by name, with the factors it amounts to.
std::map<Names, std::vector<Factor>> all_combinations() {
    const auto types = type_table();
    std::map<Names, std::vector<Factor>> all;
    for (unsigned chosen = 0; chosen < 1U << types.size(); ++chosen) {
        Names names;
        std::vector<Factor> factors;
        for (std::size_t i = 0; i < types.size(); ++i)
            if ((chosen >> i & 1) != 0) {
                names.insert(types[i].id);
                factors.push_back(factor_of(types[i]));
            }
        all[names] = factors;
    }
    return all;
}

/// The table of product.md section 2 read as a person reads it.
Alone carried_according_to_the_table(Names names, bool sensitive) {
    names.erase("personal_data");
    names.erase("personal_data_confirmation");
    if (names.empty()) return Alone::no;
    if (names.size() == 1) {
        if (names.contains("authenticator") || names.contains("push")) return Alone::yes;
        if (names.contains("email_code")) return Alone::with_warning;
        if (names.contains("soft_pin")) return sensitive ? Alone::no : Alone::yes;
        return Alone::no;  // a text message, questions or recovery codes by themselves
    }
    // Only text messages cannot be the first of two and only questions not the second, so that any
    // two different ones have a first and a second among them.
    return Alone::yes;
}

Assurance proved_according_to_the_table(const Names& names) {
    const auto any_of = [&](std::initializer_list<const char*> some) {
        return std::ranges::any_of(some, [&](const char* name) { return names.contains(name); });
    };
    const bool held = any_of({"authenticator", "push", "email_code", "sms_code", "recovery_codes"});
    if (any_of({"soft_pin"}) && held) return Assurance::multi_factor;
    if (any_of({"authenticator", "push", "recovery_codes"})) return Assurance::high;
    if (any_of({"soft_pin", "email_code", "sms_code"})) return Assurance::medium;
    if (any_of({"security_questions"})) return Assurance::low;
    return Assurance::none;
}

TEST(MayCarry, AgreesWithTheTableOnEveryCombination) {
    for (const auto& [names, factors] : all_combinations())
        for (const bool sensitive : {false, true})
            EXPECT_EQ(may_carry(factors, sensitive),
                      carried_according_to_the_table(names, sensitive))
                << testing::PrintToString(names) << (sensitive ? " for a reset" : " to verify");
}

TEST(MayCarry, DoesNotDependOnTheOrder) {
    for (auto [names, factors] : all_combinations()) {
        const auto forwards = may_carry(factors, true);
        std::ranges::reverse(factors);
        EXPECT_EQ(may_carry(factors, true), forwards) << testing::PrintToString(names);
    }
}

TEST(MayCarry, WantsAFirstAndAnotherOneAsSecond) {
    auto proof = [made = 0](bool first, bool second) mutable {
        return Factor{.type = std::to_string(++made),
                      .assurance = Assurance::medium,
                      .standing = {Alone::no, first, second},
                      .assets = {Asset::mailbox}};
    };
    EXPECT_EQ(may_carry({proof(true, true), proof(false, false)}, true), Alone::no)
        << "one cannot be both";
    EXPECT_EQ(may_carry({proof(true, false), proof(true, false)}, true), Alone::no);
    EXPECT_EQ(may_carry({proof(false, true), proof(false, true)}, true), Alone::no);
    EXPECT_EQ(may_carry({proof(false, true), proof(true, false)}, true), Alone::yes);
    EXPECT_EQ(may_carry({proof(false, false), proof(false, true), proof(true, false)}, true),
              Alone::yes);
}

TEST(CombinedAssurance, AgreesWithTheTableOnEveryCombination) {
    for (const auto& [names, factors] : all_combinations())
        EXPECT_EQ(combined_assurance(factors), proved_according_to_the_table(names))
            << testing::PrintToString(names);
}

TEST(CombinedAssurance, TakesWhatEverybodyMayKnowForKnowledge) {
    const auto factor = [](std::set<Asset> assets) {
        return Factor{.assurance = Assurance::medium, .assets = {assets.begin(), assets.end()}};
    };
    const Factor pin = factor({Asset::memorised_secret});
    const Factor facts = factor({Asset::public_facts});
    EXPECT_EQ(combined_assurance({pin, facts}), Assurance::medium);
    EXPECT_EQ(combined_assurance({facts, factor({Asset::mailbox})}), Assurance::multi_factor);
}

TEST(CombinedAssurance, NeverFallsWhenMoreIsPassed) {
    const auto all = all_combinations();
    for (const auto& [names, factors] : all)
        for (const auto& more : type_table()) {
            auto with_one_more = factors;
            with_one_more.push_back(factor_of(more));
            EXPECT_GE(combined_assurance(with_one_more), combined_assurance(factors))
                << testing::PrintToString(names) << " and " << more.id;
        }
}

TEST(Names, OfLevelsAndAssetsAreReadBack) {
    for (int level = 0; level <= static_cast<int>(Assurance::multi_factor); ++level)
        EXPECT_EQ(assurance_named(name(static_cast<Assurance>(level))),
                  static_cast<Assurance>(level));
    EXPECT_EQ(assurance_named("multi_factor"), Assurance::multi_factor);
    for (const char* unknown : {"", "High", "very high", "multi-factor"})
        EXPECT_EQ(assurance_named(unknown), std::nullopt);
    std::set<std::string_view> names;
    for (int asset = 0; asset <= static_cast<int>(Asset::remote_service); ++asset)
        names.insert(name(static_cast<Asset>(asset)));
    EXPECT_EQ(names.size(), 8U);
}

/// Up to three verifications of the table, also twice the same, each required or optional.
template <class Visit>
void each_small_process(Visit&& visit) {
    const auto types = type_table();
    const std::size_t kinds = types.size() * 2;
    const auto factor = [&](std::size_t kind) { return factor_of(types[kind / 2], kind % 2 == 0); };
    visit(std::vector<Factor>{});
    for (std::size_t a = 0; a < kinds; ++a) {
        visit(std::vector{factor(a)});
        for (std::size_t b = a; b < kinds; ++b) {
            visit(std::vector{factor(a), factor(b)});
            for (std::size_t c = b; c < kinds; ++c)
                visit(std::vector{factor(a), factor(b), factor(c)});
        }
    }
}

/// True if having passed the verifications of `chosen`, a bit each, is enough.
bool enough(const std::vector<Factor>& factors, unsigned chosen, std::size_t optional_needed) {
    std::size_t optional = 0;
    for (std::size_t i = 0; i < factors.size(); ++i) {
        const bool passed = (chosen >> i & 1) != 0;
        if (factors[i].required && !passed) return false;
        if (!factors[i].required && passed) ++optional;
    }
    return optional >= optional_needed;
}

TEST(WaysThrough, AreTheSmallestChoicesThatAreEnough) {
    each_small_process([](const std::vector<Factor>& factors) {
        for (std::size_t needed = 0; needed <= factors.size() + 1; ++needed) {
            std::set<unsigned> ways;
            for (const auto& way : ways_through(factors, needed)) {
                unsigned chosen = 0;
                for (const std::size_t i : way) chosen |= 1U << i;
                ASSERT_EQ(std::popcount(chosen), static_cast<int>(way.size()));
                ASSERT_TRUE(ways.insert(chosen).second) << "a way is listed twice";
            }
            for (unsigned chosen = 0; chosen < 1U << factors.size(); ++chosen) {
                bool smallest = enough(factors, chosen, needed);
                for (std::size_t i = 0; i < factors.size(); ++i)
                    if ((chosen >> i & 1) != 0 && enough(factors, chosen & ~(1U << i), needed))
                        smallest = false;
                ASSERT_EQ(ways.contains(chosen), smallest);
            }
        }
    });
}

using Assets = unsigned;  // a bit per Asset

Assets bits(const auto& assets) {
    Assets out = 0;
    for (const Asset asset : assets) out |= 1U << static_cast<unsigned>(asset);
    return out;
}

/// True if whoever has `held` can pass enough verifications.
bool opens(const std::vector<Factor>& factors, std::size_t optional_needed, Assets held) {
    unsigned passed = 0;
    for (std::size_t i = 0; i < factors.size(); ++i)
        if ((bits(factors[i].assets) & ~held) == 0) passed |= 1U << i;
    return enough(factors, passed, optional_needed);
}

TEST(OpeningSets, AreTheSmallestThatAnAttackerNeeds) {
    each_small_process([](const std::vector<Factor>& factors) {
        for (std::size_t needed = 0; needed <= factors.size(); ++needed) {
            std::set<Assets> listed;
            for (const auto& assets : opening_sets(factors, needed)) listed.insert(bits(assets));
            std::set<Assets> smallest;
            for (Assets held = 0; held < 256; ++held) {
                if (!opens(factors, needed, held)) continue;
                bool minimal = true;
                for (Assets one = 1; one < 256; one <<= 1)
                    if ((held & one) != 0 && opens(factors, needed, held & ~one)) minimal = false;
                if (minimal) smallest.insert(held);
            }
            ASSERT_EQ(listed, smallest);
        }
    });
}

}  // namespace
}  // namespace latchkey
