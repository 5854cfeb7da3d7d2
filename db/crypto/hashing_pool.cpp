#include "db/crypto/hashing_pool.h"

#include "db/crypto/kept_memory.h"
#include "engine/result.h"

#include <algorithm>

namespace latchkey {

/// Lives on the stack of the thread that waits for it.
struct HashingPool::Job {
    const std::function<void()>& work;
    std::exception_ptr failure = {};
    bool done = false;
    std::condition_variable finished = {};

    void carry_out() {
        try {
            work();
        } catch (...) {
            failure = std::current_exception();
        }
    }
};

HashingPool::HashingPool(const Options& options) : options_(options) {
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    const std::size_t slots = options.slots > 0 ? options.slots : cores;
    longest_queue_ = slots * options.queue_per_slot;
    for (std::size_t i = 0; i < slots; ++i) threads_.emplace_back([this] { serve(); });
}

HashingPool::~HashingPool() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_) thread.join();
}

void HashingPool::run(const std::function<void()>& work) {
    Job job{work};
    std::unique_lock lock(mutex_);
    if (queue_.size() >= longest_queue_) throw Busy("too many slow hashes wait", time_to_drain());
    queue_.push_back(&job);
    wake_.notify_one();
    job.finished.wait(lock, [&] { return job.done; });
    lock.unlock();
    if (job.failure) std::rethrow_exception(job.failure);
}

Seconds HashingPool::time_to_drain() const {
    const auto rest = usual_ * (queue_.size() / threads_.size());
    return std::max(Seconds{1}, std::chrono::ceil<Seconds>(rest));
}

void HashingPool::serve() {
    KeptMemory memory(options_.keep_memory, memory_held_);
    std::unique_lock lock(mutex_);
    while (true) {
        rest(lock, memory);
        if (queue_.empty()) return;
        Job& job = *queue_.front();
        queue_.pop_front();
        lock.unlock();
        const auto begun = std::chrono::steady_clock::now();
        job.carry_out();
        const auto took = std::chrono::steady_clock::now() - begun;
        lock.lock();
        usual_ += (took - usual_) / 8;
        job.done = true;
        job.finished.notify_one();
    }
}

/// Until there is work. Wiping takes a sixth of the time of a hash: while one follows the other it
/// is left to the next, which overwrites everything.
void HashingPool::rest(std::unique_lock<std::mutex>& lock, KeptMemory& memory) {
    const auto ready = [this] { return stopping_ || !queue_.empty(); };
    const auto meanwhile = [&](auto act) {
        lock.unlock();
        act();
        lock.lock();
    };
    if (wake_.wait_for(lock, options_.wipe_after, ready)) return;
    meanwhile([&] { memory.wipe(); });
    if (wake_.wait_for(lock, options_.keep_for, ready)) return;
    meanwhile([&] { memory.release(); });
    wake_.wait(lock, ready);
}

}  // namespace latchkey
