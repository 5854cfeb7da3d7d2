#include "tests/db/stores_test.h"

#include <fstream>
#include <set>

namespace latchkey {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using State = Delivery::State;

const Query kBodies{"SELECT COUNT(*) FROM message WHERE body IS NOT NULL"};

const Outcome kAccepted{Outcome::Kind::accepted, true, {}};
const Outcome kPeerGone{Outcome::Kind::temporary, false, {}};
const Outcome kMailboxBusy{Outcome::Kind::temporary, true, {}};
const Outcome kNoSuchMailbox{Outcome::Kind::permanent, true, {}};
const Outcome kPeerRefusesUs{Outcome::Kind::permanent, false, {}};

class Outbox : public StoreTest {
 protected:
    static Message message(const std::string& id, Lane lane = Lane::code) {
        return {.id = MessageId{id},
                .reference = "7KQF-M3PD",
                .lane = lane,
                .channel = "email",
                .to = "amy@example.org",
                .wording = "email_code",
                .locale = "en",
                .data = {{"code", "482913"}},
                .account = AccountId{"account-of-amy"},
                .request = RequestId{"request-1"},
                .created_at = kNewYear,
                .give_up_at = kNewYear + Minutes{10},
                .refunds = {"day"}};
    }
    void enqueue(const Message& message) {
        database->write([&](Transaction& t) {
            stores.messages.enqueue(t, message, stores.messages.sealed(message));
        });
    }
    std::vector<std::string> claim(const std::string& worker = "w1", Milliseconds later = {},
                                   std::size_t count = 10) {
        std::vector<std::string> ids;
        for (const auto& claimed :
             stores.messages.claim(worker, count, kNewYear + later, Minutes{1}))
            ids.push_back(claimed.message.id.text());
        return ids;
    }
    void settle(const Outcome& outcome, std::optional<Milliseconds> retry_after = {},
                Milliseconds later = {}, const std::string& worker = "w1") {
        const TimePoint now = kNewYear + later;
        stores.messages.settle(MessageId{"m"}, worker, outcome, now,
                               retry_after ? std::optional(now + *retry_after) : std::nullopt);
    }
    State state() { return stores.messages.delivery(MessageId{"m"}).state; }
    std::string last_activity() { return stores.log.page(INT64_MAX, 1).at(0).line; }
};

TEST_P(Outbox, GivesBackWhatWasPutIn) {
    enqueue(message("m"));
    const auto claimed = stores.messages.claim("w1", 1, kNewYear, Minutes{1}).at(0);
    EXPECT_EQ(claimed.attempts, 0);
    EXPECT_EQ(claimed.message.to, "amy@example.org");
    EXPECT_EQ(claimed.message.data, (Json{{"code", "482913"}}));
    EXPECT_EQ(claimed.message.locale, "en");
    EXPECT_EQ(claimed.message.wording, "email_code");
    EXPECT_EQ(claimed.message.reference, "7KQF-M3PD");
    EXPECT_EQ(claimed.message.give_up_at, kNewYear + Minutes{10});
    EXPECT_EQ(stores.messages.delivery(MessageId{"nobody's"}).state, State::none);
}

TEST_P(Outbox, SendsCodesBeforeNoticesAndBothBeforeReminders) {
    enqueue(message("bulk", Lane::bulk));
    enqueue(message("notice", Lane::notice));
    enqueue(message("code", Lane::code));
    EXPECT_THAT(claim(), ElementsAre("code", "notice", "bulk"));
}

TEST_P(Outbox, LendsAMessageToOneWorkerUntilTheLeaseEnds) {
    enqueue(message("m"));
    EXPECT_THAT(claim("w1"), ElementsAre("m"));
    EXPECT_THAT(claim("w2", Seconds{59}), IsEmpty());
    EXPECT_EQ(stores.messages.next_due(), kNewYear + Minutes{1});
    EXPECT_THAT(claim("w2", Minutes{1}), ElementsAre("m"));
    settle(kAccepted, {}, Minutes{1}, "w1");  // too late: w2 has it
    EXPECT_EQ(state(), State::queued);
    settle(kAccepted, {}, Minutes{1}, "w2");
    EXPECT_EQ(state(), State::accepted);
    EXPECT_FALSE(stores.messages.next_due());
}

TEST_P(Outbox, WipesWhatWasAccepted) {
    enqueue(message("m"));
    claim();
    settle(kAccepted, {}, Seconds{2});
    EXPECT_EQ(stores.number(kBodies), 0);
    const Delivery delivery = stores.messages.delivery(MessageId{"m"});
    EXPECT_EQ(delivery.state, State::accepted);
    EXPECT_EQ(delivery.at, kNewYear + Seconds{2});
    EXPECT_EQ(delivery.accepted_at, kNewYear + Seconds{2});
    EXPECT_THAT(last_activity(), HasSubstr("message.accepted"));
}

TEST_P(Outbox, TriesAgainWhenThePeerIsGone) {
    enqueue(message("m"));
    claim();
    settle(kPeerGone, Seconds{30}, Seconds{2});
    EXPECT_EQ(state(), State::delayed);
    EXPECT_THAT(claim("w1", Seconds{31}), IsEmpty());
    const auto again = stores.messages.claim("w1", 1, kNewYear + Seconds{32}, Minutes{1});
    ASSERT_THAT(again, SizeIs(1));
    EXPECT_EQ(again[0].attempts, 1);
}

TEST_P(Outbox, ShowsStrangersTheNormalCourseOfWhatConcernsOneRecipient) {
    for (const Outcome& outcome : {kMailboxBusy, kNoSuchMailbox}) {
        TestDatabase fresh(GetParam());
        SqlStores mine(*fresh);
        fresh->write([&](Transaction& t) {
            mine.messages.enqueue(t, message("m"), mine.messages.sealed(message("m")));
        });
        mine.messages.claim("w1", 1, kNewYear, Minutes{1});
        mine.messages.settle(MessageId{"m"}, "w1", outcome, kNewYear, kNewYear + Seconds{5});
        const Delivery delivery = mine.messages.delivery(MessageId{"m"});
        EXPECT_EQ(delivery.state, State::accepted);
        EXPECT_FALSE(delivery.accepted_at);
        // And takes it back for no later failure.
        mine.messages.claim("w1", 1, kNewYear + Seconds{5}, Minutes{1});
        mine.messages.settle(MessageId{"m"}, "w1", kPeerGone, kNewYear + Seconds{5}, {});
        EXPECT_EQ(mine.messages.delivery(MessageId{"m"}).state, State::accepted);
        EXPECT_EQ(mine.messages.delivery(MessageId{"m"}).at, kNewYear);
    }
}

TEST_P(Outbox, GivesTheSlotBackForAVisibleFailureOnly) {
    const auto used_after = [&](const Outcome& outcome) {
        TestDatabase fresh(GetParam());
        SqlStores mine(*fresh);
        const Budget day{.key = "day", .limit = 10, .window = Hours{24}};
        mine.changes.commit({.reserve = {day}, .messages = {message("m")}}).value();
        mine.messages.claim("w1", 1, kNewYear, Minutes{1});
        mine.messages.settle(MessageId{"m"}, "w1", outcome, kNewYear, {});
        return mine.budgets.used({"day"}, kNewYear).at(0);
    };
    EXPECT_EQ(used_after(kPeerRefusesUs), 0);
    EXPECT_EQ(used_after(kPeerGone), 0);
    EXPECT_EQ(used_after(kNoSuchMailbox), 1);
    EXPECT_EQ(used_after(kAccepted), 1);
}

TEST_P(Outbox, EndsWithARefusalOrWhenNothingIsLeftToTry) {
    enqueue(message("m"));
    claim();
    settle(kPeerGone, Minutes{10});  // at the instant at which it would be worthless
    EXPECT_EQ(state(), State::refused);
    EXPECT_EQ(stores.number(kBodies), 0);
    EXPECT_THAT(last_activity(), HasSubstr("given_up"));
    EXPECT_THAT(claim("w1", Minutes{9}), IsEmpty());
}

TEST_P(Outbox, NeverSendsWhatIsPastItsTime) {
    enqueue(message("m"));
    EXPECT_THAT(claim("w1", Minutes{10}), IsEmpty());
    EXPECT_EQ(state(), State::refused);
    EXPECT_EQ(stores.number(kBodies), 0);
    EXPECT_THAT(last_activity(), HasSubstr("given_up"));
}

TEST_P(Outbox, RepeatsOnceWhatAWorkerTookToItsGrave) {
    enqueue(message("m"));
    EXPECT_THAT(claim("w1", Minutes{0}), SizeIs(1));
    EXPECT_THAT(claim("w2", Minutes{1}), SizeIs(1));
    EXPECT_THAT(claim("w3", Minutes{2}), IsEmpty());
    EXPECT_EQ(state(), State::refused);
    EXPECT_THAT(last_activity(), HasSubstr("no_outcome"));
}

TEST_P(Outbox, KnowsByReferenceOnlyWhatAPeerReallyTook) {
    Message ours = message("m");
    ours.reference = "7KQF-M3PD";
    Message decoy = message("d");
    decoy.reference = "DECO-YYYY";
    decoy.decoy = true;
    enqueue(ours);
    enqueue(decoy);
    EXPECT_FALSE(stores.messages.sent("7KQF-M3PD"));
    stores.messages.claim("w1", 10, kNewYear, Minutes{1});
    for (const char* id : {"m", "d"})
        stores.messages.settle(MessageId{id}, "w1", {.kind = Outcome::Kind::accepted},
                               kNewYear + Minutes{1}, {});
    const auto sent = stores.messages.sent("7KQF-M3PD");
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->at, kNewYear + Minutes{1});
    EXPECT_EQ(sent->channel, ours.channel);
    EXPECT_EQ(sent->wording, ours.wording);
    EXPECT_FALSE(stores.messages.sent("DECO-YYYY"));
    EXPECT_FALSE(stores.messages.sent(""));
}

TEST_P(Outbox, IsNotStoppedByAMessageThatCannotBeRead) {
    enqueue(message("m"));
    enqueue(message("n"));
    database.tamper(
        "UPDATE message SET body = (SELECT body FROM message WHERE id = 'n') WHERE id = 'm'");
    EXPECT_THAT(claim(), ElementsAre("n"));
    EXPECT_EQ(state(), State::refused);
    EXPECT_THAT(last_activity(), HasSubstr("unreadable"));
}

TEST_P(Outbox, GivesUpInTimeOnAMessageThatCannotBeRead) {
    enqueue(message("m"));
    database.tamper("UPDATE message SET body = 'k1.nonsense'");
    EXPECT_THAT(claim("w1", Minutes{10}), IsEmpty());
    EXPECT_EQ(state(), State::refused);
}

TEST_P(Outbox, SendsAThousandMessagesOnceEachWithTwoWorkersInTwoPrograms) {
    constexpr std::size_t kCount = 1000;
    database->write([&](Transaction& t) {
        for (std::size_t i = 0; i < kCount; ++i) {
            const Message one = message(std::to_string(i));
            stores.messages.enqueue(t, one, stores.messages.sealed(one));
        }
    });
    const auto other_program = database.another();
    SqlStores others(*other_program);
    std::vector<std::vector<std::string>> sent(2);
    at_once(2, [&](std::size_t i) {
        SqlMessageStore& outbox = i == 0 ? stores.messages : others.messages;
        const std::string worker = std::to_string(i);
        while (true) {
            const auto claimed = outbox.claim(worker, 10, kNewYear, Minutes{1});
            if (claimed.empty()) return;
            for (const auto& one : claimed) {
                sent[i].push_back(one.message.id.text());
                outbox.settle(one.message.id, worker, kAccepted, kNewYear, {});
            }
        }
    });
    std::set<std::string> different(sent[0].begin(), sent[0].end());
    different.insert(sent[1].begin(), sent[1].end());
    EXPECT_EQ(sent[0].size() + sent[1].size(), kCount);
    EXPECT_EQ(different.size(), kCount);
    EXPECT_FALSE(stores.log.verify());
}

/// L11, F29: what waits in another lane is neither taken before a code nor looked through for it.
TEST_P(Outbox, HandsOutACodeBeforeAHundredThousandReminders) {
    const auto cost_of_a_claim = [&](const std::string& id) {
        enqueue(message(id));
        const auto before = database->statements();
        EXPECT_THAT(claim("w", {}, 1), ElementsAre(id));
        return database->statements() - before;
    };
    const auto alone = cost_of_a_claim("first");
    database.tamper(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)"
        " INSERT INTO message (id, reference, lane, channel, wording, account, request, decoy,"
        " created_at, give_up_at, state, due_at, worker, attempts, open_claims, shown_state,"
        " shown_at, body, campaign) SELECT 'r' || i, 'r' || i, 2, 'email', 'w', 'a', '', 0, 0,"
        " 4000000000000, 'queued', 0, '', 0, 0, 'queued', 0, 'x', '' FROM n");
    EXPECT_EQ(cost_of_a_claim("second"), alone);
    EXPECT_EQ(stores.messages.next_due(), from_millis(0));
}

/// A reminder is sent while its campaign runs, whatever was queued.
TEST_P(Outbox, KeepsReminderOfACampaignThatDoesNotRun) {
    Message reminder = message("r", Lane::bulk);
    reminder.campaign = "drive";
    enqueue(reminder);
    EXPECT_THAT(claim(), IsEmpty()) << "there is no such campaign";
    const auto put = [&](const std::string& state) {
        database.tamper("DELETE FROM campaign");
        database.tamper(
            "INSERT INTO campaign (name, state, body, reason, version, round, reached, worker,"
            " leased_until) VALUES ('drive', '" +
            state + "', '{}', '{}', 1, 0, '', '', 0)");
    };
    for (const char* state : {"draft", "paused", "cancelled"}) {
        put(state);
        EXPECT_THAT(claim(), IsEmpty()) << state;
    }
    put("running");
    EXPECT_THAT(claim(), ElementsAre("r"));
}

ON_BOTH_DATABASES(Outbox);

std::string bytes_of_file(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(OutboxFile, HoldsNeitherCodeNorRecipient) {
    TestDatabase database(Backend::sqlite);
    SqlStores stores(*database);
    Message message{.id = MessageId{"m"},
                    .wording = "email_code",
                    .data = {{"code", "482913"}},
                    .created_at = kNewYear,
                    .give_up_at = kNewYear + Minutes{10}};
    message.channel = "email";
    message.to = "canary@example.org";
    stores.changes.commit({.messages = {message}}).value();
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(database.folder())) {
        const std::string bytes = bytes_of_file(entry.path());
        EXPECT_THAT(bytes, Not(HasSubstr("482913"))) << entry.path();
        EXPECT_THAT(bytes, Not(HasSubstr("canary"))) << entry.path();
        files += bytes.find("email_code") != std::string::npos ? 1 : 0;
    }
    EXPECT_GE(files, 1U) << "the message is in none of the files: nothing was looked at";
}

}  // namespace
}  // namespace latchkey
