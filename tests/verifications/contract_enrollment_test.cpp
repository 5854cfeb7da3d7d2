#include "tests/verifications/contract.h"

#include <algorithm>
#include <set>

namespace latchkey {
namespace {

class EnrollmentContract : public Contract {
 protected:
    Conversation enrolling(World& world) const {
        return {world, *type().enrollment(), fixture().person, settings(), nullptr};
    }
};

std::vector<std::string> types_with_enrollment() {
    std::vector<std::string> ids;
    for (const auto& type : registry().all())
        if (type->enrollment()) ids.push_back(type->type().id);
    return ids;
}

/// True if what the prompt asks for is a secret or a proof, and not a name or an address.
bool asks_for_a_proof(const Prompt& prompt) {
    return std::ranges::any_of(prompt.fields, [](const Field& field) {
        return field.kind == FieldKind::digits || field.kind == FieldKind::secret;
    });
}

TEST_P(EnrollmentContract, ReachesItsEndAndIsAvailableThen) {
    World world;
    const Json held = enrolled(world, settings());
    EXPECT_TRUE(type().available(fixture().person, held, settings()));
    EXPECT_TRUE(held.is_object());
}

TEST_P(EnrollmentContract, KeepsItsThingsInTheFormThatAllTypesShare) {
    World world;
    const Json held = enrolled(world, settings());
    if (!held.contains("items")) return;
    std::set<std::string> ids;
    for (const Json& item : held.at("items")) {
        EXPECT_TRUE(ids.insert(item.at("id").get<std::string>()).second);
        EXPECT_TRUE(item.at("name").is_string());
        EXPECT_EQ(item.at("added_at").get<std::int64_t>(), millis(world.clock.now()));
    }
}

TEST_P(EnrollmentContract, ChangesNothingWhenItIsOpened) {
    World world;
    auto conversation = enrolling(world);
    const Turn turn = conversation.open();
    EXPECT_NE(turn.verdict, Verdict::passed);
    EXPECT_FALSE(turn.enrollment);
}

TEST_P(EnrollmentContract, IsReachedOnlyThroughAProof) {
    if (!fixture().enrolling_proves) return;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        World world;
        CountingRandom chance(seed);
        auto conversation = enrolling(world);
        conversation.open();
        bool asked = false;
        for (int i = 0; i < 25; ++i) {
            const Prompt prompt = conversation.prompt();
            asked = asked || asks_for_a_proof(prompt);
            const bool pressed = !prompt.actions.empty() && chance.below(4) == 0;
            const Turn turn = conversation.reply(
                pressed ? press(prompt.actions[chance.below(prompt.actions.size())].key)
                : asks_for_a_proof(prompt) ? fixture().wrong_answer(conversation, chance)
                                           : fixture().right(conversation));
            ASSERT_NE(turn.verdict, Verdict::passed);
            ASSERT_FALSE(turn.enrollment) << "nothing is kept that was not proved";
            world.clock.advance(Seconds{45});
        }
        EXPECT_TRUE(asked) << "the fixture never leads to a proof";
    }
}

TEST_P(EnrollmentContract, GoesOnWhereItStoodWhenItIsOpenedAgain) {
    World world;
    auto conversation = enrolling(world);
    Turn turn = conversation.open();
    for (int i = 0; i < 20 && !turn.enrollment; ++i)
        turn = conversation.reply(fixture().right(conversation));
    ASSERT_TRUE(turn.enrollment);
    if (turn.verdict == Verdict::passed) return;  // kept and finished at once
    turn = conversation.open();
    for (int i = 0; i < 20 && turn.verdict != Verdict::passed; ++i)
        turn = conversation.reply(fixture().right(conversation));
    EXPECT_EQ(turn.verdict, Verdict::passed) << "what is proved can still be submitted";
}

/// Long enough that it would not stand somewhere by chance.
bool telling(const std::string& text) {
    return text.size() >= 4;
}

/// The codes that went out with the messages so far.
std::set<std::string> codes(const Conversation& conversation) {
    std::set<std::string> all;
    for (const SendMessage& message : conversation.sent())
        for (const auto& value : message.data)
            if (value.is_string() && telling(value.get<std::string>()) &&
                value.get<std::string>().find_first_not_of("0123456789") == std::string::npos)
                all.insert(value.get<std::string>());
    return all;
}

void expect_hidden(const std::set<std::string>& secrets, const std::string& where,
                   const char* what) {
    for (const auto& secret : secrets)
        EXPECT_EQ(where.find(secret), std::string::npos) << secret << " in the " << what;
}

/// Follows a conversation with right and wrong answers and looks whether any comes to rest.
void expect_nothing_kept(Conversation& conversation, const TypeFixture& fixture,
                         const std::string& place, bool text_is_secret) {
    CountingRandom chance(3);
    std::set<std::string> typed;
    Turn turn = conversation.open(place);
    for (int i = 0; i < 20 && turn.verdict != Verdict::passed; ++i) {
        const Prompt prompt = conversation.prompt();
        const auto raw = i % 3 == 2 || !asks_for_a_proof(prompt)
                             ? fixture.right(conversation)
                             : fixture.wrong_answer(conversation, chance);
        for (const Field& field : prompt.fields) {
            const auto given = raw.find(field.key);
            const bool secret = field.kind == FieldKind::secret ||
                                field.kind == FieldKind::digits ||
                                (text_is_secret && field.kind == FieldKind::text);
            if (secret && given != raw.end() && telling(given->second)) typed.insert(given->second);
        }
        turn = conversation.reply(raw);
        expect_hidden(typed, conversation.state().dump(), "state");
        expect_hidden(typed, conversation.enrollment().dump(), "enrollment");
        if (!text_is_secret) expect_hidden(typed, Json(conversation.prompt()).dump(), "prompt");
        expect_hidden(codes(conversation), conversation.state().dump(), "state");
        expect_hidden(codes(conversation), conversation.enrollment().dump(), "enrollment");
        expect_hidden(codes(conversation), Json(conversation.prompt()).dump(), "prompt");
    }
}

class KeepingContract : public Contract {};

TEST_P(KeepingContract, LetsNothingSecretComeToRest) {
    for (const Json& with : all_settings()) {
        World world;
        const Json held = enrolled(world, with);
        auto asked = challenge(world, fixture().person, held, with);
        expect_nothing_kept(asked, fixture(), first_place(fixture().person, held, with), true);
        if (!type().enrollment()) continue;
        Conversation enrolling(world, *type().enrollment(), fixture().person, with, nullptr);
        expect_nothing_kept(enrolling, fixture(), "", false);
    }
}

INSTANTIATE_TEST_SUITE_P(EveryType, EnrollmentContract, testing::ValuesIn(types_with_enrollment()),
                         [](const auto& made) { return made.param; });
INSTANTIATE_TEST_SUITE_P(EveryType, KeepingContract, testing::ValuesIn(registered_types()),
                         [](const auto& made) { return made.param; });

}  // namespace
}  // namespace latchkey
