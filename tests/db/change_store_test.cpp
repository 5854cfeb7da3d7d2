#include "tests/db/stores_test.h"

#include <atomic>

namespace latchkey {
namespace {

const Query kStoredState{"SELECT state FROM reset_request"};
const Query kPasses{"SELECT COUNT(*) FROM request_pass"};
const Query kMessages{"SELECT COUNT(*) FROM message"};
const Query kOpenBodies{"SELECT COUNT(*) FROM message WHERE body IS NOT NULL"};

class Changes : public StoreTest {
 protected:
    const Account person = stores.add(amy(), "first password");
    const Process process = ProcessBuilder().required("word").optional("other").build();

    /// A new request, committed.
    ResetRequest begun(const std::string& id = "request-1") {
        ResetRequest request = request_for(process);
        request.id = RequestId{id};
        request.account = person.id;
        EXPECT_TRUE(commit({.request = Change::RequestChange{request}}));
        return load(id);
    }
    ResetRequest load(const std::string& id = "request-1") {
        return stores.requests.find(RequestId{id}).value();
    }
    /// A request for which these have passed.
    ResetRequest verified(const std::vector<std::string>& passed) {
        begun();
        for (const auto& verification : passed) {
            Change::RequestChange change{load(), verification};
            change.request.state = RequestState::verified;
            EXPECT_TRUE(commit({.request = change}));
        }
        Change::RequestChange change{load()};
        change.request.state = RequestState::verified;
        EXPECT_TRUE(commit({.request = change}));
        return load();
    }
    /// The act that the process demands, with a new password.
    Change act(ResetRequest request) {
        request.state = RequestState::completed;
        Change change{.request = Change::RequestChange{request}};
        change.act = Change::Act{.required = {"word"}, .optional = {"other"}};
        change.act->credential =
            stores.credentials.prepare(person.id, Secret("new password"), 0).value();
        change.activities.push_back(happened(ActivityType::request_completed));
        return change;
    }
    Result<void> commit(const Change& change) { return stores.changes.commit(change); }
    bool signs_in(const std::string& password) {
        return stores.credentials.sign_in(person.id, Secret(password)).has_value();
    }
    void expect_refused(const Change& change, Errc code) {
        const auto entries = stores.log.head().sequence;
        const auto done = commit(change);
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code, code);
        EXPECT_EQ(stores.log.head().sequence, entries) << "a refusal left something behind";
        EXPECT_TRUE(signs_in("first password"));
    }
    static Message code_message(const std::string& id) {
        return {.id = MessageId{id},
                .reference = "R",
                .channel = "email",
                .to = "amy@example.org",
                .wording = "code",
                .account = AccountId{"account-of-amy"},
                .request = RequestId{"request-1"},
                .created_at = kNewYear,
                .give_up_at = kNewYear + Minutes{10}};
    }
};

TEST_P(Changes, KeepARequestAsItWas) {
    ResetRequest request = request_for(process);
    request.decoy = true;
    request.steps[0].memory = {{"code", "123456"}};
    request.steps[0].state = StepState::asking;
    request.current = "word";
    ASSERT_TRUE(commit({.request = Change::RequestChange{request}}));
    const ResetRequest found = load();
    EXPECT_EQ(found.version, 1);
    request.version = 1;
    EXPECT_EQ(Json(found), Json(request));
    EXPECT_FALSE(stores.requests.find(RequestId{"another"}));
    EXPECT_EQ(stores.requests.find_by_reference(request.reference)->id, request.id);
}

TEST_P(Changes, OfAnOlderCopyAreRefused) {
    const ResetRequest request = begun();
    EXPECT_TRUE(commit({.request = Change::RequestChange{request}}));
    expect_refused({.request = Change::RequestChange{request}}, Errc::already_answered);
    expect_refused({.request = Change::RequestChange{request_for(process)}},
                   Errc::already_answered);
}

TEST_P(Changes, OfTheSameVersionAreTakenOnce) {
    for (int round = 0; round < 3; ++round) {
        const ResetRequest request = begun(std::to_string(round));
        const auto other_program = database.another();
        SqlStores others(*other_program);
        std::atomic<int> won = 0;
        at_once(32, [&](std::size_t thread) {
            Change change{.request = Change::RequestChange{request}};
            change.messages.push_back(
                code_message(std::to_string(round) + "/" + std::to_string(thread)));
            won += (thread % 2 ? others : stores).changes.commit(change) ? 1 : 0;
        });
        EXPECT_EQ(won, 1);
    }
    EXPECT_EQ(stores.number(kMessages), 3);
}

TEST_P(Changes, LeaveNothingBehindWhenAReservationFails) {
    const ResetRequest request = begun();
    const Budget once{
        .key = "again", .limit = 1, .window = Minutes{2}, .refusal = Errc::resend_too_soon};
    Change change{.request = Change::RequestChange{request}};
    change.reserve = {once};
    change.messages = {code_message("m1")};
    ASSERT_TRUE(commit(change));

    change.request->request = load();
    change.request->passed = "word";
    change.messages = {code_message("m2")};
    stores.clock.advance(Minutes{1});
    const auto refused = commit(change);
    EXPECT_EQ(refused.error().code, Errc::resend_too_soon);
    EXPECT_EQ(refused.error().until, kNewYear + Minutes{2});
    EXPECT_EQ(load().version, 2);
    EXPECT_EQ(stores.number(kMessages), 1);
    EXPECT_EQ(stores.number(kPasses), 0);
    stores.clock.advance(Minutes{1});
    EXPECT_TRUE(commit(change));
}

TEST_P(Changes, UseALinkOnce) {
    const NoticeLink link{"digest", person.id, kNewYear + Hours{72}};
    ASSERT_TRUE(commit({.links = {link}}));
    EXPECT_TRUE(stores.links.find("digest", kNewYear));
    EXPECT_FALSE(stores.links.find("digest", link.expires_at));
    const Block freeze{person.id, "", kNewYear + Hours{72}, 1, kNewYear};
    EXPECT_TRUE(commit({.blocks = {freeze}, .used_links = {"digest"}}));
    expect_refused({.used_links = {"digest"}}, Errc::already_answered);
    expect_refused({.used_links = {"unknown"}}, Errc::already_answered);
    EXPECT_FALSE(stores.links.find("digest", kNewYear));
}

TEST_P(Changes, BeginBudgetsAnewAndClearBlocks) {
    const Budget budget{.key = "a", .limit = 5, .window = Hours{1}};
    ASSERT_TRUE(
        commit({.reserve = {budget}, .blocks = {{person.id, "word", kNewYear, 1, kNewYear}}}));
    ASSERT_TRUE(commit({.clear = {"a"}, .cleared_blocks = {person.id}}));
    EXPECT_EQ(stores.budgets.used({"a"}, kNewYear).at(0), 0);
    EXPECT_TRUE(stores.budgets.blocks(person.id).empty());
}

// The act (S31)
// ------------------------------------------------------------------------------------

TEST_P(Changes, ActWhenEverythingIsProved) {
    ASSERT_TRUE(commit(act(verified({"word"}))));
    EXPECT_EQ(load().state, RequestState::completed);
    EXPECT_TRUE(signs_in("new password"));
    EXPECT_FALSE(signs_in("first password"));
    EXPECT_EQ(stores.requests.last_success(person.id, process.name), kNewYear);
    EXPECT_FALSE(stores.requests.last_success(person.id, "another"));
}

TEST_P(Changes, ActOnceForManyParallelActs) {
    const Change change = act(verified({"word"}));
    std::atomic<int> won = 0;
    at_once(16, [&](std::size_t) { won += commit(change) ? 1 : 0; });
    EXPECT_EQ(won, 1);
}

TEST_P(Changes, DoNotActWithoutTheRequiredPass) {
    expect_refused(act(verified({})), Errc::request_closed);
}

TEST_P(Changes, DoNotActOnTheWrongPass) {
    expect_refused(act(verified({"other"})), Errc::request_closed);
}

TEST_P(Changes, DoNotActOnThePassOfAnotherRequest) {
    Change::RequestChange elsewhere{begun("request-2"), "word"};
    ASSERT_TRUE(commit({.request = elsewhere}));
    expect_refused(act(verified({})), Errc::request_closed);
}

TEST_P(Changes, DoNotActWithoutEnoughOptionalPasses) {
    Change change = act(verified({"word"}));
    change.act->optional_needed = 1;
    expect_refused(change, Errc::request_closed);
}

TEST_P(Changes, ActWithEnoughOptionalPasses) {
    Change change = act(verified({"word", "other"}));
    change.act->optional_needed = 1;
    EXPECT_TRUE(commit(change));
}

TEST_P(Changes, DoNotActForAProcessThatDemandsNothing) {
    Change change = act(verified({"word"}));
    change.act->required.clear();
    change.act->optional.clear();
    expect_refused(change, Errc::request_closed);
}

TEST_P(Changes, DoNotActOnARequestThatIsNotVerified) {
    Change::RequestChange passed{begun(), "word"};
    ASSERT_TRUE(commit({.request = passed}));
    expect_refused(act(load()), Errc::request_closed);
}

TEST_P(Changes, DoNotActAtTheInstantOfExpiry) {
    const Change change = act(verified({"word"}));
    stores.clock.set(change.request->request.expires_at);
    expect_refused(change, Errc::request_closed);
    stores.clock.advance(Milliseconds{-1});
    EXPECT_TRUE(commit(change));
}

TEST_P(Changes, DoNotActForAFrozenAccount) {
    const Change change = act(verified({"word"}));
    const TimePoint until = kNewYear + Hours{72};
    ASSERT_TRUE(commit({.blocks = {{person.id, "", until, 1, kNewYear}}}));
    expect_refused(change, Errc::blocked);
    EXPECT_EQ(commit(change).error().until, until);
    ASSERT_TRUE(commit({.cleared_blocks = {person.id}}));
    ASSERT_TRUE(commit({.blocks = {{person.id, "word", until, 1, kNewYear}}}));
    EXPECT_TRUE(commit(change)) << "one blocked verification does not undo what was proved";
}

TEST_P(Changes, DoNotActOnAPasswordThatWasReplacedMeanwhile) {
    const Change change = act(verified({"word"}));
    const auto newer = stores.credentials.prepare(person.id, Secret("newer password"), 0).value();
    database->write([&](Transaction& t) { stores.credential_rows.replace(t, newer, kNewYear); });
    EXPECT_EQ(commit(change).error().code, Errc::already_answered);
    EXPECT_EQ(load().state, RequestState::verified);
}

TEST_P(Changes, CannotCompleteARequestWithoutAnAct) {
    ResetRequest request = verified({"word"});
    request.state = RequestState::completed;
    EXPECT_THROW(static_cast<void>(commit({.request = Change::RequestChange{request}})),
                 std::logic_error);
}

TEST_P(Changes, EndEverythingElseOfTheAccount) {
    const Change completing = act(verified({"word"}));
    begun("request-2");
    Message other = code_message("m2");
    other.request = RequestId{"request-2"};
    Message notice = code_message("m3");
    notice.lane = Lane::notice;
    const Session signed_in{.id = SessionId{"s1"}, .digest = "d1", .account = person.id};
    const Session here{.id = SessionId{"s2"}, .digest = "d2", .account = person.id};
    const Session stranger{.id = SessionId{"s3"}, .digest = "d3"};
    for (const Session& session : {signed_in, here, stranger}) stores.sessions.save(session);
    ASSERT_TRUE(commit({.messages = {other, notice}}));

    Change change = completing;
    change.ended = person.id;
    change.session = stores.sessions.find("d2");
    change.messages = {code_message("m1")};
    ASSERT_TRUE(commit(change));
    EXPECT_EQ(load("request-2").state, RequestState::cancelled);
    EXPECT_FALSE(stores.sessions.find("d1"));
    EXPECT_TRUE(stores.sessions.find("d2"));
    EXPECT_TRUE(stores.sessions.find("d3"));
    EXPECT_EQ(stores.number(kOpenBodies), 2) << "the code of the other request is gone";
}

TEST_P(Changes, ThatFailInTheMiddleLeaveNothing) {
    const Change good = act(verified({"word"}));
    Change change = good;
    change.links = {{"digest", person.id, kNewYear}, {"digest", person.id, kNewYear}};
    EXPECT_THROW(static_cast<void>(commit(change)), ConstraintViolation);
    EXPECT_EQ(load().state, RequestState::verified);
    EXPECT_TRUE(signs_in("first password"));
    EXPECT_TRUE(commit(good));
}

TEST_P(Changes, HideWhatARequestHolds) {
    ResetRequest request = request_for(process);
    request.steps[0].memory = {{"canary", "482913"}};
    ASSERT_TRUE(commit({.request = Change::RequestChange{request}}));
    static const Query kBody{"SELECT body FROM reset_request"};
    EXPECT_EQ(stores.text(kBody).find("482913"), std::string::npos);
    ASSERT_TRUE(begun("request-2").version == 1);
    database.tamper(
        "UPDATE reset_request SET body = (SELECT body FROM reset_request WHERE id = 'request-2')"
        " WHERE id = 'request-1'");
    EXPECT_THROW(load(), BrokenSeal);
}

TEST_P(Changes, StayReadableWhenTheStateChangesBesideTheSeal) {
    begun();
    database.tamper("UPDATE reset_request SET state = 'cancelled'");
    EXPECT_EQ(load().state, RequestState::cancelled);
    EXPECT_EQ(stores.text(kStoredState), "cancelled");
}

ON_BOTH_DATABASES(Changes);

}  // namespace
}  // namespace latchkey
