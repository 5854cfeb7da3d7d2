#include "web/table_file.h"

#include "engine/unicode.h"
#include "web/csv.h"

#include <algorithm>
#include <set>
#include <utility>

namespace latchkey {
namespace {

bool is_column_name(const std::string& name) {
    return !name.empty() && name.size() <= 60 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

std::vector<LineProblem> header_problems(const std::vector<std::string>& columns,
                                         std::span<const std::string_view> required) {
    std::vector<LineProblem> problems;
    std::set<std::string, std::less<>> seen;
    for (const auto& column : columns) {
        if (!is_column_name(column))
            problems.push_back(
                {1, "column \"" + column + "\": names are lower-case letters, digits and _"});
        else if (!seen.insert(column).second)
            problems.push_back({1, "column " + column + " stands twice"});
    }
    for (const auto name : required)
        if (!seen.contains(name))
            problems.push_back({1, "there is no column " + std::string(name)});
    return problems;
}

/// Why a line is not taken; empty if its values are now in `row`.
std::string read_row(const std::vector<std::string>& columns, const CsvRecord& record,
                     TableRow& row) {
    if (record.fields.size() != columns.size())
        return "has " + std::to_string(record.fields.size()) + " fields, the header has " +
               std::to_string(columns.size());
    for (std::size_t c = 0; c < columns.size(); ++c) {
        auto value = to_nfc(plain_field(record.fields[c]));
        if (!value) return columns[c] + " is not valid UTF-8";
        if (has_control_characters(*value)) return columns[c] + " contains control characters";
        row.values[columns[c]] = std::move(*value);
    }
    return {};
}

}  // namespace

TableFile parse_table(std::string_view csv, std::span<const std::string_view> required) {
    CsvResult parsed = parse_csv(csv);
    TableFile file;
    if (parsed.records.empty()) {
        file.problems.push_back({1, parsed.fault.empty() ? "the file is empty" : parsed.fault});
        return file;
    }
    file.columns = std::move(parsed.records.front().fields);
    file.problems = header_problems(file.columns, required);
    if (!file.problems.empty()) return file;
    for (std::size_t i = 1; i < parsed.records.size(); ++i) {
        TableRow row{.line = parsed.records[i].line, .values = {}};
        if (auto reason = read_row(file.columns, parsed.records[i], row); reason.empty())
            file.rows.push_back(std::move(row));
        else
            file.problems.push_back({row.line, std::move(reason)});
    }
    if (!parsed.fault.empty()) file.problems.push_back({parsed.fault_line, parsed.fault});
    return file;
}

TableText::TableText(std::vector<std::string> columns) : columns_(std::move(columns)) {
    std::map<std::string, std::string> header;
    for (const auto& column : columns_) header[column] = column;
    add(header);
}

void TableText::add(const std::map<std::string, std::string>& values) {
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        const auto value = values.find(columns_[c]);
        if (c > 0) text_ += ',';
        if (value != values.end()) text_ += csv_field(value->second);
    }
    text_ += "\r\n";
}

std::string TableText::take() {
    return std::exchange(text_, {});
}

}  // namespace latchkey
