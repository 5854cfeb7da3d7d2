// What people do on their own page: proofs before changes, adding, replacing and removing.
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

TEST_P(Enrolling, TellsTheOwnerAtEveryAddress) {
    desk.open(amy, "mail", "", "mail", {}).value();
    desk.reply(amy, "mail", {{"address", "amy@home.example"}}, {}).value();
    desk.reply(amy, "mail", {{"code", code_sent()}}, {}).value();
    ASSERT_FALSE(desk.reply(amy, "mail", {}, {}).value());
    (void)sent();
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    EXPECT_THAT(sent(), testing::UnorderedElementsAre(Field(&Message::to, "amy@example.org"),
                                                      Field(&Message::to, "amy@home.example")));
}

TEST_P(Enrolling, NamesAndRemovesOneOfSeveral) {
    enroll_app(amy);
    enroll_app(amy);
    const auto items = [&] { return held(amy, "app")->data.at("items"); };
    const auto first = items().at(0).at("id").get<std::string>();
    const auto second = items().at(1).at("id").get<std::string>();
    ASSERT_TRUE(desk.rename(amy, "app", first, "The old phone", {}));
    EXPECT_EQ(items().at(0).at("name"), "The old phone");
    EXPECT_EQ(desk.rename(amy, "app", first, std::string(41, 'a'), {}).error().code,
              Errc::validation_failed);
    EXPECT_EQ(desk.rename(amy, "app", "nothing", "Phone", {}).error().code, Errc::not_found);
    EXPECT_EQ(desk.rename(amy, "mail", first, "Phone", {}).error().code, Errc::not_found);

    begin("reset", "amy");
    pass_mail();  // the use of the profile's address is noted
    for (const char* none : {"mail", "pin"})
        EXPECT_EQ(desk.remove(amy, none, "", "mail", {}).error().code, Errc::not_found) << none;
    EXPECT_EQ(desk.remove(amy, "app", "nothing", "mail", {}).error().code, Errc::not_found);
    (void)sent();
    ASSERT_TRUE(desk.remove(amy, "app", first, "mail", {}));
    EXPECT_EQ(sent().at(0).data.at("verification").at("en"), "app");
    EXPECT_EQ(items().size(), 1U);
    EXPECT_EQ(state(amy, "app"), FactorState::active);
    ASSERT_TRUE(desk.remove(amy, "app", second, "mail", {}));
    EXPECT_EQ(state(amy, "app"), FactorState::revoked);
    EXPECT_EQ(desk.remove(amy, "app", "", "mail", {}).error().code, Errc::not_found) << "it is";
}

TEST_P(Enrolling, GoesOnWithWhatWasBegunUntilItsEnd) {
    const auto key = [](const EnrollmentDraft& draft) { return draft.memory.at("key"); };
    const auto first = desk.open(amy, "app", "", "mail", {}).value();
    EXPECT_EQ(state(amy, "app"), FactorState::pending);
    EXPECT_EQ(key(desk.open(amy, "app", "", "mail", {}).value()), key(first));
    world.stores.clock.set(first.expires_at - Milliseconds{1});
    EXPECT_EQ(state(amy, "app"), FactorState::pending);
    world.stores.clock.set(first.expires_at);
    EXPECT_EQ(state(amy, "app"), FactorState::none);
    EXPECT_EQ(desk.reply(amy, "app", {{"code", "000000"}}, {}).error().code, Errc::not_found);
    EXPECT_NE(key(desk.open(amy, "app", "", "mail", {}).value()), key(first));

    ASSERT_TRUE(desk.cancel(amy, "app"));
    enroll_app(amy);
    const auto item = held(amy, "app")->data.at("items").at(0).at("id").get<std::string>();
    const auto another = desk.open(amy, "app", "", "mail", {}).value();
    EXPECT_NE(key(desk.open(amy, "app", item, "mail", {}).value()), key(another));
}

TEST_P(Enrolling, IsNotForWhatNoProcessTakes) {
    world.define(factor_definitions()
                     .verification("spare", "soft_pin")
                     .verification("facts", "personal_data")
                     .process("known", {"mail", "facts"})
                     .build());
    for (const char* name : {"spare", "facts", "nothing"})
        EXPECT_EQ(refusal(desk.open(amy, name, "", "mail", {})), Errc::verification_not_offered)
            << name;
    for (const auto& entry : desk.overview(amy))
        if (entry.verification.name == "pin") {
            EXPECT_THAT(entry.serves, ElementsAre(Words{{"en", "two"}}));
        }
}

TEST_P(Enrolling, AllowsAnotherCodeFromItsTimeOnAndSoManyAnswersADay) {
    desk.open(amy, "mail", "", "mail", {}).value();
    const auto asked = desk.reply(amy, "mail", {{"address", "amy@home.example"}}, {}).value();
    const auto resend = [&] { return desk.reply(amy, "mail", {{"action", "resend"}}, {}); };
    const TimePoint from = not_before(asked->prompt, "resend").value();
    world.stores.clock.set(from - Milliseconds{1});
    EXPECT_EQ(resend().error().code, Errc::resend_too_soon);
    world.stores.clock.set(from);
    EXPECT_TRUE(resend());
    for (int i = 0; i < 19; ++i) ASSERT_TRUE(desk.reply(amy, "mail", {{"code", "000000"}}, {}));
    EXPECT_EQ(desk.reply(amy, "mail", {{"code", "000000"}}, {}).error().code,
              Errc::too_many_attempts);
}

TEST_P(Enrolling, MakesAnAddressCountOnlyWhenItIsSubmitted) {
    begin("reset", "amy");
    pass_mail();  // the use of the profile's address is noted
    world.stores.clock.advance(Minutes{5});
    desk.open(amy, "mail", "", "mail", {}).value();
    desk.reply(amy, "mail", {{"address", "amy@home.example"}}, {}).value();
    desk.reply(amy, "mail", {{"code", code_sent()}}, {}).value();
    EXPECT_EQ(state(amy, "mail"), FactorState::pending);
    EXPECT_EQ(held(amy, "mail")->state, EnrollmentState::proved);
    EXPECT_TRUE(held(amy, "mail")->used_at);
}

TEST_P(Enrolling, ShowsADraftAsItIsStored) {
    const auto stored = [&](const std::string& name) {
        return world.stores.enrollments.draft(amy.id, name)->version;
    };
    EXPECT_EQ(desk.open(amy, "app", "", "mail", {})->version, stored("app"));
    EXPECT_EQ((*desk.reply(amy, "app", {{"code", "000000"}}, {}))->version, stored("app"));
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    EXPECT_EQ(trials.open(amy, "pin", "", {})->version, stored("(trial)pin"));
    EXPECT_EQ((*try_answer(amy, "pin", {{"pin", kWrongPin}}))->version, stored("(trial)pin"));
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

TEST_P(Enrolling, TakesWhatIsHeldForAProofUnlessItIsTheOnlyOneOfItsKind) {
    enroll_app(amy);
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    const auto ways = [](const std::vector<Way>& list) {
        std::vector<std::string> out;
        for (const Way& way : list) out.push_back(way.verification.name);
        return out;
    };
    EXPECT_THAT(ways(desk.proof_demanded(amy, "app").ways), ElementsAre("mail", "app", "pin"));
    EXPECT_THAT(ways(desk.proof_demanded(amy, "codes").ways), ElementsAre("mail", "app", "pin"));
    EXPECT_THAT(ways(desk.proof_demanded(amy, "nothing").ways), ElementsAre("mail", "app", "pin"));
    EXPECT_THAT(ways(trials.ways(amy)), ElementsAre("mail", "app", "pin"));
}

TEST_P(Enrolling, TakesNoProofFromWhatIsTooWeak) {
    world.define(
        factor_definitions()
            .verification("questions", "security_questions", {{"enrolled", 1}, {"asked", 1}})
            .verification(
                "facts", "personal_data",
                {{"attributes", {{{"attribute", "birthday"}, {"label", {{"en", "Birthday"}}}}}}})
            .process("many", {"mail", "questions", "facts"})
            .build());
    const Account eve = world.stores.add(AccountBuilder("eve")
                                             .with("email", "eve@example.org")
                                             .with("birthday", "1980-01-01")
                                             .build());
    const auto draft = desk.open(eve, "questions", "", "mail", {}).value();
    const auto question = draft.prompt.fields.front().choices.front().value;
    ASSERT_FALSE(
        desk.reply(eve, "questions", {{"question", question}, {"answer", "Rover 7"}}, {}).value());
    const auto names_of = [](const std::vector<Way>& list) {
        std::vector<std::string> out;
        for (const Way& way : list) out.push_back(way.verification.name);
        return out;
    };
    EXPECT_THAT(names_of(trials.ways(eve)), ElementsAre("mail", "questions"));
    EXPECT_THAT(names_of(desk.proof_demanded(eve, "app").ways), ElementsAre("mail"));
}

TEST_P(Enrolling, AsksForTheMailboxOnlyBeforeAPinThatCounts) {
    enroll_app(amy);
    const auto ways = [&] {
        std::vector<std::string> out;
        for (const Way& way : desk.proof_demanded(amy, "pin").ways)
            out.push_back(way.verification.name);
        return out;
    };
    EXPECT_THAT(ways(), ElementsAre("mail", "app")) << "there is none yet";
    world.stores.changes
        .commit({.enrollments = {{.account = amy.id,
                                  .verification = "pin",
                                  .state = EnrollmentState::imported,
                                  .data = {{"pins", Json::array()}},
                                  .source = "import",
                                  .changed_at = world.stores.clock.now()}}})
        .value();
    EXPECT_THAT(ways(), ElementsAre("mail", "app")) << "it counts for nothing";
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    EXPECT_THAT(ways(), ElementsAre("mail"));
    ASSERT_TRUE(desk.remove(amy, "pin", "", "mail", {}));
    EXPECT_THAT(ways(), ElementsAre("mail")) << "or who stole a session sets another one";
}

ON_BOTH_DATABASES(Enrolling);

}  // namespace
}  // namespace latchkey
