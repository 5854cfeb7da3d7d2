#pragma once

#include <atomic>
#include <cstddef>

namespace latchkey {

/// Keeps one large block for the thread that owns this object. Meanwhile the large anonymous
/// mapping that libsodium asks for on that thread, at each hash, is served from that block: mapping
/// and unmapping 64 MiB anew costs a third of the time of a hash, and small pages as much again.
///
/// libsodium is linked statically with its mmap and munmap wrapped (db/CMakeLists.txt); all other
/// mappings and all other threads go to the system as ever.
class KeptMemory {
 public:
    /// `held` counts the bytes held, of all threads that share it. Without `enabled` it lends
    /// nothing.
    KeptMemory(bool enabled, std::atomic<std::size_t>& held);
    ~KeptMemory();
    KeptMemory(const KeptMemory&) = delete;
    KeptMemory& operator=(const KeptMemory&) = delete;

    /// Overwrites what the last hashes left. The next hash may also do without: Argon2 writes each
    /// part before it reads it (RFC 9106, section 3.4).
    void wipe();

    /// Gives the block back to the system.
    void release();

    // For the wrapped mmap and munmap. Null if there is nothing to lend; false if it is not ours.
    static KeptMemory* of_this_thread();
    void* lend(std::size_t size);
    bool take_back(void* block);

 private:
    void map(std::size_t size);

    std::atomic<std::size_t>& held_;
    void* block_ = nullptr;  // begins at a huge page
    std::size_t size_ = 0;
    std::size_t dirty_ = 0;  // bytes that hashes may have written since the last wipe
    bool lent_ = false;
};

}  // namespace latchkey
