#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

/// One record of a CSV text and the line on which it begins (1 for the first).
struct CsvRecord {
    std::size_t line;
    std::vector<std::string> fields;
};

struct CsvResult {
    std::vector<CsvRecord> records;  // up to the fault
    std::size_t fault_line = 0;      // 0: none
    std::string fault;               // in English
};

/// Reads RFC 4180: commas, quotes doubled inside quotes, CRLF or LF, a last line with or without an
/// end, a byte order mark passed over. Stray quotes and an unclosed quote are faults; empty lines
/// are left out.
CsvResult parse_csv(std::string_view text);

/// A field as RFC 4180 wants it. What a spreadsheet would take for a formula (= + - @ tab CR at the
/// front) gets an apostrophe before it (S60).
std::string csv_field(std::string_view value);

/// The value that csv_field wrote: without the apostrophe before a formula.
std::string_view plain_field(std::string_view field);

}  // namespace latchkey
