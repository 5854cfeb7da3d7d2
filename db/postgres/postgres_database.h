#pragma once

#include "db/sql/database.h"

#include <memory>
#include <string>

namespace latchkey {

struct PostgresOptions {
    std::size_t connections = 10;
};

/// A PostgreSQL database, by a URL or a string of libpq keywords. READ COMMITTED; a transaction
/// that lost a deadlock or a serialization race is run again, three times in all. Nothing waits for
/// long: connecting, a lock, a statement, a commit and a dead peer all have a limit. The URL may
/// name several servers, of which the newest primary is used. Several programs may share it.
std::unique_ptr<Database> make_postgres_database(const std::string& url,
                                                 const PostgresOptions& options = {});

}  // namespace latchkey
