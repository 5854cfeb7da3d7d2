#pragma once

#include "engine/time.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace latchkey {

class KeptMemory;

/// The threads that slow hashes run on, so that they never take more of the machine than they were
/// given and everything else stays quick (S41). Thread-safe.
class HashingPool {
 public:
    struct Options {
        std::size_t slots = 0;            // threads; 0: as many as cores
        std::size_t queue_per_slot = 40;  // some five seconds of work may wait
        bool keep_memory = true;          // see kept_memory.h
        // Of an idle thread's work memory: wiped after, and kept for so long after that.
        Milliseconds wipe_after{50};
        Milliseconds keep_for = Seconds{5};
    };

    explicit HashingPool(const Options& options);
    HashingPool() : HashingPool(Options{}) {}
    /// Finishes what waits. Nobody may call run() any more.
    ~HashingPool();
    HashingPool(const HashingPool&) = delete;
    HashingPool& operator=(const HashingPool&) = delete;

    /// Runs `work` on one of the threads and returns when it is done; throws what it throws, and
    /// Busy at once if too much is waiting already.
    void run(const std::function<void()>& work);

    /// Bytes of work memory held at this moment by all threads.
    std::size_t memory_held() const { return memory_held_; }

 private:
    struct Job;

    void serve();
    void rest(std::unique_lock<std::mutex>& lock, KeptMemory& memory);
    Seconds time_to_drain() const;

    const Options options_;
    std::size_t longest_queue_ = 0;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job*> queue_;
    bool stopping_ = false;
    std::atomic<std::size_t> memory_held_ = 0;
    std::chrono::steady_clock::duration usual_{Milliseconds{100}};  // how long a job takes of late
    std::vector<std::thread> threads_;
};

}  // namespace latchkey
