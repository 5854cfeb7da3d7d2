#pragma once

#include "tests/support/builders.h"
#include "tests/support/printing.h"
#include "tests/support/problems.h"
#include "tests/support/type_fixture.h"
#include "verifications/make_registry.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

/// What every verification type promises the engine, whatever it is. The tests below this header
/// are made for each registered type.
namespace latchkey {

inline const Registry& registry() {
    static const Registry kRegistry = make_registry();
    return kRegistry;
}

inline std::vector<std::string> registered_types() {
    std::vector<std::string> ids;
    for (const auto& type : registry().all()) ids.push_back(type->type().id);
    return ids;
}

class Contract : public testing::TestWithParam<std::string> {
 protected:
    const Verification& type() const { return *registry().find(GetParam()); }
    const TypeFixture& fixture() const { return type_fixtures().at(GetParam()); }

    Json settings(const Json& given = nullptr) const {
        std::vector<Problem> problems;
        Json complete = checked_settings(type().type().settings, given, "", problems);
        EXPECT_EQ(listed(problems), std::vector<std::string>{});
        return complete;
    }

    /// The defaults, and the defaults with one setting at each value that may matter.
    std::vector<Json> all_settings() const {
        std::vector<Json> all{settings()};
        for (const Setting& setting : type().type().settings)
            for (const Json& value : good_values(setting))
                all.push_back(settings({{setting.key, value}}));
        return all;
    }

    /// The ends of what a setting takes.
    static std::vector<Json> good_values(const Setting& setting) {
        switch (setting.kind) {
            case SettingKind::flag:
                return {true, false};
            case SettingKind::integer:
                return {setting.at_least, setting.at_most};
            case SettingKind::duration:
                return {format_duration(Seconds{setting.at_least}),
                        format_duration(Seconds{setting.at_most})};
            case SettingKind::choice:
                return {setting.choices.begin(), setting.choices.end()};
            case SettingKind::text:
                return {std::string(std::size_t(setting.at_least), 'x'),
                        std::string(std::size_t(setting.at_most), 'x')};
            case SettingKind::name:
                return {"x", std::string(60, 'x')};
            case SettingKind::words:
                return {setting.fallback};
            case SettingKind::list: {
                Json shortest = setting.fallback;
                shortest.erase(shortest.begin() + setting.at_least, shortest.end());
                return {setting.fallback, shortest};
            }
        }
        return {};
    }

    /// What the person of the fixture holds after enrolling; null for types without enrollment.
    Json enrolled(World& world, const Json& settings) const {
        if (!type().enrollment()) return nullptr;
        Conversation enrolling(world, *type().enrollment(), fixture().person, settings, nullptr);
        Turn turn = enrolling.open();
        for (int turns = 0; turns < 20 && turn.verdict != Verdict::passed; ++turns)
            turn = enrolling.reply(fixture().right(enrolling));
        EXPECT_EQ(turn.verdict, Verdict::passed) << "the fixture does not lead to the end";
        return enrolling.enrollment();
    }

    Conversation challenge(World& world, const Subject& subject, const Json& enrollment,
                           const Json& settings) const {
        return {world, type().challenge(), subject, settings, enrollment};
    }

    /// The first place that a challenge can go to.
    std::string first_place(const Subject& subject, const Json& enrollment,
                            const Json& settings) const {
        const auto places = type().destinations(subject, enrollment, settings);
        return places.empty() ? std::string{} : places.front().id;
    }

    /// A person of this type with a challenge in front of them.
    Conversation opened(World& world, const Json& settings) const {
        const Json enrollment = enrolled(world, settings);
        auto conversation = challenge(world, fixture().person, enrollment, settings);
        conversation.open(first_place(fixture().person, enrollment, settings));
        return conversation;
    }
};

}  // namespace latchkey
