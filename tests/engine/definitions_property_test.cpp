#include "engine/definitions.h"

#include "tests/support/builders.h"
#include "tests/support/counting_random.h"
#include "tests/support/problems.h"
#include "tests/support/type_table.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <array>
#include <set>

/// Definitions drawn at random, judged by a rule of thumb that was written without looking at the
/// engine's own.
namespace latchkey {
namespace {

const Registry& drawn_types() {
    static const Registry kTypes = registry_of_table();
    return kTypes;
}

struct Drawn {
    struct Entry {
        std::string type;
        bool required;
    };
    std::vector<Entry> entries;
    std::size_t optional_needed;
    std::string purpose;
    std::string audience;
    std::string assurance;

    Json json() const {
        DefinitionsBuilder builder;
        Json steps = Json::array();
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const std::string name = "v" + std::to_string(i);
            builder.verification(name, entries[i].type);
            steps.push_back({{"verification", name}, {"required", entries[i].required}});
        }
        return builder
            .process("p", {},
                     {{"verifications", steps},
                      {"optional_needed", optional_needed},
                      {"purpose", purpose},
                      {"audience", {audience}},
                      {"required_assurance", assurance}})
            .build();
    }
};

template <class List>
auto& one_of(CountingRandom& random, const List& list) {
    return list[random.below(std::size(list))];
}

Drawn draw(CountingRandom& random) {
    static const auto kTypes = type_table();
    static constexpr std::array kPurposesDrawn{"reset_password", "unlock_account",
                                               "reset_and_unlock", "verify_identity"};
    static constexpr std::array kAudiencesDrawn{"public", "signed_in", "service_desk", "api"};
    static constexpr std::array kLevels{"none", "low", "medium", "high", "multi_factor"};
    Drawn drawn{.entries = {},
                .optional_needed = random.below(3),
                .purpose = one_of(random, kPurposesDrawn),
                .audience = one_of(random, kAudiencesDrawn),
                .assurance = one_of(random, kLevels)};
    const std::size_t count = random.below(5);
    for (std::size_t i = 0; i < count; ++i)
        drawn.entries.push_back({one_of(random, kTypes).id, random.below(2) == 0});
    return drawn;
}

/// 0 to 4: what having passed these types is worth.
int worth(const std::set<std::string>& passed) {
    const auto has = [&](const char* type) { return passed.contains(type); };
    const bool strong = has("authenticator") || has("push") || has("recovery_codes");
    if (has("soft_pin") && (strong || has("email_code") || has("sms_code"))) return 4;
    if (strong) return 3;
    if (has("soft_pin") || has("email_code") || has("sms_code")) return 2;
    return has("security_questions") ? 1 : 0;
}

bool may_open(std::set<std::string> passed, bool sensitive) {
    passed.erase("personal_data");
    passed.erase("personal_data_confirmation");
    if (passed.size() > 1) return true;
    if (passed.contains("soft_pin")) return !sensitive;
    return passed.contains("authenticator") || passed.contains("push") ||
           passed.contains("email_code");
}

/// True if no way at all through the process is too weak.
bool sound(const Drawn& drawn) {
    static const std::vector<std::string> kLevels{"none", "low", "medium", "high", "multi_factor"};
    const auto wanted = std::ranges::find(kLevels, drawn.assurance) - kLevels.begin();
    const auto optional =
        static_cast<std::size_t>(std::ranges::count(drawn.entries, false, &Drawn::Entry::required));
    if (drawn.entries.empty() || drawn.optional_needed > optional) return false;
    for (const auto& entry : drawn.entries)
        if (entry.type == "personal_data_confirmation" && drawn.audience == "public") return false;
    for (unsigned chosen = 0; chosen < 1U << drawn.entries.size(); ++chosen) {
        std::set<std::string> passed;
        std::size_t passed_optional = 0;
        bool enough = true;
        for (std::size_t i = 0; i < drawn.entries.size(); ++i) {
            const bool in = (chosen >> i & 1) != 0;
            if (in) passed.insert(drawn.entries[i].type);
            if (in && !drawn.entries[i].required) ++passed_optional;
            if (!in && drawn.entries[i].required) enough = false;
        }
        if (!enough || passed_optional < drawn.optional_needed) continue;
        if (!may_open(passed, drawn.purpose != "verify_identity")) return false;
        if (worth(passed) < wanted) return false;
    }
    return true;
}

TEST(RandomDefinitions, AreAcceptedExactlyIfNoWayThroughIsTooWeak) {
    CountingRandom random;
    int accepted = 0;
    for (int i = 0; i < 3000; ++i) {
        const Drawn drawn = draw(random);
        const auto result = parse_definitions(drawn.json(), drawn_types());
        ASSERT_EQ(result.has_value(), sound(drawn))
            << drawn.json().dump(1) << testing::PrintToString(listed(result));
        accepted += result ? 1 : 0;
    }
    EXPECT_GT(accepted, 250) << "the draws must reach both sides";
    EXPECT_LT(accepted, 2500);
}

TEST(RandomDefinitions, ThatAreAcceptedStayTheSameThroughExportAndStorage) {
    CountingRandom random(2);
    for (int i = 0; i < 800; ++i) {
        const auto result = parse_definitions(draw(random).json(), drawn_types());
        if (!result) continue;
        const std::string file = definitions_json(*result, drawn_types()).dump();
        const auto again = parse_definitions(Json::parse(file), drawn_types());
        ASSERT_TRUE(again) << file;
        ASSERT_EQ(definitions_json(*again, drawn_types()).dump(), file);
        const std::string stored = process_json(result->processes.at(0), drawn_types()).dump();
        const Process process = process_from_json(Json::parse(stored), drawn_types());
        ASSERT_EQ(process_json(process, drawn_types()).dump(), stored);
        ASSERT_TRUE(process_faults(process, drawn_types(), "").empty());
    }
}

/// Every place in a document.
void places(const Json& json, const Json::json_pointer& at, std::vector<Json::json_pointer>& out) {
    out.push_back(at);
    if (json.is_object())
        for (const auto& [key, value] : json.items()) places(value, at / key, out);
    if (json.is_array())
        for (std::size_t i = 0; i < json.size(); ++i) places(json[i], at / i, out);
}

TEST(BrokenDefinitions, AreRefusedWithPointersIntoTheFile) {
    const Json hostile[] = {Json(),
                            Json(true),
                            Json(-1),
                            Json(1e300),
                            Json(18446744073709551615U),
                            Json(""),
                            Json("~/\n\u202e"),
                            Json(std::string(5000, 'x')),
                            Json::array(),
                            Json::object(),
                            Json{{"~a/b", 1}},
                            Json::array({Json::array({Json::object()})})};
    CountingRandom random(3);
    int refused = 0;
    for (int i = 0; i < 3000; ++i) {
        Json json = draw(random).json();
        json["settings"] = {{"limits.answers_per_day", 20}};
        for (std::size_t changes = 1 + random.below(2); changes > 0; --changes) {
            std::vector<Json::json_pointer> all;
            places(json, Json::json_pointer(), all);
            json[one_of(random, all)] = one_of(random, hostile);
        }
        const auto result = parse_definitions(json, drawn_types());
        if (result) continue;
        ++refused;
        const auto problems = result.error().problems;
        ASSERT_FALSE(problems.empty());
        for (const auto& problem : problems) {
            const Json::json_pointer pointer(problem.pointer);
            ASSERT_TRUE(pointer.empty() || json.contains(pointer.parent_pointer()))
                << problem.pointer << "\n"
                << json.dump(1).substr(0, 2000);
            ASSERT_EQ(problem.text.id, "definition." + problem.code);
        }
    }
    EXPECT_GT(refused, 1500);
}

}  // namespace
}  // namespace latchkey
