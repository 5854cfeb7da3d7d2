#pragma once

#include "engine/stores.h"

#include <functional>
#include <mutex>

namespace latchkey {

/// Passes changes on and says when one brought messages, so that they leave at once. Thread-safe.
class AnnouncedChanges final : public ChangeStore {
 public:
    explicit AnnouncedChanges(ChangeStore& inner) : inner_(inner) {}

    /// `announce` gets the lane of the most urgent message of each change; empty: nobody listens.
    void announce_to(std::function<void(Lane)> announce);

    Result<void> commit(const Change& change) override;

 private:
    ChangeStore& inner_;
    std::mutex mutex_;
    std::function<void(Lane)> announce_;
};

}  // namespace latchkey
