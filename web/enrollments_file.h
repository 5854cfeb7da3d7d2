#pragma once

#include "engine/enrollment_import.h"
#include "web/table_file.h"

#include <string_view>
#include <vector>

namespace latchkey {

/// What an export says beside the columns of the types; an import passes over it.
inline constexpr std::array<std::string_view, 4> kEnrollmentFacts{"state", "source", "changed_at",
                                                                  "used_at"};

struct EnrollmentsFile {
    std::vector<EnrollmentRecord> records;
    std::vector<LineProblem> problems;
};

/// Reads an enrollments file: user_name, verification, and the columns that the types of these
/// verifications take, in any order.
EnrollmentsFile parse_enrollments(std::string_view csv);

}  // namespace latchkey
