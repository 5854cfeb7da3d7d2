#include "db/crypto/key_source.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <utility>

namespace latchkey {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// Tells one file of that name from another, or from a later state of it.
struct Mark {
    ino_t inode = 0;
    std::int64_t seconds = 0, nanoseconds = 0;

    bool operator==(const Mark&) const = default;
};

Mark mark_of(const std::filesystem::path& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return {};
    return {status.st_ino, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

bool holds_all(const KeyRing& ring, const KeyRing& former) {
    return std::ranges::all_of(former.roots(), [&](const KeyRing::Root& root) {
        return std::ranges::count(ring.roots(), root.id, &KeyRing::Root::id) > 0;
    });
}

}  // namespace

struct KeySource::State {
    std::mutex mutex;
    std::filesystem::path file = {};  // empty: nothing to look at
    Milliseconds look_every{0};
    Mark mark = {};
    SteadyClock::time_point looked_at = {};
    std::shared_ptr<const KeyRing> ring;
};

KeySource::KeySource(KeyRing ring) : state_(std::make_shared<State>()) {
    state_->ring = std::make_shared<const KeyRing>(std::move(ring));
}

KeySource::KeySource(const std::filesystem::path& file, Milliseconds look_every)
    : state_(std::make_shared<State>()) {
    state_->file = file;
    state_->look_every = look_every;
    state_->mark = mark_of(file);  // before reading: what comes in between is read again
    state_->looked_at = SteadyClock::now();
    state_->ring = std::make_shared<const KeyRing>(read_key_file(file));
}

std::shared_ptr<const KeyRing> KeySource::ring() const {
    return ring_of(state_->look_every);
}

std::shared_ptr<const KeyRing> KeySource::look_again() const {
    return ring_of(Milliseconds{0});
}

/// Unless the file was looked at within that time.
std::shared_ptr<const KeyRing> KeySource::ring_of(Milliseconds age) const {
    State& state = *state_;
    const std::lock_guard lock(state.mutex);
    if (state.file.empty() || SteadyClock::now() - state.looked_at < age) return state.ring;
    state.looked_at = SteadyClock::now();
    const Mark mark = mark_of(state.file);
    if (mark == state.mark) return state.ring;
    try {
        auto ring = std::make_shared<const KeyRing>(read_key_file(state.file));
        state.mark = mark;
        if (holds_all(*ring, *state.ring)) state.ring = std::move(ring);
    } catch (const KeyTrouble&) {  // `latchkey doctor` says what is wrong with it
        state.mark = mark;
    }
    return state.ring;
}

}  // namespace latchkey
