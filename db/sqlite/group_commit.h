#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace latchkey {

class Transaction;

/// Lets concurrent writers share one durable commit: while a group is being committed, the next one
/// gathers, so that a slow disk costs one sync per group and not one per writer. Nobody waits for
/// company: a lone writer is a group of one. Thread-safe.
class GroupCommit {
 public:
    using Body = std::function<void(Transaction&)>;

    /// A writer's work and what came of it.
    struct Member {
        const Body& body;
        std::exception_ptr failure = {};
    };

    /// `run` carries out a group on the thread of one of its members and leaves every failure in
    /// the member that it belongs to. Never called by two threads at once.
    using Run = std::function<void(std::span<Member* const> group)>;
    explicit GroupCommit(Run run) : run_(std::move(run)) {}

    /// Returns when `body` was carried out with its group; throws its failure.
    void submit(const Body& body);

 private:
    /// Whose first member leads it, as soon as no other group is under way.
    struct Group {
        std::vector<Member*> members;  // each lives on the stack of its thread, which waits
        bool done = false;
        std::condition_variable over;
    };

    /// Gives the lock back.
    void lead(std::unique_lock<std::mutex>& lock);

    Run run_;
    std::mutex mutex_;
    std::shared_ptr<Group> gathering_;
    bool led_ = false;  // some group is under way
    std::condition_variable led_over_;
};

}  // namespace latchkey
