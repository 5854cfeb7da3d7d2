#include "db/crypto/kept_memory.h"

#include <sys/mman.h>

#include <gtest/gtest.h>
#include <algorithm>
#include <cstring>
#include <thread>

namespace latchkey {
namespace {

constexpr std::size_t kSize = std::size_t{3} << 20;

void* map_anonymous(std::size_t size) {
    return ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

TEST(KeptBlock, ServesTheLargeMappingsOfItsThread) {
    std::atomic<std::size_t> held = 0;
    KeptMemory memory(true, held);
    void* first = map_anonymous(kSize);
    EXPECT_GE(held, kSize);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first) % (std::size_t{2} << 20), 0U);
    ::munmap(first, kSize);
    void* again = map_anonymous(kSize);
    EXPECT_EQ(again, first);
    ::munmap(again, kSize);
}

TEST(KeptBlock, IsWipedOfAllThatWasWrittenSinceTheLastTime) {
    std::atomic<std::size_t> held = 0;
    KeptMemory memory(true, held);
    for (const std::size_t size : {kSize, kSize / 2}) {
        void* block = map_anonymous(size);
        std::memset(block, 's', size);
        ::munmap(block, size);
    }
    const auto* bytes = static_cast<char*>(map_anonymous(kSize));
    ::munmap(const_cast<char*>(bytes), kSize);
    EXPECT_GT(std::count(bytes, bytes + kSize, 's'), 0);
    memory.wipe();
    EXPECT_EQ(std::count(bytes, bytes + kSize, 's'), 0) << "a secret is left in the block";
}

TEST(KeptBlock, IsLentToOneAtATime) {
    std::atomic<std::size_t> held = 0;
    KeptMemory memory(true, held);
    void* one = map_anonymous(kSize);
    void* two = map_anonymous(kSize);
    EXPECT_NE(one, two);
    memory.release();  // does nothing while it is lent
    EXPECT_GE(held, kSize);
    ::munmap(two, kSize);
    ::munmap(one, kSize);
    memory.release();
    EXPECT_EQ(held, 0U);
}

TEST(KeptBlock, LeavesSmallMappingsAndOtherThreadsAlone) {
    std::atomic<std::size_t> held = 0;
    KeptMemory memory(true, held);
    void* small = map_anonymous(4096);
    std::thread([] {
        void* block = map_anonymous(kSize);
        ::munmap(block, kSize);
    }).join();
    EXPECT_EQ(held, 0U);
    ::munmap(small, 4096);
}

}  // namespace
}  // namespace latchkey
