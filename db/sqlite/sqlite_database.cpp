#include "db/sqlite/sqlite_database.h"

#include "db/sql/connection_pool.h"
#include "db/sql/connection_transaction.h"
#include "db/sqlite/group_commit.h"
#include "db/sqlite/sqlite_connection.h"

#include <sqlite3.h>
#include <atomic>
#include <chrono>
#include <thread>

namespace latchkey {
namespace {

constexpr Milliseconds kLongestStretch{100};

using SqliteTransaction = ConnectionTransaction<SqliteConnection>;

class SqliteDatabase final : public Database {
 public:
    SqliteDatabase(std::filesystem::path file, SqliteOptions options)
        : file_(std::move(file)),
          options_(std::move(options)),
          readers_(options_.readers, [this] { return open(); }),
          writes_([this](auto group) { run_group(group); }) {}

    std::vector<std::string> faults() const override { return sqlite_faults(file_); }
    /// Each connection knows the whole schema and keeps pages and statements of its own.
    void rest() override { readers_.close_idle(1); }
    std::int64_t statements() const override { return statements_; }

 protected:
    void write_work(const Body& body) override {
        if (writing_) throw std::logic_error("a write inside a write would wait for itself");
        writes_.submit(body);
    }

    void read_work(const Body& body) override {
        const auto connection = readers_.lease();
        SqliteTransaction transaction(*connection, SqliteTransaction::Kind::reading, statements_);
        body(transaction);
    }

    void snapshot_work(const Body& body) override {
        const auto connection = readers_.lease();
        SqliteTransaction transaction(*connection, SqliteTransaction::Kind::reading, statements_);
        struct End {
            SqliteConnection& connection;
            ~End() { connection.roll_back(); }
        } end{*connection};
        connection->execute("BEGIN");
        body(transaction);
    }

 private:
    std::unique_ptr<SqliteConnection> open() const {
        return std::make_unique<SqliteConnection>(file_, options_);
    }

    /// SQLite lets programs that wait for each other's writes guess when to try again: without
    /// breaks the one that writes most would shut the others out.
    void make_room_for_others() {
        const auto now = std::chrono::steady_clock::now();
        if (now - last_end_ >= kBreak) {
            stretch_began_ = now;
        } else if (now - stretch_began_ > kLongestStretch) {
            std::this_thread::sleep_for(kBreak);
            stretch_began_ = std::chrono::steady_clock::now();
        }
    }

    void run_group(std::span<GroupCommit::Member* const> group) {
        make_room_for_others();
        writing_ = true;
        try {
            if (!writer_ || writer_->broken()) {
                writer_.reset();
                writer_ = open();
            }
            writer_->execute("BEGIN IMMEDIATE");
            for (GroupCommit::Member* member : group) run_member(*member);
            writer_->execute("COMMIT");
        } catch (const Busy& busy) {
            for (auto* member : group) member->failure = std::make_exception_ptr(busy);
        } catch (const std::exception& error) {
            for (auto* member : group)
                member->failure = std::make_exception_ptr(Outage(error.what()));
        }
        if (writer_) writer_->roll_back();  // does nothing after a commit
        writing_ = false;
        last_end_ = std::chrono::steady_clock::now();
    }

    /// Throws only what ends the whole group.
    void run_member(GroupCommit::Member& member) {
        writer_->execute("SAVEPOINT member");
        SqliteTransaction transaction(*writer_, SqliteTransaction::Kind::writing, statements_);
        try {
            member.body(transaction);
        } catch (...) {
            member.failure = std::current_exception();
        }
        if (writer_->broken()) throw Outage("the group's transaction broke: " + reason(member));
        if (member.failure || transaction.undone()) writer_->execute("ROLLBACK TO member");
        writer_->execute("RELEASE member");
    }

    static std::string reason(const GroupCommit::Member& member) try {
        if (member.failure) std::rethrow_exception(member.failure);
        return "unknown";
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "unknown";
    }

    static thread_local bool writing_;

    const std::filesystem::path file_;
    const SqliteOptions options_;
    std::atomic<std::int64_t> statements_ = 0;
    ConnectionPool<SqliteConnection> readers_;
    // These belong to whoever leads the group.
    std::unique_ptr<SqliteConnection> writer_;
    std::chrono::steady_clock::time_point stretch_began_;
    std::chrono::steady_clock::time_point last_end_;
    GroupCommit writes_;
};

thread_local bool SqliteDatabase::writing_ = false;

}  // namespace

std::unique_ptr<Database> make_sqlite_database(const std::filesystem::path& file,
                                               const SqliteOptions& options) {
    return std::make_unique<SqliteDatabase>(file, options);
}

std::vector<std::string> sqlite_faults(const std::filesystem::path& file) try {
    const SQLite::Database database(file.string(), SQLite::OPEN_READWRITE);
    SQLite::Statement check(database, "PRAGMA quick_check");
    std::vector<std::string> faults;
    while (check.executeStep()) faults.push_back(check.getColumn(0).getString());
    if (faults == std::vector<std::string>{"ok"}) faults.clear();
    return faults;
} catch (const SQLite::Exception& error) {
    const int code = error.getErrorCode() & 0xff;
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) return {error.what()};
    throw Outage("checking the database " + file.string() + ": " + error.what());
}

}  // namespace latchkey
