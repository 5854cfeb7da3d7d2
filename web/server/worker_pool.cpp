#include "web/server/worker_pool.h"

#include <pthread.h>
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace latchkey {

namespace {

// Several times what the deepest path needs (a directory search with TLS under it), also with a
// sanitizer's larger frames. Only touched pages cost memory; but a stack of 2 MiB or more, as by
// default, may be given a huge page at once.
constexpr std::size_t kStackBytes = 1024 * 1024;

}  // namespace

struct WorkerPool::State {
    /// One thread: it runs `work`, and sleeps on `wake` when there is none.
    struct Worker {
        State* pool = nullptr;
        Work work;
        std::condition_variable wake;
    };

    State(std::size_t threads, std::size_t waiting, std::chrono::milliseconds patience)
        : most_threads(threads), most_waiting(waiting), idle_time(patience) {}

    bool start(Work& work);
    void serve(Worker& self);
    bool next(Worker& self, std::unique_lock<std::mutex>& lock);
    void bury(std::unique_lock<std::mutex>& lock);

    const std::size_t most_threads;
    const std::size_t most_waiting;
    const std::chrono::milliseconds idle_time;

    std::mutex mutex;
    std::condition_variable ended;
    std::size_t count = 0;
    std::deque<Work> queue;
    std::vector<Worker*> idle;      // the last became idle last
    std::optional<pthread_t> dead;  // ended, not yet joined
    bool stopping = false;
};

/// Starts a thread that begins with this work. The lock is held.
bool WorkerPool::State::start(Work& work) {
    auto worker = std::make_unique<Worker>();
    worker->pool = this;
    worker->work = std::move(work);
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    ::pthread_attr_setstacksize(&attributes, kStackBytes);
    pthread_t thread{};
    const int error = ::pthread_create(
        &thread, &attributes,
        [](void* argument) -> void* {
            const std::unique_ptr<Worker> self(static_cast<Worker*>(argument));
            self->pool->serve(*self);
            return nullptr;
        },
        worker.get());
    ::pthread_attr_destroy(&attributes);
    if (error != 0) {
        work = std::move(worker->work);
        return false;
    }
    worker.release();  // the thread owns it now
    ++count;
    return true;
}

void WorkerPool::State::serve(Worker& self) {
    for (bool more = true; more;) {
        self.work();
        self.work = nullptr;
        std::unique_lock lock(mutex);
        more = next(self, lock);
    }
}

/// Gives the worker its next work, or takes it off the books and returns false.
bool WorkerPool::State::next(Worker& self, std::unique_lock<std::mutex>& lock) {
    if (queue.empty() && !stopping) {
        idle.push_back(&self);
        self.wake.wait_for(lock, idle_time, [&] { return self.work || stopping; });
        if (self.work) return true;  // whoever gave it took us off the list
        std::erase(idle, &self);
    }
    while (queue.empty() && dead) bury(lock);  // lets go of the lock: work may come meanwhile
    if (!queue.empty()) {
        self.work = std::move(queue.front());
        queue.pop_front();
        return true;
    }
    dead = ::pthread_self();
    --count;
    ended.notify_all();
    return false;
}

/// Joins the thread that ended before this one, so that at most one is kept unjoined.
void WorkerPool::State::bury(std::unique_lock<std::mutex>& lock) {
    const auto predecessor = std::exchange(dead, std::nullopt);
    lock.unlock();
    ::pthread_join(*predecessor, nullptr);
    lock.lock();
}

WorkerPool::WorkerPool(std::size_t threads, std::size_t waiting, std::chrono::milliseconds idle)
    : state_(std::make_unique<State>(threads, waiting, idle)) {}

WorkerPool::~WorkerPool() {
    std::unique_lock lock(state_->mutex);
    state_->stopping = true;
    for (auto* worker : state_->idle) worker->wake.notify_one();
    state_->ended.wait(lock, [&] { return state_->count == 0; });
    if (state_->dead) state_->bury(lock);
}

bool WorkerPool::submit(Work work) {
    const std::lock_guard lock(state_->mutex);
    if (!state_->idle.empty()) {
        auto* worker = state_->idle.back();
        state_->idle.pop_back();
        worker->work = std::move(work);
        worker->wake.notify_one();
        return true;
    }
    if (state_->count < state_->most_threads && state_->start(work)) return true;
    if (state_->count == 0 || state_->queue.size() >= state_->most_waiting) return false;
    state_->queue.push_back(std::move(work));
    return true;
}

std::size_t WorkerPool::threads() const {
    const std::lock_guard lock(state_->mutex);
    return state_->count;
}

}  // namespace latchkey
