#include "web/outbound/retry.h"

#include <algorithm>
#include <array>

namespace latchkey {
namespace {

constexpr std::array<Seconds, 8> kPauses{Seconds{2},  Seconds{5},   Seconds{15},  Seconds{30},
                                         Seconds{60}, Seconds{120}, Seconds{300}, Seconds{600}};
constexpr std::size_t kLastForCodes = 4;

}  // namespace

std::optional<TimePoint> retry_at(const Message& message, std::int64_t attempts, TimePoint now) {
    const std::size_t last = message.lane == Lane::code ? kLastForCodes : kPauses.size() - 1;
    const auto failed = static_cast<std::size_t>(std::max<std::int64_t>(attempts, 1));
    const TimePoint next = now + kPauses.at(std::min(failed - 1, last));
    return next < message.give_up_at ? std::optional(next) : std::nullopt;
}

}  // namespace latchkey
