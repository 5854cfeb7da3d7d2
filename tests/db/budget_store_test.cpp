#include "tests/db/stores_test.h"

#include <atomic>

namespace latchkey {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Budgets : public StoreTest {
 protected:
    Spent spend(std::vector<Budget> budgets, Milliseconds later = {}) {
        return stores.budgets.spend(budgets, kNewYear + later);
    }
    std::int64_t used(const std::string& key, Milliseconds later = {}) {
        return stores.budgets.used({key}, kNewYear + later).at(0);
    }
    static Budget three(std::optional<std::int64_t> expected = {}) {
        return {.key = "a", .limit = 3, .window = Hours{1}, .expected = expected};
    }
};

TEST_P(Budgets, AreSpentUpToTheLimit) {
    for (std::int64_t use = 1; use <= 3; ++use)
        EXPECT_THAT(spend({three()}).used, ElementsAre(use));
    const Spent refused = spend({three()}, Minutes{1});
    EXPECT_EQ(refused.refused, 0U);
    EXPECT_EQ(refused.until, kNewYear + Hours{1});
    EXPECT_FALSE(refused.unexpected);
    EXPECT_EQ(used("a"), 3);
}

TEST_P(Budgets, BeginAnewWhenTheWindowEnds) {
    for (int i = 0; i < 3; ++i) spend({three()}, Minutes{i});
    EXPECT_TRUE(spend({three()}, Hours{1} - Milliseconds{1}).refused);
    EXPECT_EQ(used("a", Hours{1}), 0);
    EXPECT_THAT(spend({three()}, Hours{1}).used, ElementsAre(1));
    EXPECT_EQ(used("a", Hours{2} - Milliseconds{1}), 1);
    EXPECT_EQ(used("a", Hours{2}), 0);
}

TEST_P(Budgets, AreSpentTogetherOrNotAtAll) {
    const Budget small{.key = "small", .limit = 1, .window = Hours{1}};
    EXPECT_THAT(spend({three(), small}).used, ElementsAre(1, 1));
    const Spent refused = spend({three(), small});
    EXPECT_EQ(refused.refused, 1U);
    EXPECT_THAT(refused.used, IsEmpty());
    EXPECT_EQ(used("a"), 1);
}

TEST_P(Budgets, OfNothingAreNeverSpent) {
    const Budget none{.key = "none", .limit = 0, .window = Hours{1}};
    EXPECT_TRUE(spend({none}).refused);
    EXPECT_EQ(used("none"), 0);
}

TEST_P(Budgets, AreSpentOnceByTheSameFormSentTwice) {
    EXPECT_THAT(spend({three(0)}).used, ElementsAre(1));
    const Spent again = spend({three(0)});
    EXPECT_TRUE(again.refused && again.unexpected);
    EXPECT_THAT(spend({three(1)}).used, ElementsAre(2));
    EXPECT_TRUE(spend({three(7)}).unexpected);
    EXPECT_EQ(used("a"), 2);
}

TEST_P(Budgets, ThatNobodyTouchedAreNotAsExpected) {
    EXPECT_TRUE(spend({three(1)}).unexpected);
    EXPECT_EQ(used("a"), 0);
}

TEST_P(Budgets, WhoseWindowIsOverCountAsUnused) {
    spend({three()});
    EXPECT_TRUE(spend({three(1)}, Hours{1}).unexpected);
    EXPECT_THAT(spend({three(0)}, Hours{1}).used, ElementsAre(1));
}

TEST_P(Budgets, HoldExactlyUnderTwoHundredParallelSpends) {
    const auto other_program = database.another();
    SqlBudgetStore other(*other_program);
    std::atomic<int> granted = 0;
    at_once(8, [&](std::size_t thread) {
        SqlBudgetStore& mine = thread % 2 ? other : stores.budgets;
        for (int i = 0; i < 25; ++i) {
            const Spent spent =
                mine.spend({{.key = "a", .limit = 5, .window = Hours{1}}}, kNewYear);
            if (!spent.refused) ++granted;
        }
    });
    EXPECT_EQ(granted, 5);
    EXPECT_EQ(used("a"), 5);
}

TEST_P(Budgets, AreCountedOnceWhenOneFormComesInParallel) {
    for (int round = 0; round < 5; ++round) {
        const Budget budget{
            .key = std::to_string(round), .limit = 9, .window = Hours{1}, .expected = 0};
        std::atomic<int> granted = 0;
        at_once(8, [&](std::size_t) {
            if (!spend({budget}).refused) ++granted;
        });
        EXPECT_EQ(granted, 1);
    }
}

TEST_P(Budgets, LieBesideBlocks) {
    const AccountId account{"amy"};
    const Block block{account, "pin", kNewYear + Minutes{15}, 1, kNewYear};
    database->write([&](Transaction& t) { stores.budgets.save(t, block); });
    Block longer = block;
    longer.until += Minutes{15};
    longer.level = 2;
    database->write([&](Transaction& t) { stores.budgets.save(t, longer); });
    const auto blocks = stores.budgets.blocks(account);
    ASSERT_EQ(blocks.size(), 1U);
    EXPECT_EQ(blocks[0].verification, "pin");
    EXPECT_EQ(blocks[0].until, longer.until);
    EXPECT_EQ(blocks[0].level, 2);
    EXPECT_EQ(blocks[0].at, kNewYear);
    EXPECT_THAT(stores.budgets.blocks(AccountId{"bob"}), IsEmpty());
}

ON_BOTH_DATABASES(Budgets);

}  // namespace
}  // namespace latchkey
