#include "db/crypto/hashing_pool.h"

#include "db/crypto/slow_hash.h"
#include "engine/result.h"
#include "tests/support/at_once.h"

#include <sys/mman.h>

#include <gtest/gtest.h>
#include <algorithm>
#include <atomic>
#include <cstring>
#include <latch>

namespace latchkey {
namespace {

constexpr HashCost kLarge{.memory_kib = 4096, .passes = 1};  // enough to be served from the block

TEST(HashingPool, RunsNoMoreAtOnceThanItHasSlots) {
    HashingPool pool({.slots = 2});
    std::atomic<int> running = 0;
    std::atomic<int> most = 0;
    at_once(8, [&](std::size_t) {
        for (int i = 0; i < 50; ++i)
            pool.run([&] {
                const int now = ++running;
                for (int before = most; before < now && !most.compare_exchange_weak(before, now);) {
                }
                std::this_thread::yield();
                --running;
            });
    });
    EXPECT_GE(most, 1);
    EXPECT_LE(most, 2);
}

TEST(HashingPool, ThrowsWhatTheWorkThrows) {
    HashingPool pool({.slots = 1});
    EXPECT_THROW(pool.run([] { throw std::runtime_error("no"); }), std::runtime_error);
    bool ran = false;
    pool.run([&] { ran = true; });
    EXPECT_TRUE(ran);
}

TEST(HashingPool, IsBusyWhenTooMuchWaits) {
    HashingPool pool({.slots = 1, .queue_per_slot = 1});
    std::latch started(1);
    std::latch finish(1);
    std::jthread running([&] {
        pool.run([&] {
            started.count_down();
            finish.wait();
        });
    });
    started.wait();
    // One may wait. Which of the others it is, chance decides; all but one are turned away.
    std::atomic<int> refused = 0;
    std::atomic<int> ran = 0;
    std::vector<std::jthread> others;
    for (int i = 0; i < 4; ++i)
        others.emplace_back([&] {
            try {
                pool.run([&] { ++ran; });
            } catch (const Busy& busy) {
                EXPECT_GE(busy.retry_after, Seconds{1});
                if (++refused == 3) finish.count_down();
            }
        });
    others.clear();
    EXPECT_EQ(refused, 3);
    EXPECT_EQ(ran, 1);
}

TEST(HashingPool, FinishesWhatWaitsBeforeItGoes) {
    std::atomic<int> ran = 0;
    {
        HashingPool pool({.slots = 1});
        at_once(4, [&](std::size_t) { pool.run([&] { ++ran; }); });
    }
    EXPECT_EQ(ran, 4);
}

TEST(KeptMemory, GivesTheSameHashAsTheSystemsMemory) {
    const HashRecipe recipe = new_recipe(kLarge);
    const HashRecipe larger{{.memory_kib = 8192, .passes = 1}, recipe.salt};
    HashingPool pool({.slots = 1});
    std::string kept;
    for (const HashRecipe& each : {recipe, larger, recipe}) {
        pool.run([&] { kept = argon2id(each, "secret"); });
        EXPECT_EQ(kept, argon2id(each, "secret"));
    }
}

TEST(KeptMemory, IsWipedWhenNoHashFollows) {
    HashingPool pool({.slots = 1, .wipe_after = Milliseconds{1}, .keep_for = Hours{1}});
    constexpr std::size_t kSize = std::size_t{3} << 20;
    char* bytes = nullptr;
    pool.run([&] {
        bytes = static_cast<char*>(
            ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        std::memset(bytes, 's', kSize);
        ::munmap(bytes, kSize);
    });
    // Looked at by the same thread, after it rested.
    bool wiped = false;
    for (int i = 0; i < 1000 && !wiped; ++i) {
        std::this_thread::sleep_for(Milliseconds{5});
        pool.run([&] { wiped = std::count(bytes, bytes + kSize, 's') == 0; });
    }
    EXPECT_TRUE(wiped);
    EXPECT_GE(pool.memory_held(), kSize) << "wiped, but still held";
}

TEST(KeptMemory, IsHeldBetweenHashesAndGivenBackAfterAWhile) {
    HashingPool pool({.slots = 1, .wipe_after = Milliseconds{1}, .keep_for = Milliseconds{20}});
    const HashRecipe recipe = new_recipe(kLarge);
    std::size_t held = 0;
    pool.run([&] {
        argon2id(recipe, "secret");
        held = pool.memory_held();
    });
    EXPECT_GE(held, std::size_t{4} << 20);
    while (pool.memory_held() > 0) std::this_thread::yield();
    pool.run([&] { argon2id(recipe, "secret"); });
}

TEST(KeptMemory, IsNotKeptUnlessAskedFor) {
    HashingPool pool({.slots = 1, .keep_memory = false});
    pool.run([&] {
        argon2id(new_recipe(kLarge), "secret");
        EXPECT_EQ(pool.memory_held(), 0U);
    });
}

}  // namespace
}  // namespace latchkey
