#include "db/sqlite/group_commit.h"

#include "tests/support/at_once.h"

#include <gtest/gtest.h>
#include <atomic>
#include <latch>
#include <stdexcept>

namespace latchkey {
namespace {

TEST(GroupCommit, GathersTheNextGroupWhileOneIsBeingCommitted) {
    constexpr std::size_t kWriters = 8;
    std::vector<std::size_t> groups;
    std::latch first_is_running(1);
    std::latch others_have_come(1);
    GroupCommit writes([&](std::span<GroupCommit::Member* const> group) {
        groups.push_back(group.size());
        if (groups.size() > 1) return;
        first_is_running.count_down();
        others_have_come.wait();
    });
    std::atomic<std::size_t> coming = 0;
    const GroupCommit::Body body = [](Transaction&) {};
    {
        const std::jthread first([&] { writes.submit(body); });
        first_is_running.wait();
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < kWriters; ++i)
            others.emplace_back([&] {
                if (++coming == kWriters - 1) others_have_come.count_down();
                writes.submit(body);
            });
    }
    std::size_t total = 0;
    for (const std::size_t size : groups) total += size;
    EXPECT_EQ(groups.front(), 1U);
    EXPECT_EQ(total, kWriters);
}

TEST(GroupCommit, GivesEachMemberItsOwnFailure) {
    GroupCommit writes([](std::span<GroupCommit::Member* const> group) {
        for (auto* member : group) {
            try {
                throw std::runtime_error(
                    std::to_string(reinterpret_cast<std::uintptr_t>(&member->body)));
            } catch (...) {
                member->failure = std::current_exception();
            }
        }
    });
    at_once(8, [&](std::size_t) {
        for (int i = 0; i < 500; ++i) {
            const GroupCommit::Body body = [](Transaction&) {};
            try {
                writes.submit(body);
                ADD_FAILURE() << "no failure came";
            } catch (const std::runtime_error& error) {
                EXPECT_EQ(error.what(), std::to_string(reinterpret_cast<std::uintptr_t>(&body)));
            }
        }
    });
}

TEST(GroupCommit, NeverRunsTwoGroupsAtOnce) {
    int running = 0;  // not atomic on purpose
    int served = 0;
    GroupCommit writes([&](std::span<GroupCommit::Member* const> group) {
        EXPECT_EQ(++running, 1);
        served += static_cast<int>(group.size());
        --running;
    });
    const GroupCommit::Body body = [](Transaction&) {};
    at_once(8, [&](std::size_t) {
        for (int i = 0; i < 1000; ++i) writes.submit(body);
    });
    EXPECT_EQ(served, 8000);
}

}  // namespace
}  // namespace latchkey
