#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

namespace latchkey {

/// How far counts lie from what was expected, as a chi-square statistic.
inline double chi_square(const std::vector<double>& counted, const std::vector<double>& expected) {
    double sum = 0;
    for (std::size_t i = 0; i < counted.size(); ++i)
        sum += (counted[i] - expected[i]) * (counted[i] - expected[i]) / expected[i];
    return sum;
}

/// The value that fair counts in `cells` cells exceed once in a million times (Wilson and
/// Hilferty's approximation). Tests use known sequences, so that whatever passes once passes
/// always.
inline double chi_square_limit(std::size_t cells) {
    constexpr double kOnceInAMillion = 4.753;  // standard deviations, one side
    const double freedom = static_cast<double>(cells) - 1;
    const double spread = 2 / (9 * freedom);
    return freedom * std::pow(1 - spread + kOnceInAMillion * std::sqrt(spread), 3);
}

/// True if `counted` looks like draws that hit each cell equally often.
inline bool looks_fair(const std::vector<double>& counted) {
    double total = 0;
    for (const double count : counted) total += count;
    const std::vector<double> expected(counted.size(), total / static_cast<double>(counted.size()));
    return chi_square(counted, expected) < chi_square_limit(counted.size());
}

}  // namespace latchkey
