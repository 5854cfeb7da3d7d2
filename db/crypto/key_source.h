#pragma once

#include "db/crypto/key_ring.h"
#include "engine/time.h"

#include <memory>

namespace latchkey {

/// Where the root keys come from. A program that serves takes up a new key from its file within a
/// second, so that keys rotate without a restart (S61). Copies share what they know. Thread-safe.
class KeySource {
 public:
    /// Keys that never change.
    KeySource(KeyRing ring);  // NOLINT(google-explicit-constructor): a ring is a source

    /// Reads the file now, and again when it was replaced, for which it looks that often. Throws
    /// KeyTrouble now; a file that turns bad later, or that lost a key, changes nothing.
    explicit KeySource(const std::filesystem::path& file, Milliseconds look_every = Seconds{1});

    std::shared_ptr<const KeyRing> ring() const;
    /// The same, having looked at the file whenever that was last done: for a key that is missing.
    std::shared_ptr<const KeyRing> look_again() const;

 private:
    struct State;
    std::shared_ptr<const KeyRing> ring_of(Milliseconds age) const;

    std::shared_ptr<State> state_;
};

}  // namespace latchkey
