#pragma once

#include "db/sql/database.h"
#include "db/sqlite/sqlite_database.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <chrono>
#include <filesystem>
#include <string>
#include <unordered_map>

namespace latchkey {

/// Whoever writes without end makes such a break now and then, so that other programs get their
/// turn.
inline constexpr Milliseconds kBreak{2};

/// One connection to an SQLite file with its prepared statements. For one thread at a time.
class SqliteConnection {
 public:
    /// Creates the file, readable by its owner alone, if there is none. Throws Outage.
    SqliteConnection(std::filesystem::path file, const SqliteOptions& options);
    SqliteConnection(const SqliteConnection&) = delete;
    SqliteConnection& operator=(const SqliteConnection&) = delete;

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

    /// SQLite's question whether to try again, while another connection writes.
    static int wait_while_busy(void* self, int tries);

    void write_ahead();
    Prepared& prepared(const Query& query);
    Rows step(Prepared& prepared, bool reads);
    [[noreturn]] void fail(const SQLite::Exception& error, std::string_view doing);

    std::filesystem::path file_;
    const Milliseconds longest_wait_;
    std::chrono::steady_clock::time_point waiting_until_;
    bool broken_ = false;
    SQLite::Database database_;
    std::unordered_map<const Query*, Prepared> prepared_;
};

}  // namespace latchkey
