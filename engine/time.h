#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey {

using Milliseconds = std::chrono::milliseconds;
using Seconds = std::chrono::seconds;
using Minutes = std::chrono::minutes;
using Hours = std::chrono::hours;

/// An instant in UTC, to the millisecond: the precision that the databases keep.
using TimePoint = std::chrono::time_point<std::chrono::system_clock, Milliseconds>;

/// The only source of "now" besides a test's own instant.
class Clock {
 public:
    virtual ~Clock() = default;
    virtual TimePoint now() const = 0;
};

/// Milliseconds since 1970, as stored.
constexpr std::int64_t millis(TimePoint at) {
    return at.time_since_epoch().count();
}
constexpr TimePoint from_millis(std::int64_t value) {
    return TimePoint{Milliseconds{value}};
}

/// Was it written before the clock was set back? Then it must not live on until the clock has
/// caught up (S13). Clocks of several machines may differ by less.
constexpr bool is_ahead(TimePoint written, TimePoint now) {
    return written > now + Minutes{5};
}

/// "2026-01-01T12:10:00Z" (RFC 3339, whole seconds).
std::string rfc3339(TimePoint at);

/// Reads "30s", "10m", "24h" or "90d"; nothing for any other text. Used in definitions files.
std::optional<Milliseconds> parse_duration(std::string_view text);

/// The shortest text that parse_duration reads back as the same whole seconds.
std::string format_duration(Milliseconds duration);

}  // namespace latchkey
