#pragma once

#include "db/sql/database.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace latchkey {

struct SqliteOptions {
    /// How long to wait while another process writes.
    Milliseconds busy_timeout = Seconds{5};
    std::size_t readers = 8;
    /// SQLite's name of the operating system's stand-in; empty: the system itself.
    std::string vfs = {};
};

/// A database in one file that other processes may use at the same time. One connection writes: the
/// writes of concurrent callers are grouped into one durable commit, each in its own savepoint, and
/// if that commit fails every one of them gets the Outage. Several connections read.
std::unique_ptr<Database> make_sqlite_database(const std::filesystem::path& file,
                                               const SqliteOptions& options = {});

/// SQLite's own check of a file, which reads all of it; a complaint per line, none if it is sound.
/// Throws Outage if the file cannot be read at all.
std::vector<std::string> sqlite_faults(const std::filesystem::path& file);

}  // namespace latchkey
