#include "tests/verifications/contract.h"

#include <algorithm>
#include <set>

/// Nobody can tell a decoy from a person by what a type shows, does or takes (S01 to S03).
namespace latchkey {
namespace {

class DecoyContract : public Contract {};

const DecoyShape kShape{.mail_domains = {{"example.org", 9}, {"example.com", 1}}};

std::vector<std::string> names() {
    std::vector<std::string> all{"amy",          "amy.lee",     "amy.lee@example.org",
                                 "ömer",         "-",           "0",
                                 "a@b",          "x@gmail.com", "😀",
                                 "+15551234567", "4711",        "o'brien",
                                 "a b",          "@",           "@a",
                                 "a@",           "名前"};
    for (int i = 0; i < 60; ++i) all.push_back("name" + std::to_string(i));
    return all;
}

/// A prompt without what belongs to one person: which sentences, fields and buttons there are.
Json shape(const Prompt& prompt) {
    Json out = prompt;
    const auto without_arguments = [](auto&& self, Json& json) -> void {
        if (json.is_object() && json.contains("with"))
            for (auto& [name, value] : json["with"].items()) value = nullptr;
        if (json.is_structured())
            for (Json& part : json) self(self, part);
    };
    without_arguments(without_arguments, out);
    for (Json& notice : out["notices"]) notice["qr"] = notice["qr"] != "";
    for (Json& field : out["fields"]) field["choices"] = field["choices"].size();
    return out;
}

Json shape(const Turn& turn, const Prompt& shown) {
    Json out{{"verdict", static_cast<int>(turn.verdict)},
             {"prompt", shape(shown)},
             {"problems", listed(turn.problems)},
             {"messages", Json::array()}};
    for (const Effect& effect : turn.effects) {
        const auto& message = std::get<SendMessage>(effect);
        std::vector<std::string> data;
        for (const auto& [key, value] : message.data.items()) data.push_back(key);
        out["messages"].push_back({{"channel", message.channel},
                                   {"wording", message.wording},
                                   {"data", data},
                                   {"again", message.not_again_for.count()},
                                   {"per_day", message.per_day},
                                   {"per_device", message.limit_per_device}});
    }
    return out;
}

/// Everything that one conversation shows and costs, turn by turn.
std::vector<std::string> story(const TypeFixture& fixture, Conversation& conversation,
                               const std::string& place) {
    std::vector<std::string> lines;
    CountingRandom chance(5);
    const auto note = [&](const Turn& turn, std::uint64_t hashes_before) {
        Json line = shape(turn, conversation.prompt());
        line["slow_hashes"] = conversation.world().crypto.slow_hashes() - hashes_before;
        lines.push_back(line.dump(1));
    };
    const auto hashes = [&] { return conversation.world().crypto.slow_hashes(); };
    auto before = hashes();
    note(conversation.open(place), before);
    for (int i = 0; i < 12; ++i) {
        if (i == 2) conversation.message_accepted();
        before = hashes();
        note(conversation.reply(fixture.wrong_answer(conversation, chance)), before);
        conversation.world().clock.advance(Minutes{1});
        for (const Action& action : Prompt(conversation.prompt()).actions) {
            before = hashes();
            note(conversation.reply(press(action.key)), before);
        }
    }
    return lines;
}

TEST_P(DecoyContract, IsAvailableWhoeverItIsMadeFor) {
    const World world;
    for (const Json& with : all_settings())
        for (const auto& name : names()) {
            const Subject decoy = decoy_for(name, kShape, world.crypto);
            const Json held = type().decoy_enrollment(decoy, with, world.crypto);
            EXPECT_TRUE(type().available(decoy, held, with)) << name << with;
        }
}

TEST_P(DecoyContract, IsTheSameAtAnyTime) {
    const World world;
    const World after_a_restart;
    for (const Json& with : all_settings())
        for (const auto& name : names()) {
            const Subject decoy = decoy_for(name, kShape, world.crypto);
            EXPECT_EQ(type().decoy_enrollment(decoy, with, world.crypto),
                      type().decoy_enrollment(decoy, with, after_a_restart.crypto))
                << name;
        }
}

TEST_P(DecoyContract, HasPlacesThatLookLikeThoseOfPeople) {
    for (const Json& with : all_settings()) {
        World world;
        const Json held = enrolled(world, with);
        std::set<std::string> texts;
        std::set<std::size_t> lengths;
        for (const auto& place : type().destinations(fixture().person, held, with)) {
            texts.insert(place.label.id);
            lengths.insert(place.id.size());
        }
        for (const auto& name : names()) {
            const Subject decoy = decoy_for(name, kShape, world.crypto);
            const Json fake = type().decoy_enrollment(decoy, with, world.crypto);
            const auto places = type().destinations(decoy, fake, with);
            EXPECT_EQ(places.empty(), texts.empty()) << name;
            std::set<std::string> ids;
            for (const auto& place : places) {
                EXPECT_TRUE(texts.contains(place.label.id)) << name;
                EXPECT_TRUE(ids.insert(place.id).second) << name;
                // "profile", or an id as random ones are written
                EXPECT_TRUE(lengths.contains(place.id.size()) || place.id.size() == 26U ||
                            place.id == "profile")
                    << place.id;
            }
        }
    }
}

TEST_P(DecoyContract, IsShownAndCostsWhatAPersonIsAndDoes) {
    for (const Json& with : all_settings()) {
        World world;
        const Json held = enrolled(world, with);
        world.clock.set(kNewYear);
        auto person = challenge(world, fixture().person, held, with);
        const auto of_person = story(fixture(), person, first_place(fixture().person, held, with));
        for (const char* name : {"amy", "amy.lee@example.org", "name7"}) {
            World other;
            const Subject decoy = decoy_for(name, kShape, other.crypto);
            const Json fake = type().decoy_enrollment(decoy, with, other.crypto);
            auto conversation = challenge(other, decoy, fake, with);
            EXPECT_EQ(story(fixture(), conversation, first_place(decoy, fake, with)), of_person)
                << name << with;
        }
    }
}

TEST_P(DecoyContract, NeverPassesAndGoesOnAfterARightAnswerToo) {
    for (const Json& with : all_settings()) {
        World world;
        enrolled(world, with);  // so that the fixture knows what is right for a person
        const Subject decoy = decoy_for("amy", kShape, world.crypto);
        const Json fake = type().decoy_enrollment(decoy, with, world.crypto);
        auto conversation = challenge(world, decoy, fake, with);
        const Process process = ProcessBuilder().required("it").build();
        ResetRequest request = request_for(process);
        request.steps[0].decoy = true;
        apply(request, process, "it", conversation.open(first_place(decoy, fake, with)), false);
        for (int i = 0; i < 5; ++i) {
            apply(request, process, "it", conversation.reply(fixture().right(conversation)), false);
            ASSERT_EQ(request.steps[0].state, StepState::asking);
            ASSERT_EQ(request.state, RequestState::verifying);
            conversation.state() = request.steps[0].memory;
        }
    }
}

TEST_P(DecoyContract, HoldsNothingThatBelongsToAPerson) {
    const World world;
    for (const auto& name : names()) {
        const Subject decoy = decoy_for(name, kShape, world.crypto);
        const std::string held = type().decoy_enrollment(decoy, settings(), world.crypto).dump();
        for (const auto& [attribute, value] : fixture().person.attributes)
            EXPECT_EQ(held.find(value), std::string::npos) << name;
    }
}

INSTANTIATE_TEST_SUITE_P(EveryType, DecoyContract, testing::ValuesIn(registered_types()),
                         [](const auto& made) { return made.param; });

}  // namespace
}  // namespace latchkey
