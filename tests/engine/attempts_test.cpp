#include "engine/attempts.h"

#include "tests/support/fixed_clock.h"

#include <gtest/gtest.h>
#include <limits>
#include <set>

namespace latchkey {
namespace {

const AccountId kAmy{"amy"};

Block block(const std::string& verification, TimePoint until, std::int64_t level = 1) {
    return {kAmy, verification, until, level, kNewYear};
}

TEST(BlockLength, DoublesUpToTheLongest) {
    const Minutes expected[] = {Minutes{15},   Minutes{30},  Minutes{60},  Minutes{120},
                                Minutes{240},  Minutes{480}, Minutes{960}, Minutes{1440},
                                Minutes{1440}, Minutes{1440}};
    for (std::int64_t level = 1; level <= 10; ++level)
        EXPECT_EQ(block_length(level, Minutes{15}, Hours{24}), expected[level - 1]) << level;
}

TEST(BlockLength, IsNeverBeyondTheLongest) {
    EXPECT_EQ(block_length(std::numeric_limits<std::int64_t>::max(), Seconds{60}, Hours{168}),
              Hours{168});
    EXPECT_EQ(block_length(1, Hours{24}, Minutes{1}), Minutes{1});
    EXPECT_EQ(block_length(9, Hours{1}, Hours{1}), Hours{1});
    EXPECT_EQ(block_length(3, Minutes{15}, Minutes{50}), Minutes{50}) << "60 would be too long";
}

TEST(NextLevel, GrowsWhileTheLastBlockIsRemembered) {
    const TimePoint end = kNewYear + Hours{1};
    EXPECT_EQ(next_level({}, kNewYear, Hours{24}), 1);
    for (std::int64_t level = 1; level < 10; ++level) {
        const auto last = block("v", end, level);
        EXPECT_EQ(next_level(last, end - Milliseconds{1}, Hours{24}), level + 1);
        EXPECT_EQ(next_level(last, end, Hours{24}), level + 1);
        EXPECT_EQ(next_level(last, end + Hours{24} - Milliseconds{1}, Hours{24}), level + 1);
        EXPECT_EQ(next_level(last, end + Hours{24}, Hours{24}), 1);
        EXPECT_EQ(next_level(last, end + Hours{1000}, Hours{24}), 1);
    }
}

TEST(NextLevel, KeepsAPersistentGuesserBlockedAlmostAlways) {
    // Fails the moment each block ends, for a month.
    TimePoint now = kNewYear;
    std::optional<Block> last;
    int blocks = 0;
    while (now < kNewYear + Hours{24 * 30}) {
        const auto level = next_level(last, now, Hours{24});
        last = block("v", now + block_length(level, Minutes{15}, Hours{24}), level);
        now = last->until;
        ++blocks;
    }
    EXPECT_LE(blocks, 37) << "seven short ones, then one a day";
}

TEST(BlockedUntil, HoldsToTheLastMillisecondAndNoLonger) {
    const TimePoint end = kNewYear + Minutes{15};
    const std::vector<Block> blocks{block("v", end)};
    EXPECT_EQ(blocked_until(blocks, "v", kNewYear), end);
    EXPECT_EQ(blocked_until(blocks, "v", end - Milliseconds{1}), end);
    EXPECT_EQ(blocked_until(blocks, "v", end), std::nullopt);
    EXPECT_EQ(blocked_until(blocks, "v", end + Milliseconds{1}), std::nullopt);
}

TEST(BlockedUntil, LooksAtThisVerificationAndAtWhatBlocksEverything) {
    const TimePoint soon = kNewYear + Minutes{1};
    const TimePoint late = kNewYear + Minutes{9};
    EXPECT_EQ(blocked_until({}, "v", kNewYear), std::nullopt);
    EXPECT_EQ(blocked_until({block("w", late)}, "v", kNewYear), std::nullopt);
    EXPECT_EQ(blocked_until({block("", late)}, "v", kNewYear), late);
    EXPECT_EQ(blocked_until({block("", soon), block("v", late)}, "v", kNewYear), late);
    EXPECT_EQ(blocked_until({block("", late), block("v", soon)}, "v", kNewYear), late);
    EXPECT_EQ(blocked_until({block("v", late), block("v", soon)}, "v", kNewYear), late);
    EXPECT_EQ(blocked_until({block("v", late)}, "", kNewYear), std::nullopt)
        << "a blocked verification does not freeze the account";
    EXPECT_EQ(blocked_until({block("", kNewYear), block("v", soon)}, "v", kNewYear), soon);
}

TEST(BudgetNames, AreDifferentForDifferentThings) {
    const AccountId bob{"bob"};
    std::set<std::string> names;
    std::size_t made = 0;
    for (const auto& name :
         {attempts_key(RequestId{"r"}, "v"), attempts_key(RequestId{"r"}, "w"),
          attempts_key(RequestId{"s"}, "v"), failures_key(kAmy, "v"), failures_key(kAmy, "w"),
          failures_key(bob, "v"), failures_key(kAmy, kPasswordDoor), account_key("answers", kAmy),
          account_key("requests", kAmy), account_key("answers", bob),
          account_key("enrolling/v", kAmy), sending_key(kAmy, "v", "day"),
          sending_key(kAmy, "v", "again/phone"), sending_key(kAmy, "w", "day"),
          sending_key(bob, "v", "day"), sending_key(kAmy, "v", "day/phone")}) {
        names.insert(name);
        ++made;
    }
    EXPECT_EQ(names.size(), made);
}

TEST(BudgetNames, NeverChange) {
    EXPECT_EQ(attempts_key(RequestId{"r"}, "v"), "attempts/r/v");
    EXPECT_EQ(failures_key(kAmy, "v"), "failures/amy/v");
    EXPECT_EQ(account_key("answers", kAmy), "answers/amy");
    EXPECT_EQ(sending_key(kAmy, "v", "day"), "sending/amy/v/day");
    EXPECT_EQ(kPasswordDoor, "(password)");
}

}  // namespace
}  // namespace latchkey
