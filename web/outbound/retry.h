#pragma once

#include "engine/message.h"

#include <cstdint>
#include <optional>

namespace latchkey {

/// When to try a message again after a temporary failure: 2, 5, 15, 30 and then every 60 seconds
/// for codes, whose reader is waiting; up to every 10 minutes for the others, so that a long outage
/// does not keep the database busy. `attempts`: how many have failed, this one included. Nothing if
/// that would be at the message's `give_up_at` or later (R2.4).
std::optional<TimePoint> retry_at(const Message& message, std::int64_t attempts, TimePoint now);

}  // namespace latchkey
