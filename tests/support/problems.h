#pragma once

#include "tests/support/printing.h"

#include <string>
#include <vector>

namespace latchkey {

/// Each problem as "pointer code", in order: what most tests compare.
inline std::vector<std::string> listed(const std::vector<Problem>& problems) {
    std::vector<std::string> lines;
    for (const Problem& problem : problems) lines.push_back(problem.pointer + " " + problem.code);
    return lines;
}

/// The problems of a refusal; empty if it was accepted.
template <class T>
std::vector<std::string> listed(const Result<T>& result) {
    return result ? std::vector<std::string>{} : listed(result.error().problems);
}

}  // namespace latchkey
