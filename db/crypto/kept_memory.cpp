#include "db/crypto/kept_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

// The names that the linker's --wrap gives to the original and to what replaces it.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
void* __real_mmap(void* address, std::size_t size, int protection, int flags, int file, off_t at);
int __real_munmap(void* address, std::size_t size);
void* __wrap_mmap(void* address, std::size_t size, int protection, int flags, int file, off_t at);
int __wrap_munmap(void* address, std::size_t size);
}

namespace latchkey {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;

thread_local KeptMemory* of_thread = nullptr;

}  // namespace

KeptMemory::KeptMemory(bool enabled, std::atomic<std::size_t>& held) : held_(held) {
    if (enabled) of_thread = this;
}

KeptMemory::~KeptMemory() {
    of_thread = nullptr;
    release();
}

KeptMemory* KeptMemory::of_this_thread() {
    return of_thread;
}

void* KeptMemory::lend(std::size_t size) {
    if (lent_) return nullptr;
    if (size > size_) {
        release();
        map(size);
        if (!block_) return nullptr;
    }
    lent_ = true;
    dirty_ = std::max(dirty_, size);
    return block_;
}

bool KeptMemory::take_back(void* block) {
    if (!lent_ || block != block_) return false;
    lent_ = false;
    return true;
}

void KeptMemory::wipe() {
    if (lent_ || dirty_ == 0) return;
    std::memset(block_, 0, dirty_);
    dirty_ = 0;
}

void KeptMemory::release() {
    if (!block_ || lent_) return;
    wipe();
    __real_munmap(block_, size_);
    held_ -= size_;
    block_ = nullptr;
    size_ = 0;
}

void KeptMemory::map(std::size_t size) {
    // Mapped larger by a huge page, so that a part of it begins at one; the ends are given back.
    size = (size + kHugePage - 1) / kHugePage * kHugePage;
    void* mapped = __real_mmap(nullptr, size + kHugePage, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) return;
    char* begin = static_cast<char*>(mapped);
    const std::size_t ahead =
        (kHugePage - reinterpret_cast<std::uintptr_t>(mapped) % kHugePage) % kHugePage;
    if (ahead > 0) __real_munmap(begin, ahead);
    if (ahead < kHugePage) __real_munmap(begin + ahead + size, kHugePage - ahead);
    block_ = begin + ahead;
    size_ = size;
    held_ += size_;
    madvise(block_, size_, MADV_HUGEPAGE);
    madvise(block_, size_, MADV_DONTDUMP);
}

}  // namespace latchkey

void* __wrap_mmap(void* address, std::size_t size, int protection, int flags, int file, off_t at) {
    constexpr std::size_t kLarge = std::size_t{1} << 20;
    auto* kept = latchkey::KeptMemory::of_this_thread();
    if (kept && size >= kLarge && address == nullptr && file == -1 &&
        protection == (PROT_READ | PROT_WRITE) && (flags & MAP_ANONYMOUS) != 0)
        if (void* block = kept->lend(size)) return block;
    return __real_mmap(address, size, protection, flags, file, at);
}

int __wrap_munmap(void* address, std::size_t size) {
    auto* kept = latchkey::KeptMemory::of_this_thread();
    if (kept && kept->take_back(address)) return 0;
    return __real_munmap(address, size);
}
// NOLINTEND(bugprone-reserved-identifier)
