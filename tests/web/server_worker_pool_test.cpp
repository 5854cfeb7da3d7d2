#include "web/server/worker_pool.h"

#include "tests/support/at_once.h"

#include <gtest/gtest.h>
#include <atomic>
#include <latch>
#include <thread>

namespace latchkey {
namespace {

using namespace std::chrono_literals;

bool comes_to(const std::function<bool()>& condition) {
    for (int i = 0; i < 5000; ++i, std::this_thread::sleep_for(1ms))
        if (condition()) return true;
    return false;
}

TEST(WorkerPool, HasNoThreadBeforeThereIsWork) {
    const WorkerPool pool(8, 8);
    EXPECT_EQ(pool.threads(), 0u);
}

TEST(WorkerPool, AddsAThreadOnlyWhenAllAreBusy) {
    std::latch open(1);
    std::atomic<int> done = 0;
    WorkerPool pool(3, 8);
    for (int i = 0; i < 10; ++i) {
        ASSERT_TRUE(pool.submit([&] { ++done; }));
        ASSERT_TRUE(comes_to([&] { return done == i + 1; }));
        std::this_thread::sleep_for(2ms);  // until it is idle again
    }
    EXPECT_LE(pool.threads(), 2u);
    for (int i = 0; i < 6; ++i) ASSERT_TRUE(pool.submit([&] { open.wait(); }));
    EXPECT_EQ(pool.threads(), 3u);
    open.count_down();
}

TEST(WorkerPool, RefusesWorkWhenTheQueueIsFull) {
    std::latch open(1);
    std::atomic<int> done = 0;
    {
        WorkerPool pool(2, 3);
        for (int i = 0; i < 5; ++i)
            EXPECT_TRUE(pool.submit([&] {
                open.wait();
                ++done;
            }));
        EXPECT_FALSE(pool.submit([&] { ++done; }));
        open.count_down();
    }
    EXPECT_EQ(done, 5);
}

TEST(WorkerPool, LetsIdleThreadsEnd) {
    std::latch open(1);
    WorkerPool pool(4, 0, 20ms);
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(pool.submit([&] { open.wait(); }));
    EXPECT_EQ(pool.threads(), 4u);
    open.count_down();
    EXPECT_TRUE(comes_to([&] { return pool.threads() == 0; }));
    std::atomic<bool> done = false;
    EXPECT_TRUE(pool.submit([&] { done = true; }));
    EXPECT_TRUE(comes_to([&] { return done.load(); }));
}

TEST(WorkerPool, LosesNoWorkWhileThreadsComeAndGo) {
    constexpr int kEach = 2000;
    std::atomic<int> done = 0;
    std::atomic<int> taken = 0;
    {
        WorkerPool pool(3, 1000, 0ms);
        at_once(4, [&](std::size_t) {
            for (int i = 0; i < kEach; ++i)
                if (pool.submit([&] { ++done; })) ++taken;
        });
    }
    EXPECT_GT(taken, 0);
    EXPECT_EQ(done, taken);
}

}  // namespace
}  // namespace latchkey
