#pragma once

#include "db/sql/database.h"

#include <stdexcept>
#include <string>
#include <vector>

namespace latchkey {

/// One change of the schema, the same text for both databases.
struct Migration {
    std::int64_t number;  // 1, 2, …
    std::string name;     // "0001_initial.sql"
    std::string text;
};

/// The database and this program do not fit together; says what to do.
class SchemaTrouble : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

/// The migrations of this program (db/migrations), in order.
const std::vector<Migration>& migrations();

/// Applies what is missing, each in one transaction, and returns the names of those applied. Safe
/// if several programs do it at once. Throws SchemaTrouble if the database is newer than `known`,
/// or if a migration was changed after it had been applied.
std::vector<std::string> migrate(Database& database, TimePoint now,
                                 const std::vector<Migration>& known = migrations());

/// Throws SchemaTrouble unless exactly `known` was applied.
void require_schema(Database& database, const std::vector<Migration>& known = migrations());

}  // namespace latchkey
