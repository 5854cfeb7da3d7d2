#include "db/sqlite/group_commit.h"

#include <utility>

namespace latchkey {

void GroupCommit::submit(const Body& body) {
    Member mine{body};
    std::unique_lock lock(mutex_);
    if (!gathering_) gathering_ = std::make_shared<Group>();
    const auto group = gathering_;
    group->members.push_back(&mine);
    if (group->members.front() == &mine)
        lead(lock);
    else
        group->over.wait(lock, [&] { return group->done; });
    if (mine.failure) std::rethrow_exception(mine.failure);
}

void GroupCommit::lead(std::unique_lock<std::mutex>& lock) {
    led_over_.wait(lock, [&] { return !led_; });
    led_ = true;
    const auto group = std::exchange(gathering_, nullptr);
    lock.unlock();
    run_(group->members);
    lock.lock();
    led_ = false;
    group->done = true;
    // Woken without the lock: they would only wait for it.
    lock.unlock();
    led_over_.notify_one();
    group->over.notify_all();
}

}  // namespace latchkey
