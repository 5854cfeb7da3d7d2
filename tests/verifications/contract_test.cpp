#include "tests/verifications/contract.h"
#include "tests/support/type_table.h"

#include <algorithm>
#include <set>

namespace latchkey {
namespace {

bool is_name(const std::string& text) {
    return !text.empty() &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

/// Everything that a renderer and check_answers rely on.
void expect_well_formed(const Prompt& prompt) {
    EXPECT_FALSE(prompt.title.empty());
    std::set<std::string> keys;
    for (const Field& field : prompt.fields) {
        EXPECT_TRUE(is_name(field.key)) << field.key;
        EXPECT_NE(field.key, kActionKey) << "is taken";
        EXPECT_TRUE(keys.insert(field.key).second) << field.key << " stands twice";
        EXPECT_FALSE(field.label.empty()) << field.key;
        EXPECT_LE(field.min_length, field.max_length) << field.key;
        EXPECT_TRUE(field.kind != FieldKind::secret || field.value.empty()) << field.key;
        std::set<std::string> values;
        for (const Choice& choice : field.choices) {
            EXPECT_FALSE(choice.value.empty()) << field.key;
            EXPECT_FALSE(choice.label.empty()) << field.key;
            EXPECT_TRUE(values.insert(choice.value).second) << choice.value;
        }
        EXPECT_EQ(field.kind == FieldKind::choice, !field.choices.empty()) << field.key;
    }
    std::set<std::string> actions;
    for (const Action& action : prompt.actions) {
        EXPECT_TRUE(is_name(action.key)) << action.key;
        EXPECT_FALSE(action.label.empty()) << action.key;
        EXPECT_TRUE(actions.insert(action.key).second) << action.key << " stands twice";
    }
    for (const Notice& notice : prompt.notices) EXPECT_FALSE(notice.text.empty());
    EXPECT_FALSE(prompt.expires_at && prompt.lasts) << "one or the other";
}

std::set<std::string> keys_of(const Prompt& prompt) {
    std::set<std::string> keys;
    for (const Field& field : prompt.fields) keys.insert(field.key);
    return keys;
}

/// Opens and answers in every way that a stranger could, and looks at each turn.
template <class Look>
void walk(const TypeFixture& fixture, Conversation& conversation, const std::string& destination,
          int turns, Look&& look) {
    CountingRandom chance(99);
    look(conversation.open(destination));
    for (int i = 0; i < turns; ++i) {
        const auto& actions = conversation.prompt().actions;
        const bool pressed = !actions.empty() && chance.below(4) == 0;
        look(conversation.reply(pressed ? press(actions[chance.below(actions.size())].key)
                                        : fixture.wrong_answer(conversation, chance)));
        if (chance.below(3) == 0) conversation.message_accepted();
        conversation.world().clock.advance(Seconds{20});
    }
}

TEST_P(Contract, TypeSaysWhatTheEngineMustKnow) {
    const VerificationType& it = type().type();
    EXPECT_TRUE(is_name(it.id)) << it.id;
    EXPECT_FALSE(it.name.empty());
    EXPECT_FALSE(it.assets.empty()) << "an attacker needs something";
    EXPECT_NE(&type().challenge(), type().enrollment());
    if (it.assurance == Assurance::none) {
        EXPECT_EQ(it.standing.alone, Standing::Alone::no);
        EXPECT_FALSE(it.standing.first_of_two || it.standing.second_of_two);
    }
}

TEST_P(Contract, TypeIsWhatTheTableOfTheProductSays) {
    for (const auto& row : type_table())
        if (row.id == GetParam()) {
            EXPECT_EQ(type().type().assurance, row.assurance);
            EXPECT_EQ(type().type().standing.alone, row.standing.alone);
            EXPECT_EQ(type().type().standing.first_of_two, row.standing.first_of_two);
            EXPECT_EQ(type().type().standing.second_of_two, row.standing.second_of_two);
            EXPECT_EQ(type().type().public_use, row.public_use);
        }
}

TEST_P(Contract, TypeHasAFixture) {
    EXPECT_TRUE(type_fixtures().contains(GetParam())) << "its own test file registers one";
}

TEST_P(Contract, SettingsAcceptTheirDefaultsAndHoldTheirBounds) {
    const auto& declared = type().type().settings;
    std::set<std::string> keys;
    for (const Setting& setting : declared) {
        const auto problems_with = [&](const Json& value) {
            std::vector<Problem> problems;
            checked_settings(declared, {{setting.key, value}}, "", problems);
            return problems.size();
        };
        EXPECT_TRUE(is_name(setting.key)) << setting.key;
        EXPECT_TRUE(keys.insert(setting.key).second) << setting.key << " is declared twice";
        EXPECT_EQ(problems_with(setting.fallback), 0U) << setting.key;
        for (const Json& value : good_values(setting))
            EXPECT_EQ(problems_with(value), 0U) << setting.key << value;
        for (const Json& wrong : {Json(), Json::array(), Json(0.5), Json("no such value \n")})
            EXPECT_EQ(problems_with(wrong),
                      setting.kind == SettingKind::text && wrong.is_string() ? 0U : 1U)
                << setting.key << wrong;
        if (setting.kind == SettingKind::integer) {
            EXPECT_EQ(problems_with(setting.at_least - 1), 1U) << setting.key;
            EXPECT_EQ(problems_with(setting.at_most + 1), 1U) << setting.key;
        }
        if (setting.kind == SettingKind::duration) {
            EXPECT_EQ(problems_with(format_duration(Seconds{setting.at_least - 1})), 1U);
            EXPECT_EQ(problems_with(format_duration(Seconds{setting.at_most + 1})), 1U);
        }
    }
}

TEST_P(Contract, OutlineIsWellFormedAndKnowsNobody) {
    for (const Json& with : all_settings()) {
        std::vector<const Dialogue*> dialogues{&type().challenge()};
        if (type().enrollment()) dialogues.push_back(type().enrollment());
        for (const Dialogue* dialogue : dialogues) {
            const Prompt outline = dialogue->outline(with);
            expect_well_formed(outline);
            EXPECT_FALSE(outline.expires_at) << "it belongs to no moment";
            EXPECT_EQ(dialogue->outline(with), outline);
        }
    }
}

TEST_P(Contract, OutlineHasEveryFieldThatIsAskedForFirst) {
    for (const Json& with : all_settings()) {
        World world;
        const auto outlined = keys_of(type().challenge().outline(with));
        const auto asked = keys_of(opened(world, with).prompt());
        EXPECT_TRUE(std::ranges::includes(outlined, asked)) << with;
        if (!type().enrollment()) continue;
        Conversation enrolling(world, *type().enrollment(), fixture().person, with, nullptr);
        enrolling.open();
        EXPECT_TRUE(std::ranges::includes(keys_of(type().enrollment()->outline(with)),
                                          keys_of(enrolling.prompt())))
            << with;
    }
}

TEST_P(Contract, PromptsAreWellFormedHoweverThePersonAnswers) {
    for (const Json& with : all_settings()) {
        World world;
        const Json held = enrolled(world, with);
        auto conversation = challenge(world, fixture().person, held, with);
        walk(fixture(), conversation, first_place(fixture().person, held, with), 30,
             [&](const Turn&) { expect_well_formed(conversation.prompt()); });
        if (!type().enrollment()) continue;
        Conversation enrolling(world, *type().enrollment(), fixture().person, with, nullptr);
        walk(fixture(), enrolling, "", 30,
             [&](const Turn&) { expect_well_formed(enrolling.prompt()); });
    }
}

TEST_P(Contract, OnlyARightAnswerPasses) {
    for (const Json& with : all_settings()) {
        World world;
        const Json held = enrolled(world, with);
        ASSERT_TRUE(type().available(fixture().person, held, with)) << with;
        auto conversation = challenge(world, fixture().person, held, with);
        walk(fixture(), conversation, first_place(fixture().person, held, with), 150,
             [&](const Turn& turn) {
                 ASSERT_NE(turn.verdict, Verdict::passed) << with;
                 ASSERT_FALSE(turn.verdict == Verdict::ask && turn.prompt.title.empty());
             });
    }
}

TEST_P(Contract, ARightAnswerPasses) {
    for (const Json& with : all_settings()) {
        World world;
        auto conversation = opened(world, with);
        Turn turn;
        for (int turns = 0; turns < 5 && turn.verdict != Verdict::passed; ++turns)
            turn = conversation.reply(fixture().right(conversation));
        EXPECT_EQ(turn.verdict, Verdict::passed) << with;
    }
}

TEST_P(Contract, NewsOfAnUnknownKindProvesNothing) {
    World world;
    auto conversation = opened(world, settings());
    const Prompt before = conversation.prompt();
    for (const char* name : {"", "approved", "answered", "passed", "timeout"})
        for (const Json& payload : {Json(), Json(true), Json{{"result", "SUCCESS"}}, Json("yes")}) {
            const Turn turn = conversation.signal({.name = name, .payload = payload});
            EXPECT_NE(turn.verdict, Verdict::passed) << name << payload;
            EXPECT_TRUE(turn.effects.empty());
        }
    EXPECT_EQ(keys_of(conversation.prompt()), keys_of(before));
}

TEST_P(Contract, ATurnDependsOnItsSituationAlone) {
    for (int seed = 0; seed < 20; ++seed) {
        std::vector<std::string> told;
        for (int time = 0; time < 2; ++time) {
            World world;
            std::string story;
            const Json held = enrolled(world, settings());
            auto conversation = challenge(world, fixture().person, held, settings());
            CountingRandom chance(static_cast<std::uint64_t>(seed));
            conversation.open(first_place(fixture().person, held, settings()));
            for (int i = 0; i < 4; ++i) {
                const Turn turn = conversation.reply(fixture().wrong_answer(conversation, chance));
                story += turn.state.dump() + Json(turn.prompt).dump();
            }
            told.push_back(story);
        }
        EXPECT_EQ(told[0], told[1]) << "a dialogue remembers something by itself";
    }
}

TEST_P(Contract, MessagesNameTheirWayAndTheirLimits) {
    for (const Json& with : all_settings()) {
        World world;
        const auto look = [&](const Turn& turn) {
            for (const Effect& effect : turn.effects) {
                const auto& message = std::get<SendMessage>(effect);
                EXPECT_FALSE(message.channel.empty());
                EXPECT_FALSE(message.to.empty());
                EXPECT_TRUE(is_name(message.wording)) << message.wording;
                EXPECT_GT(message.not_again_for, Milliseconds{0});
                EXPECT_GE(message.per_day, 1);
                EXPECT_TRUE(!message.limit_per_device || !message.device.empty());
            }
        };
        const Json held = enrolled(world, with);
        auto conversation = challenge(world, fixture().person, held, with);
        const std::string place = first_place(fixture().person, held, with);
        walk(fixture(), conversation, place, 30, look);
        EXPECT_EQ(type().type().sends,
                  !challenge(world, fixture().person, held, with).open(place).effects.empty());
        if (!type().enrollment()) continue;
        Conversation enrolling(world, *type().enrollment(), fixture().person, with, nullptr);
        look(enrolling.open());
        for (int i = 0; i < 3; ++i) look(enrolling.reply(fixture().right(enrolling)));
    }
}

TEST_P(Contract, PlacesCanBeToldApartAndAreMasked) {
    for (const Json& with : all_settings()) {
        World world;
        const Json held = enrolled(world, with);
        const auto contacts = type().contacts(fixture().person, held, with);
        std::set<std::string> ids;
        for (const auto& place : type().destinations(fixture().person, held, with)) {
            EXPECT_FALSE(place.id.empty());
            EXPECT_TRUE(ids.insert(place.id).second) << place.id;
            EXPECT_FALSE(place.label.empty());
            auto conversation = challenge(world, fixture().person, held, with);
            conversation.open(place.id);
            for (const Contact& contact : contacts) {
                EXPECT_FALSE(contact.channel.empty());
                EXPECT_EQ(Json(place.label).dump().find(contact.to), std::string::npos);
                EXPECT_EQ(Json(conversation.prompt()).dump().find(contact.to), std::string::npos)
                    << "a stranger would read the whole address";
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(EveryType, Contract, testing::ValuesIn(registered_types()),
                         [](const auto& made) { return made.param; });

}  // namespace
}  // namespace latchkey
