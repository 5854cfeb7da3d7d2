#pragma once

#include "db/sql/database.h"
#include "db/sqlite/sqlite_database.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <filesystem>
#include <string>
#include <unordered_map>

namespace latchkey {

/// One connection to an SQLite file with its prepared statements. For one thread at a time.
class SqliteConnection {
 public:
    /// Creates the file, readable by its owner alone, if there is none. Throws Outage.
    SqliteConnection(std::filesystem::path file, const SqliteOptions& options);

    Rows run(const Query& query, std::span<const Value> values);

    /// Several statements without parameters whose results nobody needs.
    void execute(std::string_view statements);
    void script(std::string_view statements) { execute(statements); }

    /// Ends a transaction without keeping anything, if one is open.
    void roll_back();

    /// Something failed after which neither the transaction nor what the connection remembers of
    /// the file can be trusted: close it (after a failed sync the kernel may have dropped pages
    /// that it still calls clean).
    bool broken() const { return broken_; }

 private:
    struct Prepared {
        SQLite::Statement statement;
        std::vector<int> places;  // where `$1`, `$2`, … stand
    };

    void write_ahead(Milliseconds longest_wait);
    Prepared& prepared(const Query& query);
    Rows step(Prepared& prepared, bool reads);
    [[noreturn]] void fail(const SQLite::Exception& error, std::string_view doing);

    std::filesystem::path file_;
    bool broken_ = false;
    SQLite::Database database_;
    std::unordered_map<const Query*, Prepared> prepared_;
};

}  // namespace latchkey
