#include "web/users_file.h"

#include "engine/mail_address.h"
#include "engine/unicode.h"

#include <algorithm>
#include <array>
#include <map>

namespace latchkey {
namespace {

constexpr std::array<std::string_view, 3> kRoles{"administrator", "service_desk", "auditor"};
constexpr std::size_t kLongestValue = 1000;  // code points
constexpr std::size_t kLongestName = 256;    // code points, as canonical_identifier allows

const std::vector<std::string> kColumns{
    "user_name",       "email",  "phone",  "given_name", "family_name", "display_name",
    "employee_number", "locale", "groups", "roles",      "disabled"};

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

std::string joined(const std::vector<std::string>& parts) {
    std::string list;
    for (const auto& part : parts) list += (list.empty() ? "" : ";") + part;
    return list;
}

/// Puts one value where it belongs; the reason if it cannot.
std::string take(UserRow& row, const std::string& column, const std::string& value) {
    if (column == "user_name") {
        row.account.user_name = value;
    } else if (column == "locale") {
        row.account.locale = value;
    } else if (column == "groups") {
        row.account.groups = split(value);
    } else if (column == "roles") {
        row.account.roles = split(value);
    } else if (column == "password") {
        row.password = Secret(value);
    } else if (column == "disabled") {
        if (!value.empty() && value != "true" && value != "false")
            return "disabled must be true, false or empty";
        if (!value.empty()) row.disabled = value == "true";
    } else if (!value.empty()) {
        row.account.attributes[column] = value;
    }
    return {};
}

bool is_attribute(const std::string& column) {
    static const std::vector<std::string> kOthers{"user_name", "locale",   "groups",
                                                  "roles",     "disabled", "password"};
    return std::ranges::count(kOthers, column) == 0;
}

}  // namespace

UsersFile parse_users(std::string_view csv) {
    static constexpr std::array<std::string_view, 1> kRequired{"user_name"};
    TableFile table = parse_table(csv, kRequired);
    UsersFile file{.columns = std::move(table.columns), .problems = std::move(table.problems)};
    std::map<std::string, std::size_t> first_line;  // of a user name
    for (const TableRow& line : table.rows) {
        UserRow row{.line = line.line, .account = {}};
        std::string reason;
        for (const auto& [column, value] : line.values)
            if (reason.empty()) reason = take(row, column, value);
        if (reason.empty()) reason = fault_of(row);
        if (reason.empty()) {
            const auto name = canonical_identifier(row.account.user_name).value();
            const auto [other, fresh] = first_line.emplace(name, line.line);
            if (!fresh)
                reason = "user_name stands on line " + std::to_string(other->second) + " already";
        }
        if (reason.empty())
            file.rows.push_back(std::move(row));
        else
            file.problems.push_back({line.line, std::move(reason)});
    }
    std::ranges::sort(file.problems, {}, &LineProblem::line);
    return file;
}

std::vector<std::string> users_columns(const std::vector<std::string>& attributes) {
    std::vector<std::string> columns = kColumns;
    for (const auto& name : attributes)
        if (std::ranges::count(columns, name) == 0) columns.push_back(name);
    return columns;
}

std::map<std::string, std::string> users_line(const Account& account) {
    std::map<std::string, std::string> line(account.attributes.begin(), account.attributes.end());
    line["user_name"] = account.user_name;
    line["locale"] = account.locale;
    line["groups"] = joined(account.groups);
    line["roles"] = joined(account.roles);
    line["disabled"] = account.disabled ? "true" : "false";
    return line;
}

Account brought_up_to_date(Account known, const UserRow& row,
                           const std::vector<std::string>& columns) {
    known.user_name = row.account.user_name;
    known.disabled = row.disabled.value_or(known.disabled);
    for (const auto& column : columns) {
        if (column == "locale") known.locale = row.account.locale;
        if (column == "groups") known.groups = row.account.groups;
        if (column == "roles") known.roles = row.account.roles;
        if (!is_attribute(column)) continue;
        const auto value = row.account.attributes.find(column);
        if (value == row.account.attributes.end())
            known.attributes.erase(column);
        else
            known.attributes[column] = value->second;
    }
    return known;
}

}  // namespace latchkey
