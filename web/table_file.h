#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

struct LineProblem {
    std::size_t line;    // 1 is the header
    std::string reason;  // in English, for the operator
};

/// One line of a table: its values by column, in NFC and without control characters.
struct TableRow {
    std::size_t line;
    std::map<std::string, std::string> values;
};

struct TableFile {
    std::vector<std::string> columns;
    std::vector<TableRow> rows;
    std::vector<LineProblem> problems;
};

/// Reads a file with a header line (CSV, RFC 4180, UTF-8), columns in any order. A bad line becomes
/// a problem and no row; a bad header leaves no rows. The apostrophe that csv_field puts before a
/// formula is taken away again, so that what was exported comes back as it was.
TableFile parse_table(std::string_view csv, std::span<const std::string_view> required);

/// Writes such a file, line after line. Formulas are made harmless (S60).
class TableText {
 public:
    explicit TableText(std::vector<std::string> columns);

    /// A line; what is not a column is left out.
    void add(const std::map<std::string, std::string>& values);

    /// What was written since the last call: a long table need not be in memory.
    std::string take();

 private:
    std::vector<std::string> columns_;
    std::string text_;
};

}  // namespace latchkey
