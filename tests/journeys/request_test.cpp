// Requests from their beginning to their end: who may begin one, what is shown of it, and what
// somebody quicker did.
#include "tests/journeys/factors.h"
#include "tests/journeys/quicker.h"

namespace latchkey {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

/// A type that waits for news from elsewhere, or lets everybody pass who only looks at it.
class Doorbell final : public Verification, public Dialogue {
 public:
    Doorbell(const std::string& id, Verdict first) : first_(first) {
        type_ = {.id = id,
                 .name = {},
                 .assurance = Assurance::medium,
                 .standing = {Standing::Alone::yes, true, true},
                 .assets = {Asset::remote_service}};
    }
    const VerificationType& type() const override { return type_; }
    bool available(const Subject&, const Json&, const Json&) const override { return true; }
    const Dialogue& challenge() const override { return *this; }
    Prompt outline(const Json&) const override { return {.title = {"stub.title", {}}}; }
    Turn open(const Situation& s) const override {
        return {.verdict = first_, .prompt = outline(s.settings)};
    }
    Turn reply(const Situation& s, const Answers&) const override {
        return {.verdict = Verdict::ask, .prompt = outline(s.settings)};
    }
    Turn signal(const Situation&, const Signal& news) const override {
        Turn turn{.verdict = news.name == "opened" ? Verdict::passed : Verdict::refused};
        if (news.name == "noted") turn.enrollment = Json{{"noted", true}};
        return turn;
    }

 private:
    VerificationType type_;
    Verdict first_;
};

class Requests : public FactorTest {
 protected:
    Requests() {
        world.stores.registry.add(std::make_unique<Doorbell>("bell", Verdict::wait));
        world.stores.registry.add(std::make_unique<Doorbell>("open_door", Verdict::passed));
        world.define(definitions().build());
    }
    static DefinitionsBuilder definitions() {
        return factor_definitions()
            .verification("bell", "bell")
            .verification("door", "open_door")
            .process("by-bell", {"bell"})
            .process("by-door", {"door"})
            .process("by-address", {"mail"}, {{"identify_by", {"email"}}})
            .process("closed", {"mail"}, {{"enabled", false}})
            .process("inside", {"mail"}, {{"audience", {"signed_in"}}})
            .process("long", {"mail", "pin"},
                     {{"verifications",
                       {{{"verification", "mail"}},
                        {{"verification", "pin"}},
                        {{"verification", "app"}, {"required", false}}}}});
    }

    Result<Proceeding> begin_anew(const std::string& process, const std::string& name) {
        request = RequestId{"request-" + std::to_string(++requests)};
        return world.conductor.begin({process, name, request, session}, {});
    }
    Result<Proceeding> choose(const std::string& verification) {
        return world.conductor.choose(request, session, verification, "", {});
    }
    Result<Proceeding> reply(const std::string& verification, const RawAnswers& raw) {
        return world.conductor.reply(request, session, verification, raw, {}, {});
    }
    Result<Proceeding> signal(const std::string& name) {
        return world.conductor.signal(request, session, "bell", {.name = name, .payload = {}}, {});
    }
    void change(Account account) {
        account.version = world.stores.accounts.find(account.id)->version;
        world.stores.changes.commit({.account = Change::AccountChange{account}}).value();
    }
    std::int64_t recorded(const std::string& type) {
        static const Query kCount{"SELECT COUNT(*) FROM activity WHERE type = $1"};
        return database->read([&](Transaction& t) { return t.run(kCount, type); }).integer(0, 0);
    }

    Account amy = add("amy");
};

TEST_P(Requests, BeginOnlyWhereAProcessIsOpenToAll) {
    for (const char* process : {"nothing", "closed", "inside"})
        EXPECT_EQ(begin_anew(process, "amy").error().code, Errc::unknown_process) << process;
    EXPECT_TRUE(begin_anew("reset", "amy"));
    world.stores.registry = Registry{};
    EXPECT_EQ(begin_anew("reset", "amy").error().code, Errc::unknown_process)
        << "it could not be carried out";
}

TEST_P(Requests, BeginWithANameThatSomebodyCouldHave) {
    const auto fault = [&](const std::string& name) {
        const auto refused = begin_anew("reset", name);
        return refused.error().problems.at(0).code;
    };
    EXPECT_EQ(fault(""), "required");
    EXPECT_EQ(fault("\x01"), "bad_identifier");
}

TEST_P(Requests, RecordAnAddressThatTwoPeopleHave) {
    begin("by-address", "amy@example.org");
    EXPECT_EQ(recorded("identify.ambiguous"), 0);
    EXPECT_EQ(recorded("request.started"), 1);
    world.stores.add(AccountBuilder("amy2").with("email", "amy@example.org").build());
    begin("by-address", "amy@example.org");
    EXPECT_EQ(recorded("identify.ambiguous"), 1);
    EXPECT_EQ(recorded("request.started"), 1);
}

TEST_P(Requests, BegunTwiceAtOnceAreOne) {
    request = RequestId{"the same form"};
    const BeginCall call{"reset", "amy", request, session};
    QuickerWriter changes(world.stores.changes,
                          [&] { ASSERT_TRUE(world.conductor.begin(call, {})); });
    Conductor late(with(world.parts, world.stores.requests, changes));
    EXPECT_EQ(late.begin(call, {})->request.id, request);
}

TEST_P(Requests, StayExpiredWhenTheClockIsSetBack) {
    begin("reset", "amy");
    const TimePoint begun = world.stores.clock.now();
    EXPECT_EQ(look().request.state, RequestState::verifying);
    world.stores.clock.advance(Minutes{20});
    EXPECT_EQ(look().request.state, RequestState::expired);
    world.stores.clock.set(begun + Minutes{1});
    EXPECT_EQ(look().request.state, RequestState::expired);
    EXPECT_EQ(recorded("request.expired"), 1);
}

TEST_P(Requests, ShowHowManyAnswersAreLeftHereAndForTheAccount) {
    const auto left = [&] { return std::vector{look().attempts_used, look().attempts_left}; };
    begin("two", "amy");
    ASSERT_TRUE(choose("pin"));
    EXPECT_THAT(left(), ElementsAre(0, 3));
    ASSERT_TRUE(reply("pin", {{"pin", kWrongPin}}));
    EXPECT_THAT(left(), ElementsAre(1, 2));
    begin("two", "amy");
    ASSERT_TRUE(choose("pin"));
    EXPECT_THAT(left(), ElementsAre(0, 2)) << "one was wrong elsewhere";
    EXPECT_EQ(recorded("answer.wrong"), 1);
    EXPECT_EQ(recorded("answer.right"), 0);
}

TEST_P(Requests, AskTheSameAgainWhoComesBackToAStep) {
    begin("two", "amy");
    const auto first = choose("mail").value();
    EXPECT_THAT(first.request.step("mail")->problems, IsEmpty());
    EXPECT_EQ(sent().size(), 1U);
    ASSERT_TRUE(world.conductor.another_way(request, session));
    EXPECT_EQ(choose("mail")->request.current, "mail");
    EXPECT_THAT(sent(), IsEmpty());
}

TEST_P(Requests, TakeNoAnswerToWhatWasNotAsked) {
    begin("two", "amy");
    for (const char* verification : {"mail", "nothing"})
        EXPECT_EQ(reply(verification, {{"code", "000000"}}).error().code,
                  Errc::verification_not_offered);
}

TEST_P(Requests, LetNobodyPassWhoOnlyLooked) {
    begin("by-door", "amy");
    EXPECT_EQ(choose("door")->request.state, RequestState::verifying);
    EXPECT_NE(look().request.step("door")->state, StepState::passed);
}

TEST_P(Requests, LetNobodyPassWhoWasDisabledMeanwhile) {
    begin("reset", "amy");
    ASSERT_TRUE(choose("mail"));
    amy.disabled = true;
    change(amy);
    EXPECT_EQ(reply("mail", {{"code", code_sent()}})->request.state, RequestState::verifying);
    EXPECT_EQ(recorded("answer.right"), 0);
}

TEST_P(Requests, SendNothingToAnAddressThatCameLater) {
    Account ben = world.stores.add(AccountBuilder("ben").build());
    begin("reset", "ben");
    const Prompt prompt = choose("mail")->request.step("mail")->prompt;
    EXPECT_THAT(sent(), ElementsAre(Field(&Message::decoy, true)));
    ben.attributes["email"] = "ben@example.org";
    change(ben);
    world.stores.clock.set(not_before(prompt, "resend").value());
    ASSERT_TRUE(reply("mail", {{"action", "resend"}}));
    EXPECT_THAT(sent(), ElementsAre(Field(&Message::decoy, true)));
}

TEST_P(Requests, ShowWhatElseIsNeededOnlyWhenTheRestIsThere) {
    enroll_app(amy);
    ASSERT_THAT(choose_pin(amy, kPin), IsEmpty());
    world.stores.clock.advance(Hours{1});
    begin("long", "amy");
    const auto at = pass_mail();
    EXPECT_FALSE(at.more);
    EXPECT_THAT(names(at.offers), ElementsAre("pin"));
}

TEST_P(Requests, GoOnWhenTheNewsComeThatTheyWaitFor) {
    begin("by-bell", "amy");
    EXPECT_EQ(signal("opened").error().code, Errc::verification_not_offered) << "nobody rang";
    EXPECT_EQ(choose("bell")->request.step("bell")->state, StepState::waiting);
    EXPECT_EQ(signal("closed")->request.step("bell")->state, StepState::asking);
    EXPECT_FALSE(held(amy, "bell"));
    ASSERT_TRUE(signal("noted"));
    EXPECT_EQ(held(amy, "bell")->data.at("noted"), true);
    ASSERT_TRUE(signal("opened"));
    EXPECT_EQ(look().request.step("bell")->state, StepState::passed);
    EXPECT_EQ(look().request.state, RequestState::verified);
    EXPECT_EQ(signal("opened").error().code, Errc::verification_not_offered) << "once";
    EXPECT_EQ(world.conductor.signal(RequestId{"none"}, session, "bell", {}, {}).error().code,
              Errc::unknown_request);

    begin("by-bell", "nobody");
    ASSERT_TRUE(choose("bell"));
    ASSERT_TRUE(signal("noted"));
    EXPECT_NE(signal("opened")->request.step("bell")->state, StepState::passed);
}

TEST_P(Requests, CountARightAnswerThatSomebodyWasQuickerThan) {
    begin("two", "amy");
    ASSERT_TRUE(choose("mail"));
    const std::string code = code_sent();
    const auto late = [&](std::function<void()> other, const RawAnswers& raw) {
        QuickerWriter changes(world.stores.changes, std::move(other));
        Conductor conductor(with(world.parts, world.stores.requests, changes));
        return conductor.reply(request, session, "mail", raw, {}, {}).value();
    };
    const auto extends = [&] { world.conductor.extend(request, session, {}).value(); };
    const auto wrong = late(extends, {{"code", "000000"}});
    EXPECT_EQ(wrong.request.step("mail")->problems.size(), 1U);
    EXPECT_TRUE(wrong.request.extended);
    const auto leaves = [&] { world.conductor.another_way(request, session).value(); };
    EXPECT_EQ(late(leaves, {{"code", code}}).request.step("mail")->state, StepState::passed);
    EXPECT_EQ(recorded("answer.right"), 1);
    EXPECT_EQ(recorded("answer.wrong"), 1);
}

TEST_P(Requests, TakeNoAnswerToAQuestionThatSomebodyQuickerReplaced) {
    begin("two", "amy");
    const Prompt prompt = choose("mail")->request.step("mail")->prompt;
    const std::string code = code_sent();
    world.stores.clock.set(not_before(prompt, "resend").value());
    QuickerWriter changes(world.stores.changes, [&] {
        ASSERT_TRUE(reply("mail", {{"action", "resend"}}));
    });
    Conductor late(with(world.parts, world.stores.requests, changes));
    const auto after = late.reply(request, session, "mail", {{"code", code}}, {}, {});
    EXPECT_EQ(after->request.step("mail")->state, StepState::asking);
}

TEST_P(Requests, SendNoSecondCodeToWhoAskedTwiceAtOnce) {
    begin("two", "amy");
    const Prompt prompt = choose("mail")->request.step("mail")->prompt;
    (void)sent();
    world.stores.clock.set(not_before(prompt, "resend").value());
    QuickerWriter changes(world.stores.changes,
                          [&] { ASSERT_TRUE(world.conductor.extend(request, session, {})); });
    Conductor late(with(world.parts, world.stores.requests, changes));
    ASSERT_TRUE(late.reply(request, session, "mail", {{"action", "resend"}}, {}, {}));
    EXPECT_THAT(sent(), IsEmpty()) << "the page that is shown tells that there was none";
}

TEST_P(Requests, RecordAnAnswerThatCameTooLate) {
    begin("two", "amy");
    ASSERT_TRUE(choose("mail"));
    QuickerWriter changes(world.stores.changes,
                          [&] { ASSERT_TRUE(world.conductor.cancel(request, session, {})); });
    Conductor late(with(world.parts, world.stores.requests, changes));
    const auto after = late.reply(request, session, "mail", {{"code", code_sent()}}, {}, {});
    EXPECT_EQ(after->request.state, RequestState::cancelled);
    EXPECT_EQ(recorded("answer.right"), 1);
}

TEST_P(Requests, TakeACodeOnceThatIsGivenInTwoAtOnce) {
    const auto draft = desk.open(amy, "codes", "", "mail", {}).value();
    const std::string sheet = draft.prompt.notices.back().verbatim;
    const RawAnswers code{{"code", sheet.substr(0, sheet.find('\n'))}};
    ASSERT_FALSE(desk.reply(amy, "codes", {{"saved", "on"}}, {}).value());
    begin("sheet", "amy");
    const RequestId first = request;
    ASSERT_TRUE(choose("codes"));
    begin("sheet", "amy");
    ASSERT_TRUE(choose("codes"));
    (void)sent();
    QuickerWriter changes(world.stores.changes, [&] {
        ASSERT_TRUE(world.conductor.reply(first, session, "codes", code, {}, {}));
    });
    Conductor late(with(world.parts, world.stores.requests, changes));
    const auto at = late.reply(request, session, "codes", code, {}, {});
    EXPECT_EQ(at->request.step("codes")->state, StepState::asking);
    EXPECT_EQ(recorded("answer.right"), 1);
    EXPECT_EQ(recorded("answer.wrong"), 1);
    EXPECT_EQ(sent().size(), 1U) << "one notice of one use";
}

TEST_P(Requests, AreRecordedWhenTheyAreVerifiedExhaustedAndLocked) {
    begin("two", "amy");
    ASSERT_TRUE(choose("mail"));
    EXPECT_EQ(look().delivery.state, Delivery::State::queued);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(reply("mail", {{"code", "000000"}}));
    EXPECT_EQ(recorded("attempts.exhausted"), 1);
    EXPECT_EQ(recorded("request.locked"), 1);
    EXPECT_EQ(recorded("request.verified"), 0);
    world.stores.clock.advance(Hours{24});
    begin("reset", "amy");
    (void)sent();
    pass_mail();
    EXPECT_EQ(recorded("request.verified"), 1);
    EXPECT_EQ(recorded("attempts.exhausted"), 1);
    EXPECT_EQ(recorded("request.locked"), 1);
}

TEST_P(Requests, AreShownAsSomebodyQuickerLeftThem) {
    const auto after = [&](auto call, auto other) {
        QuickerWriter changes(world.stores.changes, [&] { ASSERT_TRUE(other()); });
        Conductor late(with(world.parts, world.stores.requests, changes));
        return call(late).value().request.state;
    };
    const auto cancel = [&] { return world.conductor.cancel(request, session, {}); };
    const auto chosen = [&] {
        world.stores.clock.advance(Minutes{5});
        begin("two", "amy");
        ASSERT_TRUE(choose("mail"));
    };
    chosen();
    EXPECT_EQ(after([&](auto& late) { return late.another_way(request, session); }, cancel),
              RequestState::cancelled);
    chosen();
    EXPECT_EQ(after([&](auto& late) { return late.extend(request, session, {}); }, cancel),
              RequestState::cancelled);
    chosen();
    ASSERT_TRUE(world.conductor.another_way(request, session));
    EXPECT_EQ(
        after([&](auto& late) { return late.choose(request, session, "mail", "", {}); }, cancel),
        RequestState::cancelled);
    chosen();
    const auto extend = [&] { return world.conductor.extend(request, session, {}); };
    EXPECT_EQ(after([&](auto& late) { return late.cancel(request, session, {}); }, extend),
              RequestState::verifying);
}

TEST_P(Requests, AreShownAsTheyAreStored) {
    const auto expect_stored = [&](const Result<Proceeding>& shown) {
        ASSERT_TRUE(shown);
        EXPECT_EQ(shown->request.version, world.stores.requests.find(request)->version);
    };
    const auto choose = [&](const std::string& verification) {
        return world.conductor.choose(request, session, verification, "", {});
    };
    expect_stored(begin("reset", "amy"));
    expect_stored(choose("mail"));
    expect_stored(world.conductor.another_way(request, session));
    expect_stored(choose("mail"));
    expect_stored(world.conductor.extend(request, session, {}));
    expect_stored(world.conductor.reply(request, session, "mail", {{"code", "000000"}}, {}, {}));
    expect_stored(world.conductor.reply(request, session, "mail", {{"code", code_sent()}}, {}, {}));
    expect_stored(act());
    expect_stored(begin("reset", "amy"));
    expect_stored(world.conductor.cancel(request, session, {}));
    expect_stored(begin("reset", "amy"));
    world.stores.clock.advance(Hours{1});
    expect_stored(look());
}

ON_BOTH_DATABASES(Requests);

}  // namespace
}  // namespace latchkey
