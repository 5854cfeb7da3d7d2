// What people do on their own page: proofs before changes, trials, replacing, and guessing (S18,
// S30).
#include "tests/journeys/factors.h"

namespace latchkey {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

class Enrolling : public FactorTest {
 protected:
    Account amy = add("amy");

    Errc refusal(const Result<EnrollmentDraft>& result) {
        return result ? throw std::logic_error("not refused") : result.error().code;
    }
};

TEST_P(Enrolling, TakesAProofByAnotherVerificationFirst) {
    EXPECT_EQ(refusal(desk.open(amy, "app", "", "", {})), Errc::not_verified);
    EXPECT_EQ(refusal(desk.open(amy, "app", "", "pin", {})), Errc::not_verified);
    enroll_app(amy);
    EXPECT_EQ(desk.remove(amy, "app", "", "", {}).error().code, Errc::not_verified);
    EXPECT_TRUE(desk.remove(amy, "app", "", "mail", {}));
}

TEST_P(Enrolling, TakesThePasswordAloneFromWhoHoldsNothingElse) {
    const Account ben = world.stores.add(AccountBuilder("ben").build(), "a password of old");
    EXPECT_FALSE(desk.proof_demanded(ben, "pin").needed);
    EXPECT_TRUE(desk.open(ben, "pin", "", "", {}));
}

TEST_P(Enrolling, ChangesAPinAfterACodeByMailAndNothingElse) {
    enroll_app(amy);
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    const auto demand = desk.proof_demanded(amy, "pin");
    ASSERT_EQ(demand.ways.size(), 1U);
    EXPECT_EQ(demand.ways[0].verification.name, "mail");
    EXPECT_EQ(refusal(desk.open(amy, "pin", "", "app", {})), Errc::not_verified);
}

TEST_P(Enrolling, KeepsTheKeyOfAnAppThatIsBeingPairedForTenMinutes) {
    const auto draft = desk.open(amy, "app", "", "mail", {}).value();
    EXPECT_EQ(draft.expires_at, world.stores.clock.now() + Minutes{10});
    world.stores.clock.advance(Minutes{9});
    const auto wrong = desk.reply(amy, "app", {{"code", "000000"}}, {}).value();
    EXPECT_EQ(wrong->expires_at, draft.expires_at) << "a wrong code makes it no longer";
}

TEST_P(Enrolling, ReplacesOneAppByAnother) {
    enroll_app(amy);
    const auto first = held(amy, "app")->data.at("items").at(0).at("id").get<std::string>();
    EXPECT_EQ(refusal(desk.open(amy, "app", "nothing", "mail", {})), Errc::not_found);
    const std::string key = enroll_app(amy, first);
    const Json items = held(amy, "app")->data.at("items");
    ASSERT_EQ(items.size(), 1U);
    EXPECT_EQ(items.at(0).at("key"), key);
}

TEST_P(Enrolling, KeepsTheAddressThatIsBeingReplacedUntilTheNewOneIsSaved) {
    const auto enroll = [&](const std::string& address, const std::string& replaces) {
        desk.open(amy, "mail", replaces, "mail", {}).value();
        desk.reply(amy, "mail", {{"address", address}}, {}).value();
        desk.reply(amy, "mail", {{"code", code_sent()}}, {}).value();
    };
    const auto addresses = [&] {
        std::vector<std::string> list;
        const Json items = held(amy, "mail")->data.at("items");
        for (const Json& item : items) list.push_back(item.at("address").get<std::string>());
        std::ranges::sort(list);
        return list;
    };
    enroll("old@home.example", "");
    desk.reply(amy, "mail", {}, {}).value();
    const auto id = held(amy, "mail")->data.at("items").at(0).at("id").get<std::string>();
    world.stores.clock.advance(Minutes{3});
    enroll("new@home.example", id);
    EXPECT_THAT(addresses(), ElementsAre("new@home.example", "old@home.example"));
    EXPECT_FALSE(desk.reply(amy, "mail", {}, {}).value());
    EXPECT_THAT(addresses(), ElementsAre("new@home.example"));
}

TEST_P(Enrolling, RemembersTheLastPinsAlsoOfARemovedOne) {
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    ASSERT_TRUE(desk.remove(amy, "pin", "", "mail", {}));
    EXPECT_EQ(state(amy, "pin"), FactorState::revoked);
    EXPECT_THAT(choose_pin(amy, kPin), Contains(Field(&Problem::code, "soft_pin_used_before")));
    begin("two", "amy");
    EXPECT_TRUE(answer("pin", {{"pin", kPin}}));
    EXPECT_NE(look().request.step("pin")->state, StepState::passed) << "it verifies nobody";
}

TEST_P(Enrolling, SaysWhatIsMissingForWhichProcess) {
    const auto missing = [&](const std::string& process) {
        for (const auto& [title, ready] : desk.readiness(amy))
            if (title.at("en") == process) return ready.missing;
        return std::int64_t{-1};
    };
    EXPECT_EQ(missing("reset"), 0);
    EXPECT_EQ(missing("two"), 1);
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    EXPECT_EQ(missing("two"), 0);
}

TEST_P(Enrolling, RecordsTheUseOfTheAddressInTheProfile) {
    begin("two", "amy");
    pass_mail();
    const auto entries = desk.overview(amy);
    const auto mail = std::ranges::find_if(
        entries, [](const auto& entry) { return entry.verification.name == "mail"; });
    EXPECT_EQ(mail->used_at, world.stores.clock.now());
    EXPECT_EQ(mail->state, FactorState::automatic);
    EXPECT_FALSE(mail->held);
}

TEST_P(Enrolling, IsOpenClosedOrMissingAsTheGateSays) {
    const auto gate = [&](bool installed, bool enabled) {
        const auto definitions = factor_definitions()
                                     .setting("voice_agents.installed", installed)
                                     .setting("soft_pin.enrollment.enabled", enabled)
                                     .build();
        world.define(definitions);
        for (const auto& entry : desk.overview(amy))
            if (entry.verification.name == "pin") return entry.gate;
        throw std::logic_error("not on the page");
    };
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    EXPECT_EQ(gate(true, false), Gate::closed);
    EXPECT_EQ(refusal(desk.open(amy, "pin", "", "mail", {})), Errc::verification_not_offered);
    EXPECT_EQ(gate(false, true), Gate::missing);
    EXPECT_EQ(refusal(desk.open(amy, "pin", "", "mail", {})), Errc::not_found);
    EXPECT_FALSE(trials.open(amy, "pin", "", {}).value().prompt.fields.empty())
        << "what is enrolled goes on verifying";
    EXPECT_EQ(gate(true, true), Gate::open);
    EXPECT_TRUE(desk.open(amy, "pin", "", "mail", {}));
}

TEST_P(Enrolling, TriesAVerificationWithoutConsequence) {
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    const auto before = *held(amy, "pin");
    trials.open(amy, "pin", "", {}).value();
    const auto wrong = try_answer(amy, "pin", {{"pin", kWrongPin}}).value();
    EXPECT_THAT(wrong->problems, Contains(Field(&Problem::code, "wrong_answer")));
    EXPECT_FALSE(try_answer(amy, "pin", {{"pin", kPin}}).value());
    EXPECT_EQ(held(amy, "pin")->data, before.data);
    EXPECT_EQ(held(amy, "pin")->used_at, world.stores.clock.now());
    EXPECT_EQ(try_answer(amy, "pin", {{"pin", kPin}}).error().code, Errc::not_found)
        << "it is over";
}

TEST_P(Enrolling, AllowsNoMoreTriesThanTheStrictestProcess) {
    auto json = factor_definitions()
                    .process("strict", {"mail", "pin"}, {{"limits", {{"attempts", 2}}}})
                    .process("lenient", {"mail", "pin"}, {{"limits", {{"attempts", 5}}}})
                    .build();
    world.define(json);
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    trials.open(amy, "pin", "", {}).value();
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(try_answer(amy, "pin", {{"pin", kWrongPin}}));
    EXPECT_EQ(try_answer(amy, "pin", {{"pin", kPin}}).error().code, Errc::blocked);
}

TEST_P(Enrolling, ShowsATrialThatIsAskedForTwice) {
    trials.open(amy, "mail", "profile", {}).value();
    const std::string code = code_sent();
    (void)sent();
    EXPECT_TRUE(trials.open(amy, "mail", "profile", {})) << "the answer may have been lost";
    EXPECT_THAT(sent(), IsEmpty());
    EXPECT_FALSE(try_answer(amy, "mail", {{"code", code}}).value());
}

TEST_P(Enrolling, KeepsATrialThatASessionCouldNotTakeDown) {
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    trials.open(amy, "pin", "", {}).value();
    const Session browser{.id = SessionId{"one"}, .digest = "one"};
    ASSERT_TRUE(world.stores.sessions.save(browser));
    const auto late = trials.reply(amy, "pin", {{"pin", kPin}}, browser, {});
    EXPECT_EQ(late.error().code, Errc::already_answered) << "somebody else changed the session";
    const Session present = world.stores.sessions.find("one").value();
    ASSERT_FALSE(trials.reply(amy, "pin", {{"pin", kPin}}, present, {}).value());
    EXPECT_EQ(world.stores.sessions.find("one")->version, 2) << "stored with the answer";
}

TEST_P(Enrolling, CountsATrialLikeAnAnswerInARequest) {
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    trials.open(amy, "pin", "", {}).value();
    for (int i = 0; i < 2; ++i) try_answer(amy, "pin", {{"pin", kWrongPin}}).value();
    begin("two", "amy");
    ASSERT_TRUE(answer("pin", {{"pin", kWrongPin}}));
    EXPECT_EQ(try_answer(amy, "pin", {{"pin", kPin}}).error().code, Errc::blocked);
    EXPECT_EQ(answer("pin", {{"pin", kPin}}).error().code, Errc::blocked);
    world.stores.clock.advance(Minutes{15});
    EXPECT_FALSE(try_answer(amy, "pin", {{"pin", kPin}}).value()) << "it ended by itself";
}

TEST_P(Enrolling, EndsAPinThatWasGuessedAtTooOftenInARow) {
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    (void)sent();
    trials.open(amy, "pin", "", {}).value();
    for (int i = 0; i < 3; ++i) try_answer(amy, "pin", {{"pin", kWrongPin}}).value();
    world.stores.clock.advance(Hours{30});  // blocks and failures are over, this count is not
    begin("two", "amy");
    ASSERT_TRUE(answer("pin", {{"pin", kWrongPin}}));
    EXPECT_EQ(state(amy, "pin"), FactorState::revoked);
    EXPECT_THAT(sent(), Contains(Field(&Message::wording, "enrollment_removed")));
    ASSERT_TRUE(answer("pin", {{"pin", kPin}}));
    EXPECT_NE(look().request.step("pin")->state, StepState::passed);
    EXPECT_THAT(choose_pin(amy, kPin), Contains(Field(&Problem::code, "soft_pin_used_before")));
    EXPECT_THAT(choose_pin(amy, "261940"), IsEmpty());
    EXPECT_EQ(state(amy, "pin"), FactorState::active);
}

ON_BOTH_DATABASES(Enrolling);

}  // namespace
}  // namespace latchkey
