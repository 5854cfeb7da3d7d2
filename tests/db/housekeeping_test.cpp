#include "db/stores/housekeeping.h"

#include "tests/db/stores_test.h"

namespace latchkey {
namespace {

const Query kRows{
    "SELECT (SELECT COUNT(*) FROM budget) + (SELECT COUNT(*) FROM enrollment_draft)"
    " + (SELECT COUNT(*) FROM notice_link) + (SELECT COUNT(*) FROM session)"
    " + (SELECT COUNT(*) FROM block) + (SELECT COUNT(*) FROM reset_request)"
    " + (SELECT COUNT(*) FROM request_pass) + (SELECT COUNT(*) FROM message)"
    " + (SELECT COUNT(*) FROM campaign_reach)"};

class Housekeeping : public StoreTest {};

TEST_P(Housekeeping, DeletesEachThingWhenItsTimeIsOver) {
    const Account person = stores.add(amy());
    Change change{.request = Change::RequestChange{
                      request_for(ProcessBuilder().required("word").build()), "word"}};
    change.drafts = {{.account = person.id, .verification = "v", .expires_at = kNewYear}};
    change.reserve = {{.key = "a", .limit = 1, .window = Hours{1}}};
    change.blocks = {{person.id, "", kNewYear, 1, kNewYear}};
    change.links = {{"digest", person.id, kNewYear + Hours{72}}};
    change.messages = {{.id = MessageId{"m"}, .created_at = kNewYear, .give_up_at = kNewYear}};
    change.session = Session{.id = SessionId{"s"}, .digest = "d", .seen_at = kNewYear};
    stores.changes.commit(change).value();
    stores.campaigns.add(expiry_campaign("v"), nullptr);
    stores.campaigns.plan(expiry_campaign("v"), {"w", kNewYear, kNewYear},
                          {{{.id = MessageId{"r"}, .account = person.id, .created_at = kNewYear},
                            {.due = kNewYear, .until = kNewYear + std::chrono::days{30}}}},
                          kNewYear, {});

    const auto left_after = [&](Milliseconds time) {
        purge(*database, kNewYear + time);
        return stores.number(kRows);
    };
    EXPECT_EQ(left_after(Minutes{-1}), 10);
    EXPECT_EQ(left_after(Minutes{0}), 9);                 // the draft
    EXPECT_EQ(left_after(Hours{1}), 8);                   // the budget
    EXPECT_EQ(left_after(Hours{24}), 7);                  // the session
    EXPECT_EQ(left_after(Hours{72}), 6);                  // the link
    EXPECT_EQ(left_after(std::chrono::days{30}), 5);      // the block
    stores.messages.claim("w", 1, kNewYear, Minutes{1});  // which closes them, being too late
    EXPECT_EQ(left_after(std::chrono::days{91}), 1);
    EXPECT_EQ(left_after(std::chrono::days{120}), 0);  // whom a reminder reached
    EXPECT_FALSE(stores.log.verify());
}

TEST_P(Housekeeping, DeletesMoreThanOnePiece) {
    database->write([&](Transaction& t) {
        for (int i = 0; i < 1200; ++i)
            stores.budgets.spend(
                t, {{.key = std::to_string(i), .limit = 1, .window = Milliseconds{i / 600}}},
                kNewYear);
    });
    EXPECT_EQ(purge(*database, kNewYear), 600);
    EXPECT_EQ(purge(*database, kNewYear + Milliseconds{1}), 600);
}

ON_BOTH_DATABASES(Housekeeping);

}  // namespace
}  // namespace latchkey
