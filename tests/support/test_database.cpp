#include "tests/support/test_database.h"

#include "db/sql/make_database.h"
#include "db/sql/migrator.h"
#include "tests/support/fixed_clock.h"
#include "tests/support/postgres_server.h"

#include <sqlite3.h>
#include <stdexcept>

namespace latchkey {

EmptyDatabase::EmptyDatabase(Backend backend) : backend_(backend) {
    if (backend_ == Backend::sqlite) {
        folder_.emplace();
        url_ = "sqlite:latchkey.db";
    } else {
        url_ = PostgresServer::instance().new_database();
    }
    database_ = another();
}

std::unique_ptr<Database> EmptyDatabase::another() const {
    return make_database(url_, folder_ ? folder_->path() : std::filesystem::path());
}

void EmptyDatabase::tamper(const std::string& statement) {
    if (backend_ == Backend::postgres) {
        PostgresServer::instance().execute(url_, statement);
        return;
    }
    sqlite3* connection = nullptr;
    sqlite3_open((folder() / "latchkey.db").c_str(), &connection);
    sqlite3_busy_timeout(connection, 5000);
    const int failed = sqlite3_exec(connection, statement.c_str(), nullptr, nullptr, nullptr);
    const std::string message = sqlite3_errmsg(connection);
    sqlite3_close(connection);
    if (failed) throw std::runtime_error(message);
}

TestDatabase::TestDatabase(Backend backend) : EmptyDatabase(backend) {
    migrate(**this, kNewYear);
}

}  // namespace latchkey
