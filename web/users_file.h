#pragma once

#include "engine/secret.h"
#include "engine/subject.h"

#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

/// One person of a users file, to be added or brought up to date.
struct UserRow {
    std::size_t line;
    Account account;  // without an id
    Secret password;  // empty: leave as it is
};

struct LineProblem {
    std::size_t line;    // 1 is the header
    std::string reason;  // in English, for the operator
};

struct UsersFile {
    std::vector<UserRow> rows;
    std::vector<LineProblem> problems;
};

/// Reads a users file (CSV, RFC 4180, UTF-8, header line): user_name, email, phone, given_name,
/// family_name, display_name, employee_number, locale, groups, roles, password in any order; other
/// columns become attributes. `groups` and `roles` are separated by ";". A bad line becomes a
/// problem and no row; a user name that stands twice is one.
UsersFile parse_users(std::string_view csv);

}  // namespace latchkey
