#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace latchkey {

/// Threads for work that may wait. None to begin with; one is added when all are busy, up to a
/// maximum, and ends when it had nothing to do for a while. The one that became idle last is woken
/// first, so that under light load the others do end.
class WorkerPool {
 public:
    using Work = std::function<void()>;

    /// `waiting` is how much work may queue when every thread is busy. `idle` is how long a thread
    /// without work stays.
    WorkerPool(std::size_t threads, std::size_t waiting,
               std::chrono::milliseconds idle = std::chrono::seconds(10));
    /// Finishes all work that was taken, then ends the threads.
    ~WorkerPool();

    /// Takes the work, which must not throw; false if it would have to wait and the queue is full,
    /// or if no thread can be had. May be called from any thread.
    bool submit(Work work);

    /// Threads at present, idle ones too.
    std::size_t threads() const;

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace latchkey
