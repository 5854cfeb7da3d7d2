#include "web/enrollments_file.h"

#include <algorithm>
#include <array>

namespace latchkey {

EnrollmentsFile parse_enrollments(std::string_view csv) {
    static constexpr std::array<std::string_view, 2> kRequired{"user_name", "verification"};
    TableFile table = parse_table(csv, kRequired);
    EnrollmentsFile file{.records = {}, .problems = std::move(table.problems)};
    for (TableRow& row : table.rows) {
        EnrollmentRecord record{.line = row.line,
                                .user_name = row.values.at("user_name"),
                                .verification = row.values.at("verification"),
                                .values = {}};
        for (auto& [column, value] : row.values)
            if (std::ranges::count(kRequired, column) == 0 &&
                std::ranges::count(kEnrollmentFacts, column) == 0)
                record.values.emplace(column, std::move(value));
        file.records.push_back(std::move(record));
    }
    return file;
}

}  // namespace latchkey
