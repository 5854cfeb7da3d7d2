#include "db/sqlite/group_commit.h"

#include <utility>

namespace latchkey {

void GroupCommit::submit(const Body& body) {
    Member mine{body};
    std::unique_lock lock(mutex_);
    gathering_.push_back(&mine);
    mine.turn.wait(lock, [&] { return mine.done || !led_; });
    if (!mine.done) {
        led_ = true;
        const std::vector<Member*> group = std::exchange(gathering_, {});
        lock.unlock();
        run_(group);
        lock.lock();
        led_ = false;
        // A member lives on its thread's stack: it may be gone as soon as the lock is released.
        for (Member* member : group) {
            member->done = true;
            member->turn.notify_one();
        }
        if (!gathering_.empty()) gathering_.front()->turn.notify_one();
    }
    lock.unlock();
    if (mine.failure) std::rethrow_exception(mine.failure);
}

}  // namespace latchkey
