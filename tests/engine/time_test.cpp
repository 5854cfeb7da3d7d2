#include "engine/time.h"

#include "tests/support/fixed_clock.h"

#include <gtest/gtest.h>
#include <limits>
#include <utility>

namespace latchkey {
namespace {

TEST(Time, IsWrittenAsRfc3339InUtc) {
    const std::pair<std::int64_t, const char*> table[] = {
        {0, "1970-01-01T00:00:00Z"},
        {999, "1970-01-01T00:00:00Z"},  // whole seconds, never rounded up
        {-1, "1969-12-31T23:59:59Z"},
        {951'782'400'000, "2000-02-29T00:00:00Z"},
        {1'767'225'599'999, "2025-12-31T23:59:59Z"},
        {1'767'225'600'000, "2026-01-01T00:00:00Z"},
        {4'107'542'400'000, "2100-03-01T00:00:00Z"},  // 2100 is no leap year
        {253'402'300'799'000, "9999-12-31T23:59:59Z"},
    };
    for (const auto& [at, text] : table) EXPECT_EQ(rfc3339(from_millis(at)), text);
}

TEST(Time, SurvivesTheWayThroughMilliseconds) {
    for (const std::int64_t value : {std::int64_t{0}, std::int64_t{-1}, millis(kNewYear),
                                     std::numeric_limits<std::int64_t>::max()})
        EXPECT_EQ(millis(from_millis(value)), value);
}

TEST(Duration, IsReadFromAWholeNumberAndAUnit) {
    const std::pair<const char*, Milliseconds> table[] = {
        {"0s", Seconds{0}},         {"1s", Seconds{1}},   {"30s", Seconds{30}},
        {"10m", Minutes{10}},       {"24h", Hours{24}},   {"90d", Hours{90 * 24}},
        {"007m", Minutes{7}},       {"90s", Seconds{90}}, {"36500d", Hours{36500 * 24}},
        {"876000h", Hours{876000}},
    };
    for (const auto& [text, length] : table) EXPECT_EQ(parse_duration(text), length) << text;
}

TEST(Duration, IsNotReadFromAnythingElse) {
    for (const std::string_view text : {"",
                                        "s",
                                        "m",
                                        "5",
                                        "10",
                                        "m10",
                                        "-1s",
                                        "+1s",
                                        " 1s",
                                        "1s ",
                                        "1 s",
                                        "1S",
                                        "1M",
                                        "1.5h",
                                        "1,5h",
                                        "1e3s",
                                        "0x1s",
                                        "1h30m",
                                        "1ms",
                                        "1w",
                                        "1y",
                                        "１０m",
                                        "36501d",
                                        "876001h",
                                        "9223372036854775807d",
                                        "99999999999999999999s",
                                        "s1s"})
        EXPECT_EQ(parse_duration(text), std::nullopt) << text;
    EXPECT_EQ(parse_duration(std::string_view("1\0s", 3)), std::nullopt);
    EXPECT_EQ(parse_duration(std::string_view("1s\0", 3)), std::nullopt);
}

TEST(Duration, OfAnyUnitReachesAHundredYearsAndNoFurther) {
    for (const auto& [letter, unit] : {std::pair{'s', Seconds{1}},
                                       {'m', Seconds{60}},
                                       {'h', Seconds{3600}},
                                       {'d', Seconds{86400}}}) {
        const auto most = Seconds{Hours{36500 * 24}} / unit;
        EXPECT_EQ(parse_duration(std::to_string(most) + letter), Hours{36500 * 24}) << letter;
        EXPECT_EQ(parse_duration(std::to_string(most + 1) + letter), std::nullopt) << letter;
    }
}

/// The shortest of the texts that mean so many seconds, found by trying all four units.
std::size_t shortest_length(std::int64_t seconds) {
    std::size_t shortest = std::to_string(seconds).size() + 1;
    for (const std::int64_t unit : {60, 3600, 86400})
        if (seconds % unit == 0)
            shortest = std::min(shortest, std::to_string(seconds / unit).size() + 1);
    return shortest;
}

TEST(Duration, IsWrittenInTheShortestFormThatReadsBack) {
    for (std::int64_t seconds = 0; seconds <= 3 * 86400; ++seconds) {
        const std::string text = format_duration(Seconds{seconds});
        ASSERT_EQ(parse_duration(text), Seconds{seconds}) << text;
        ASSERT_EQ(text.size(), shortest_length(seconds)) << text;
    }
}

TEST(Duration, IsWrittenWithoutItsFractionOfASecond) {
    EXPECT_EQ(format_duration(Milliseconds{1999}), "1s");
    EXPECT_EQ(format_duration(Milliseconds{999}), "0s");
}

}  // namespace
}  // namespace latchkey
