#include "db/sql/backup.h"

#include "db/crypto/key_check.h"
#include "db/sql/migrator.h"
#include "db/sql/row_key.h"
#include "db/sqlite/sqlite_database.h"

#include <algorithm>
#include <iterator>
#include <ranges>
#include <stdexcept>

namespace latchkey {
namespace {

/// How one table is copied: by position, since every database of one schema has its columns in the
/// same order.
class Table {
 public:
    /// The first columns are the key. `merge` says what becomes of a row that is there already;
    /// without it there is none.
    Table(const std::string& name, std::size_t columns, RowKey key, const std::string& merge = "")
        : key_(std::move(key)),
          merges_(!merge.empty()),
          next_text_("SELECT * FROM " + name + " WHERE (" + key_.names() + ") > (" +
                     parameters(1, key_.size()) + ") ORDER BY " + key_.names() + " LIMIT 500"),
          insert_text_("INSERT INTO " + name + " VALUES (" + parameters(1, columns) + ") " + merge),
          clear_text_("DELETE FROM " + name),
          next_(next_text_.c_str()),
          insert_(insert_text_.c_str()),
          clear_(clear_text_.c_str()) {}

    bool merges() const { return merges_; }
    void clear(Transaction& transaction) const { transaction.run(clear_); }

    void copy(Transaction& from, Transaction& to) const {
        for (std::vector<Value> after = key_.before_all();;) {
            const Rows rows = from.run_with(next_, after);
            if (rows.empty()) return;
            for (std::size_t i = 0; i < rows.size(); ++i) to.run_with(insert_, rows.values(i));
            const auto last = rows.values(rows.size() - 1).first(key_.size());
            after.assign(last.begin(), last.end());
        }
    }

 private:
    RowKey key_;
    bool merges_;
    std::string next_text_;
    std::string insert_text_;
    std::string clear_text_;
    Query next_;
    Query insert_;
    Query clear_;
};

constexpr auto kText = RowKey::Kind::text;
constexpr auto kNumber = RowKey::Kind::number;

// Of two limits the stricter one holds.
constexpr const char* kStricterBudget =
    "ON CONFLICT (key) DO UPDATE SET"
    " used = CASE WHEN excluded.used > budget.used THEN excluded.used ELSE budget.used END,"
    " expires_at = CASE WHEN excluded.expires_at > budget.expires_at"
    "   THEN excluded.expires_at ELSE budget.expires_at END";
constexpr const char* kStricterBlock =
    "ON CONFLICT (account, verification) DO UPDATE SET until = excluded.until,"
    " level = excluded.level, begun_at = excluded.begun_at WHERE excluded.until > block.until";

// Every table, each behind those that it refers to. A test compares the list with the schema.
const Table kTables[]{
    {"root_key", 2, {{"id", kText}}},
    {"installation", 3, {{"id", kNumber}}},
    {"account", 11, {{"id", kText}}},
    {"account_identifier", 3, {{"kind", kText}, {"value", kText}, {"account", kText}}},
    {"decoy_shape", 3, {{"id", kNumber}}},
    {"credential", 5, {{"account", kText}, {"version", kNumber}}},
    {"definition", 3, {{"id", kNumber}}},
    {"process_version", 3, {{"name", kText}, {"version", kNumber}}},
    {"process", 2, {{"name", kText}}},
    {"reset_request", 11, {{"id", kText}}},
    {"request_pass", 3, {{"request", kText}, {"verification", kText}}},
    {"request_demand", 3, {{"request", kText}, {"verification", kText}}},
    {"enrollment", 9, {{"account", kText}, {"verification", kText}}},
    {"former_enrollment", 10, {{"account", kText}, {"verification", kText}, {"version", kNumber}}},
    {"enrollment_draft", 5, {{"account", kText}, {"verification", kText}}},
    {"budget", 3, {{"key", kText}}, kStricterBudget},
    {"block", 5, {{"account", kText}, {"verification", kText}}, kStricterBlock},
    {"message", 20, {{"id", kText}}},
    {"session", 11, {{"id", kText}}},
    {"notice_link", 5, {{"digest", kText}}},
    {"campaign", 9, {{"name", kText}}},
    {"campaign_reach", 7, {{"campaign", kText}, {"account", kText}, {"round", kNumber}}},
    {"activity", 7, {{"sequence", kNumber}}},
    {"activity_head", 4, {{"id", kNumber}}},
};

// What a restore makes void (S72).
const Query kReadEpoch{"SELECT epoch FROM installation WHERE id = 1"};
const Query kRaiseEpoch{
    "UPDATE installation SET begun_at = $2,"
    " epoch = 1 + CASE WHEN epoch > $1 THEN epoch ELSE $1 END WHERE id = 1"};
const Query kVoidRequests{
    "UPDATE reset_request SET state = 'cancelled', closed_at = $1, version = version + 1"
    " WHERE state IN ('verifying', 'verified')"};
const Query kVoidMessages{
    "UPDATE message SET state = 'refused', shown_state = 'refused', shown_at = $1, body = NULL"
    " WHERE state = 'queued'"};
const Query kVoidSessions{"DELETE FROM session"};
const Query kVoidDrafts{"DELETE FROM enrollment_draft"};
const Query kVoidLinks{"DELETE FROM notice_link"};
// Whatever the definitions were numbered, every program must read them again.
const Query kReadGeneration{"SELECT generation FROM definition WHERE id = 1"};
const Query kRaiseGeneration{
    "UPDATE definition SET generation ="
    " 1 + CASE WHEN generation > $1 THEN generation ELSE $1 END WHERE id = 1"};

void replace_all(Transaction& from, Transaction& to) {
    for (const Table& table : std::views::reverse(kTables))
        if (!table.merges()) table.clear(to);
    for (const Table& table : kTables) table.copy(from, to);
}

void restore_from(Transaction& backup, Transaction& to, TimePoint now) {
    const std::int64_t epoch = to.run(kReadEpoch).integer(0, 0);
    const std::int64_t generation = to.run(kReadGeneration).integer(0, 0);
    replace_all(backup, to);
    to.run(kRaiseEpoch, epoch, now);
    to.run(kRaiseGeneration, generation);
    to.run(kVoidRequests, now);
    to.run(kVoidMessages, now);
    to.run(kVoidSessions);
    to.run(kVoidDrafts);
    to.run(kVoidLinks);
}

/// A file beside another one, removed with what SQLite puts beside it.
class WorkingFile {
 public:
    explicit WorkingFile(std::filesystem::path path) : path_(std::move(path)) { remove(); }
    WorkingFile(const WorkingFile&) = delete;
    WorkingFile& operator=(const WorkingFile&) = delete;
    ~WorkingFile() { remove(); }
    const std::filesystem::path& path() const { return path_; }

 private:
    void remove() const {
        std::error_code ignored;
        for (const char* suffix : {"", "-wal", "-shm"})
            std::filesystem::remove(path_.string() + suffix, ignored);
    }
    std::filesystem::path path_;
};

}  // namespace

void back_up(Database& from, const std::filesystem::path& file, TimePoint now) {
    if (std::filesystem::exists(file))
        throw std::runtime_error("the backup file " + file.string() + " exists already");
    require_schema(from);
    if (const auto faults = from.faults(); !faults.empty())
        throw std::runtime_error("the database is damaged: " + faults.front() +
                                 ". Keep the backups that there are");
    const WorkingFile partial(file.string() + ".part");
    {
        const auto backup = make_sqlite_database(partial.path());
        migrate(*backup, now);
        backup->write([&](Transaction& to) {
            from.snapshot([&](Transaction& transaction) { replace_all(transaction, to); });
        });
    }
    std::filesystem::rename(partial.path(), file);
}

void restore(Database& to, const KeyRing& ring, const std::filesystem::path& file, TimePoint now) {
    if (!std::filesystem::is_regular_file(file))
        throw std::runtime_error("the backup " + file.string() + " cannot be read");
    // A copy: an older backup is brought up to date before it is read.
    const WorkingFile copy(file.string() + ".restoring");
    std::filesystem::copy_file(file, copy.path());
    if (const auto faults = sqlite_faults(copy.path()); !faults.empty())
        throw std::runtime_error("the backup " + file.string() + " is damaged: " + faults.front());
    const auto backup = make_sqlite_database(copy.path());
    migrate(*backup, now);
    require_keys(*backup, ring);
    require_schema(to);
    backup->snapshot([&](Transaction& from) {
        to.write([&](Transaction& transaction) { restore_from(from, transaction, now); });
    });
}

}  // namespace latchkey
