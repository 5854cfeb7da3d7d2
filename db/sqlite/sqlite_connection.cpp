#include "db/sqlite/sqlite_connection.h"

#include <sqlite3.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <thread>

namespace latchkey {
namespace {

// Durable (S11), wiped when deleted (S14), no trust in what a foreign hand may have put into the
// schema, and no temporary files beside the database.
constexpr std::string_view kSettings =
    "PRAGMA synchronous = FULL;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA trusted_schema = OFF;"
    "PRAGMA secure_delete = ON;"
    "PRAGMA temp_store = MEMORY;"
    // KiB for each connection; what is read more than that, the system has.
    "PRAGMA cache_size = -512;"
    "PRAGMA journal_size_limit = 67108864;"
    // Pages of 4 KiB. A checkpoint writes each of them once more and costs two syncs.
    "PRAGMA wal_autocheckpoint = 4000";

/// SQLite would create the file with the permissions that the umask leaves. Made under another name
/// first: closing a descriptor of the file itself would drop every lock that SQLite holds on it.
void create_for_owner_alone(const std::filesystem::path& file) {
    if (std::filesystem::exists(file)) return;
    std::string temporary = file.string() + ".XXXXXX";
    const int descriptor = ::mkstemp(temporary.data());
    if (descriptor < 0) return;  // SQLite will say what is wrong
    ::close(descriptor);
    static_cast<void>(::link(temporary.c_str(), file.c_str()));  // somebody else may be faster
    ::unlink(temporary.c_str());
}

SQLite::Database opened(const std::filesystem::path& file, const SqliteOptions& options) try {
    create_for_owner_alone(file);
    constexpr int kOwnHandler = 0;
    return {file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX, kOwnHandler, options.vfs};
} catch (const SQLite::Exception& error) {
    throw Outage("opening the database " + file.string() + ": " + error.what());
}

void bind(SQLite::Statement& statement, int place, const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        if (text->find('\0') != std::string::npos)
            throw std::invalid_argument("NUL in a text for the database");
        statement.bindNoCopy(place, *text);
    } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
        statement.bind(place, *number);
    } else {
        statement.bind(place);
    }
}

Value value_of(const SQLite::Column& column) {
    if (column.isNull()) return {};
    if (column.isInteger()) return column.getInt64();
    if (column.isText()) return column.getString();
    throw std::logic_error("a column is neither an integer nor text");
}

}  // namespace

SqliteConnection::SqliteConnection(std::filesystem::path file, const SqliteOptions& options)
    : file_(std::move(file)),
      longest_wait_(options.busy_timeout),
      database_(opened(file_, options)) {
    sqlite3_busy_handler(database_.getHandle(), wait_while_busy, this);
    for (const int off : {SQLITE_DBCONFIG_DQS_DML, SQLITE_DBCONFIG_DQS_DDL})
        sqlite3_db_config(database_.getHandle(), off, 0, nullptr);
    sqlite3_db_config(database_.getHandle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    write_ahead();
    execute(kSettings);
}

int SqliteConnection::wait_while_busy(void* self, int tries) {
    auto& connection = *static_cast<SqliteConnection*>(self);
    const auto now = std::chrono::steady_clock::now();
    if (tries == 0) connection.waiting_until_ = now + connection.longest_wait_;
    if (now >= connection.waiting_until_) return 0;
    // SQLite's own waits grow to 100 ms, and would miss the short breaks of a program that has much
    // to write.
    std::this_thread::sleep_for(kBreak / 2);
    return 1;
}

void SqliteConnection::write_ahead() {
    // While another connection does the same for the first time, SQLite does not wait by itself.
    const auto end = std::chrono::steady_clock::now() + longest_wait_;
    while (true) {
        try {
            if (database_.execAndGet("PRAGMA journal_mode = WAL").getString() == "wal") return;
            throw Outage("the file system of " + file_.string() + " cannot carry a database");
        } catch (const SQLite::Exception& error) {
            const bool busy = (error.getErrorCode() & 0xff) == SQLITE_BUSY;
            if (!busy || std::chrono::steady_clock::now() > end) fail(error, "journal_mode");
        }
        std::this_thread::sleep_for(Milliseconds{5});
    }
}

Rows SqliteConnection::run(const Query& query, std::span<const Value> values) try {
    Prepared& ready = prepared(query);
    if (ready.places.size() != values.size())
        throw std::logic_error(std::string("wrong number of values for ") + query.text());
    // A statement that is not reset keeps its snapshot of the file open.
    struct Reset {
        SQLite::Statement& statement;
        ~Reset() {
            statement.tryReset();
            statement.clearBindings();
        }
    } reset{ready.statement};
    for (std::size_t i = 0; i < values.size(); ++i)
        bind(ready.statement, ready.places[i], values[i]);
    return step(ready, query.reads());
} catch (const SQLite::Exception& error) {
    fail(error, query.text());
}

SqliteConnection::Prepared& SqliteConnection::prepared(const Query& query) {
    const auto known = prepared_.find(&query);
    if (known != prepared_.end()) return known->second;
    Prepared fresh{SQLite::Statement(database_, query.text()), {}};
    // To SQLite `$1` is a name, numbered by where it first appears.
    for (int i = 1; i <= fresh.statement.getBindParameterCount(); ++i) {
        const int place = fresh.statement.getIndex(("$" + std::to_string(i)).c_str());
        if (place == 0)
            throw std::logic_error(std::string("a gap in the numbers: ") + query.text());
        fresh.places.push_back(place);
    }
    return prepared_.emplace(&query, std::move(fresh)).first->second;
}

Rows SqliteConnection::step(Prepared& prepared, bool reads) {
    std::vector<std::vector<Value>> rows;
    while (prepared.statement.executeStep()) {
        auto& row = rows.emplace_back();
        for (int i = 0; i < prepared.statement.getColumnCount(); ++i)
            row.push_back(value_of(prepared.statement.getColumn(i)));
    }
    return {std::move(rows), reads ? 0 : database_.getChanges()};
}

void SqliteConnection::execute(std::string_view statements) try {
    database_.exec(std::string(statements));
} catch (const SQLite::Exception& error) {
    fail(error, statements);
}

void SqliteConnection::roll_back() {
    const bool open = sqlite3_get_autocommit(database_.getHandle()) == 0;
    if (open && database_.tryExec("ROLLBACK") != SQLITE_OK) broken_ = true;
}

void SqliteConnection::fail(const SQLite::Exception& error, std::string_view doing) {
    const std::string what = "database " + file_.string() + ": " + error.what() +
                             ", while running " + std::string(doing.substr(0, 60));
    switch (error.getErrorCode() & 0xff) {
        case SQLITE_CONSTRAINT:
            throw ConstraintViolation(what);
        case SQLITE_BUSY:
            throw Busy(what, Seconds{5});
        case SQLITE_ERROR:
        case SQLITE_MISUSE:
        case SQLITE_RANGE:
        case SQLITE_MISMATCH:
            throw std::logic_error(what);
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            broken_ = true;
            throw Outage(what + ": the file is damaged, put another in its place");
        default:
            broken_ = true;
            throw Outage(what);
    }
}

}  // namespace latchkey
