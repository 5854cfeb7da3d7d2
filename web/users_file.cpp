#include "web/users_file.h"

#include "engine/mail_address.h"
#include "engine/unicode.h"
#include "web/csv.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace latchkey {
namespace {

constexpr std::array<std::string_view, 3> kRoles{"administrator", "service_desk", "auditor"};
constexpr std::size_t kLongestValue = 1000;  // code points
constexpr std::size_t kLongestName = 256;    // code points, as canonical_identifier allows

bool is_column_name(const std::string& name) {
    return !name.empty() && name.size() <= 60 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

std::vector<std::string> split(const std::string& list) {
    std::vector<std::string> parts;
    std::string part;
    for (const char c : list + ";") {
        if (c != ';') {
            part += c;
        } else if (!part.empty()) {
            parts.push_back(std::exchange(part, {}));
        }
    }
    return parts;
}

/// Why a line is not taken; empty if it is fine.
std::string fault_of(const UserRow& row) {
    const Account& account = row.account;
    if (account.user_name.empty()) return "user_name is empty";
    if (code_points(account.user_name) > kLongestName || !canonical_identifier(account.user_name))
        return "user_name is too long or contains characters that nobody can type";
    if (const auto mail = account.attributes.find("email");
        mail != account.attributes.end() && !parse_mail_address(mail->second))
        return "email \"" + mail->second + "\" is not a mail address";
    for (const auto& [name, value] : account.attributes)
        if (code_points(value) > kLongestValue)
            return name + " is longer than " + std::to_string(kLongestValue) + " characters";
    for (const auto& role : account.roles)
        if (std::ranges::count(kRoles, role) == 0)
            return "role \"" + role + "\" is none of administrator, service_desk, auditor";
    return {};
}

/// Puts one value where it belongs; the reason if it cannot.
std::string take(UserRow& row, const std::string& column, const std::string& raw) {
    const auto value = to_nfc(raw);
    if (!value) return column + " is not valid UTF-8";
    if (has_control_characters(*value)) return column + " contains control characters";
    if (column == "user_name") {
        row.account.user_name = *value;
    } else if (column == "locale") {
        row.account.locale = *value;
    } else if (column == "groups") {
        row.account.groups = split(*value);
    } else if (column == "roles") {
        row.account.roles = split(*value);
    } else if (column == "password") {
        row.password = Secret(*value);
    } else if (!value->empty()) {
        row.account.attributes[column] = *value;
    }
    return {};
}

std::vector<LineProblem> header_problems(const std::vector<std::string>& columns) {
    std::vector<LineProblem> problems;
    std::set<std::string> seen;
    for (const auto& column : columns) {
        if (!is_column_name(column))
            problems.push_back(
                {1, "column \"" + column + "\": names are lower-case letters, digits and _"});
        else if (!seen.insert(column).second)
            problems.push_back({1, "column " + column + " stands twice"});
    }
    if (!seen.contains("user_name")) problems.push_back({1, "there is no column user_name"});
    return problems;
}

}  // namespace

UsersFile parse_users(std::string_view csv) {
    const CsvResult parsed = parse_csv(csv);
    UsersFile file;
    if (parsed.records.empty()) {
        file.problems.push_back({1, parsed.fault.empty() ? "the file is empty" : parsed.fault});
        return file;
    }
    const auto& columns = parsed.records.front().fields;
    file.problems = header_problems(columns);
    if (!file.problems.empty()) return file;

    std::map<std::string, std::size_t> first_line;  // of a user name
    for (std::size_t i = 1; i < parsed.records.size(); ++i) {
        const CsvRecord& record = parsed.records[i];
        UserRow row{.line = record.line, .account = {}, .password = {}};
        std::string reason;
        if (record.fields.size() != columns.size())
            reason = "has " + std::to_string(record.fields.size()) + " fields, the header has " +
                     std::to_string(columns.size());
        for (std::size_t c = 0; c < columns.size() && reason.empty(); ++c)
            reason = take(row, columns[c], record.fields[c]);
        if (reason.empty()) reason = fault_of(row);
        if (reason.empty()) {
            const auto name = canonical_identifier(row.account.user_name).value();
            const auto [other, fresh] = first_line.emplace(name, record.line);
            if (!fresh)
                reason = "user_name stands on line " + std::to_string(other->second) + " already";
        }
        if (reason.empty())
            file.rows.push_back(std::move(row));
        else
            file.problems.push_back({record.line, std::move(reason)});
    }
    if (!parsed.fault.empty()) file.problems.push_back({parsed.fault_line, parsed.fault});
    return file;
}

}  // namespace latchkey
