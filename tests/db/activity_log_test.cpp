#include "tests/db/stores_test.h"

namespace latchkey {
namespace {

const Query kEntries{"SELECT COUNT(*) FROM activity"};

class ActivityLog : public StoreTest {
 protected:
    /// Five entries.
    void write_some() {
        database->write([&](Transaction& t) {
            stores.log.append(t, {happened(), happened(ActivityType::challenge_opened)});
        });
        for (int i = 0; i < 3; ++i) stores.log.append(happened(ActivityType::answer_wrong));
    }
    void expect_fault(std::int64_t sequence, const std::string& reason) {
        const auto fault = stores.log.verify();
        ASSERT_TRUE(fault) << "nothing was noticed";
        EXPECT_EQ(fault->sequence, sequence);
        EXPECT_EQ(fault->reason, reason);
    }
};

TEST_P(ActivityLog, IsWholeWhenNobodyTouchedIt) {
    EXPECT_FALSE(stores.log.verify());
    write_some();
    EXPECT_FALSE(stores.log.verify());
    EXPECT_EQ(stores.log.head().sequence, 5);
}

TEST_P(ActivityLog, IsReadFromItsEnd) {
    write_some();
    const auto page = stores.log.page(INT64_MAX, 2);
    ASSERT_EQ(page.size(), 2U);
    EXPECT_EQ(page[0].sequence, 5);
    EXPECT_EQ(page[1].sequence, 4);
    EXPECT_EQ(Json::parse(page[0].line).at("type"), "answer.wrong");
    EXPECT_EQ(stores.log.page(page[1].sequence, 10).size(), 3U);
    EXPECT_EQ(stores.log.page(AccountId{"account-of-amy"}, INT64_MAX, 10).size(), 5U);
    EXPECT_EQ(stores.log.page(AccountId{"somebody"}, INT64_MAX, 10).size(), 0U);
}

TEST_P(ActivityLog, ShowsAnEditedLine) {
    write_some();
    database.tamper(
        "UPDATE activity SET line = replace(line, 'person', 'system') WHERE sequence = 3");
    expect_fault(3, "changed");
}

TEST_P(ActivityLog, ShowsADeletedEntry) {
    write_some();
    database.tamper("DELETE FROM activity WHERE sequence = 2");
    expect_fault(2, "missing");
}

TEST_P(ActivityLog, ShowsSwappedEntries) {
    write_some();
    database.tamper(
        "UPDATE activity SET sequence = 99 WHERE sequence = 2;"
        "UPDATE activity SET sequence = 2 WHERE sequence = 4;"
        "UPDATE activity SET sequence = 4 WHERE sequence = 99");
    expect_fault(2, "changed");
}

TEST_P(ActivityLog, ShowsACutTail) {
    write_some();
    database.tamper("DELETE FROM activity WHERE sequence > 3");
    expect_fault(4, "missing");
}

TEST_P(ActivityLog, ShowsACutTailWithAFittingHead) {
    write_some();
    const std::string cut =
        "DELETE FROM activity WHERE sequence > 3;"
        "UPDATE activity_head SET sequence = 3, link ="
        " (SELECT link FROM activity WHERE sequence = 3)";
    database.tamper(cut);
    expect_fault(3, "head");
    stores.log.append(happened());  // what is written later does not hide it
    expect_fault(4, "head");
}

TEST_P(ActivityLog, ShowsAnEntryFiledUnderSomebodyElse) {
    write_some();
    database.tamper("UPDATE activity SET account = 'bob' WHERE sequence = 1");
    expect_fault(1, "misfiled");
}

TEST_P(ActivityLog, CannotBeContinuedWithoutTheKey) {
    write_some();
    SqlStores stranger(*database, test_ring('b'));
    stranger.log.append(happened());
    expect_fault(6, "changed");
}

TEST_P(ActivityLog, PutBackAsAWholeIsShownByARememberedHead) {
    write_some();
    const ActivityHead remembered = stores.log.head();
    EXPECT_FALSE(stores.log.verify(remembered));
    database.tamper(
        "DELETE FROM activity;"
        "UPDATE activity_head SET sequence = 0, link = '', proof = ''");
    EXPECT_FALSE(stores.log.verify());
    EXPECT_EQ(stores.log.verify(remembered)->sequence, 1);
    write_some();
    stores.log.append(happened());
    EXPECT_EQ(stores.log.verify(ActivityHead{5, "another"})->sequence, 5);
}

TEST_P(ActivityLog, HasNeitherGapNorForkWhenManyWrite) {
    const auto other_program = database.another();
    SqlStores others(*other_program);
    at_once(6, [&](std::size_t thread) {
        SqlActivityLog& log = thread % 2 ? others.log : stores.log;
        for (int i = 0; i < 20; ++i) log.append(happened());
    });
    EXPECT_EQ(stores.number(kEntries), 120);
    EXPECT_FALSE(stores.log.verify());
}

ON_BOTH_DATABASES(ActivityLog);

}  // namespace
}  // namespace latchkey
