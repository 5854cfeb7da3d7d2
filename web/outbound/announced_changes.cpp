#include "web/outbound/announced_changes.h"

#include <algorithm>

namespace latchkey {

void AnnouncedChanges::announce_to(std::function<void(Lane)> announce) {
    const std::scoped_lock lock(mutex_);
    announce_ = std::move(announce);
}

Result<void> AnnouncedChanges::commit(const Change& change) {
    auto done = inner_.commit(change);
    if (done && !change.messages.empty()) {
        const Lane lane = std::ranges::min(change.messages, {}, &Message::lane).lane;
        const std::scoped_lock lock(mutex_);
        if (announce_) announce_(lane);
    }
    return done;
}

}  // namespace latchkey
