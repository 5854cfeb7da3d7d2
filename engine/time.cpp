#include "engine/time.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <utility>

namespace latchkey {
namespace {

constexpr std::array<std::pair<char, Seconds>, 4> kUnits{
    {{'d', Hours{24}}, {'h', Hours{1}}, {'m', Minutes{1}}, {'s', Seconds{1}}}};
constexpr std::int64_t kLongest =
    36500;  // a hundred years of days: beyond it arithmetic could overflow

}  // namespace

std::string rfc3339(TimePoint at) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{std::chrono::floor<Seconds>(at - day)};
    std::array<char, 32> out{};
    std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", int{date.year()},
                  unsigned{date.month()}, unsigned{date.day()},
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    return out.data();
}

std::optional<Milliseconds> parse_duration(std::string_view text) {
    if (text.size() < 2) return {};
    for (const auto& [letter, unit] : kUnits) {
        if (text.back() != letter) continue;
        std::int64_t count = 0;
        const char* end = text.data() + text.size() - 1;
        const auto [stop, error] = std::from_chars(text.data(), end, count);
        if (error != std::errc{} || stop != end || count < 0) return {};
        if (count > kLongest * (Hours{24} / unit)) return {};
        return count * unit;
    }
    return {};
}

std::string format_duration(Milliseconds duration) {
    const auto seconds = std::chrono::duration_cast<Seconds>(duration);
    for (const auto& [letter, unit] : kUnits)
        if (seconds >= unit && seconds % unit == Seconds{0})
            return std::to_string(seconds / unit) + letter;
    return std::to_string(seconds.count()) + 's';
}

}  // namespace latchkey
