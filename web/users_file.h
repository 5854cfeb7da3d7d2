#pragma once

#include "engine/secret.h"
#include "engine/subject.h"
#include "web/table_file.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

/// One person of a users file, to be added or brought up to date.
struct UserRow {
    std::size_t line;
    Account account;                    // without an id
    std::optional<bool> disabled = {};  // nothing: leave as it is
    Secret password = {};               // empty: leave as it is
};

struct UsersFile {
    std::vector<std::string> columns;  // what the file speaks of: all else stays as it is
    std::vector<UserRow> rows;
    std::vector<LineProblem> problems;
};

/// Reads a users file: user_name, email, phone, given_name, family_name, display_name,
/// employee_number, locale, groups, roles, disabled, password in any order; other columns become
/// attributes. `groups` and `roles` are separated by ";", `disabled` is true, false or empty. A bad
/// line becomes a problem and no row; a user name that stands twice is one.
UsersFile parse_users(std::string_view csv);

/// The columns of a users file in their order: the known ones, then `attributes`.
std::vector<std::string> users_columns(const std::vector<std::string>& attributes);

/// A person as a line of a users file, without the password.
std::map<std::string, std::string> users_line(const Account& account);

/// `known` as the row of a file with these columns leaves it.
Account brought_up_to_date(Account known, const UserRow& row,
                           const std::vector<std::string>& columns);

}  // namespace latchkey
