#pragma once

#include "engine/time.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace latchkey {

/// How one language writes numbers, times and durations, in one time zone. Thread-safe.
class Formats {
 public:
    enum class Style {
        time,       // "2:32 PM UTC"
        date,       // "November 21, 2025"
        date_time,  // "Nov 21, 2:32 PM UTC"
        exact,      // "Friday, November 21, 2025 at 2:32:05 PM Coordinated Universal Time"
    };

    /// `zone` is an IANA name such as "Europe/Madrid". Throws std::runtime_error for one that does
    /// not exist.
    Formats(const std::string& language, const std::string& zone);
    ~Formats();
    Formats(Formats&&) noexcept;

    std::string number(std::int64_t value) const;

    /// The plural category of a number: "one", "few", …, "other".
    std::string plural(std::int64_t value) const;

    std::string instant(TimePoint at, Style style) const;

    /// "10 minutes", "1 hour, 30 minutes": days, hours, minutes or seconds, at most two units.
    std::string duration(Milliseconds length) const;

    bool right_to_left() const;

 private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace latchkey
