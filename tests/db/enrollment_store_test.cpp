#include "tests/db/stores_test.h"

namespace latchkey {
namespace {

const Query kData{"SELECT data FROM enrollment"};
const Query kDraftBody{"SELECT body FROM enrollment_draft"};

class Enrollments : public StoreTest {
 protected:
    const AccountId amy_id = stores.add(amy()).id;

    Enrollment enrollment(const std::string& verification = "soft-pin") const {
        return {.account = amy_id,
                .verification = verification,
                .state = EnrollmentState::proved,
                .data = {{"secret", "canary"}},
                .source = "user",
                .changed_at = kNewYear};
    }
    EnrollmentDraft draft() const {
        return {.account = amy_id,
                .verification = "soft-pin",
                .memory = {{"secret", "canary"}},
                .prompt = {.title = {"title", {}}},
                .problems = {{"pin", "too_short", {"problem.too_short", {}}}},
                .message = MessageId{"m"},
                .expires_at = kNewYear + Minutes{10}};
    }
    Result<void> commit(const Change& change) { return stores.changes.commit(change); }
};

TEST_P(Enrollments, ComeBackAsTheyWereSaved) {
    Enrollment saved = enrollment();
    ASSERT_TRUE(commit({.enrollments = {saved, enrollment("authenticator")}}));
    auto list = stores.enrollments.of(amy_id);
    ASSERT_EQ(list.size(), 2U);
    EXPECT_EQ(list[0].verification, "authenticator");
    EXPECT_EQ(list[1].data, saved.data);
    EXPECT_EQ(list[1].state, EnrollmentState::proved);
    EXPECT_EQ(list[1].source, "user");
    EXPECT_EQ(list[1].changed_at, kNewYear);
    EXPECT_FALSE(list[1].used_at);
    EXPECT_EQ(list[1].version, 1);

    list[1].used_at = kNewYear + Minutes{1};
    list[1].state = EnrollmentState::active;
    ASSERT_TRUE(commit({.enrollments = {list[1]}}));
    EXPECT_EQ(stores.enrollments.of(amy_id)[1].used_at, kNewYear + Minutes{1});
    EXPECT_EQ(stores.enrollments.of(amy_id)[1].state, EnrollmentState::active);
    EXPECT_TRUE(stores.enrollments.of(AccountId{"nobody"}).empty());
}

TEST_P(Enrollments, AreChangedOnceByTwoAtOnce) {
    ASSERT_TRUE(commit({.enrollments = {enrollment()}}));
    EXPECT_EQ(commit({.enrollments = {enrollment()}}).error().code, Errc::already_answered);
    const Enrollment loaded = stores.enrollments.of(amy_id).at(0);
    std::atomic<int> won = 0;
    at_once(8, [&](std::size_t) { won += commit({.enrollments = {loaded}}) ? 1 : 0; });
    EXPECT_EQ(won, 1);
}

TEST_P(Enrollments, AreSealedToTheirRow) {
    ASSERT_TRUE(commit({.enrollments = {enrollment("a"), enrollment("b")}}));
    EXPECT_EQ(stores.text(kData).find("canary"), std::string::npos);
    database.tamper(
        "UPDATE enrollment SET data = (SELECT data FROM enrollment WHERE verification = 'b')"
        " WHERE verification = 'a'");
    EXPECT_THROW(stores.enrollments.of(amy_id), BrokenSeal);
}

TEST_P(Enrollments, HaveDraftsThatComeBackAsTheyWere) {
    ASSERT_TRUE(commit({.drafts = {draft()}}));
    const auto found = stores.enrollments.draft(amy_id, "soft-pin").value();
    EXPECT_EQ(found.memory, draft().memory);
    EXPECT_EQ(found.prompt, draft().prompt);
    EXPECT_EQ(found.problems, draft().problems);
    EXPECT_EQ(found.message, MessageId{"m"});
    EXPECT_EQ(found.expires_at, draft().expires_at);
    EXPECT_EQ(found.version, 1);
    EXPECT_EQ(stores.text(kDraftBody).find("canary"), std::string::npos);
    EXPECT_FALSE(stores.enrollments.draft(amy_id, "another"));

    ASSERT_TRUE(commit({.dropped_drafts = {{amy_id, "soft-pin"}}}));
    EXPECT_FALSE(stores.enrollments.draft(amy_id, "soft-pin"));
}

TEST_P(Enrollments, HaveOneDraftUntilItsTimeIsOver) {
    ASSERT_TRUE(commit({.drafts = {draft()}}));
    EXPECT_EQ(commit({.drafts = {draft()}}).error().code, Errc::already_answered);
    stores.clock.set(draft().expires_at);
    EXPECT_TRUE(commit({.drafts = {draft()}}));
}

ON_BOTH_DATABASES(Enrollments);

}  // namespace
}  // namespace latchkey
