#include "db/sql/migrator.h"

#include "db/crypto/encoding.h"

#include <map>
#include <optional>

namespace latchkey::embedded {

const std::map<std::string_view, std::string_view>& migrations();

}  // namespace latchkey::embedded

namespace latchkey {
namespace {

// Row 0 is no migration: whoever migrates holds its lock, so that others wait and then look again.
constexpr const char* kLedger =
    "CREATE TABLE IF NOT EXISTS migration ("
    "    number BIGINT NOT NULL PRIMARY KEY,"
    "    name TEXT NOT NULL,"
    "    checksum TEXT NOT NULL,"
    "    applied_at BIGINT NOT NULL);"
    "INSERT INTO migration (number, name, checksum, applied_at) VALUES (0, 'lock', '', 0)"
    "    ON CONFLICT (number) DO NOTHING";

const Query kLock{"UPDATE migration SET applied_at = $1 WHERE number = 0"};
const Query kApplied{
    "SELECT number, name, checksum FROM migration WHERE number > 0 ORDER BY number"};
const Query kRecord{
    "INSERT INTO migration (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)"};

/// How many of `known` were applied.
std::size_t applied(const Rows& rows, const std::vector<Migration>& known) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i >= known.size() || rows.integer(i, 0) != known[i].number)
            throw SchemaTrouble("the database was changed by a newer version of Latchkey (" +
                                rows.text(i, 1) + "): install that version, or restore a backup");
        if (rows.text(i, 2) != hex_digest(known[i].text))
            throw SchemaTrouble("the migration " + known[i].name +
                                " is not the one that was applied to this database: install an "
                                "unchanged Latchkey");
    }
    return rows.size();
}

void create_ledger(Database& database) {
    const auto create = [&] {
        database.write([](Transaction& transaction) { transaction.script(kLedger); });
    };
    try {
        create();
    } catch (const ConstraintViolation&) {
        create();  // PostgreSQL, and another program was creating it at the same moment
    }
}

/// Applies the next one and returns its name; nothing if all are applied.
std::optional<std::string> apply_next(Database& database, TimePoint now,
                                      const std::vector<Migration>& known) {
    return database.write([&](Transaction& transaction) -> std::optional<std::string> {
        transaction.run(kLock, now);
        const std::size_t done = applied(transaction.run(kApplied), known);
        if (done == known.size()) return {};
        const Migration& next = known[done];
        transaction.script(next.text);
        transaction.run(kRecord, next.number, next.name, hex_digest(next.text), now);
        return next.name;
    });
}

}  // namespace

const std::vector<Migration>& migrations() {
    static const std::vector<Migration> all = [] {
        std::vector<Migration> list;
        for (const auto& [name, text] : embedded::migrations())
            list.push_back({std::stoll(std::string(name)), std::string(name), std::string(text)});
        return list;
    }();
    return all;
}

std::vector<std::string> migrate(Database& database, TimePoint now,
                                 const std::vector<Migration>& known) {
    create_ledger(database);
    std::vector<std::string> names;
    while (auto name = apply_next(database, now, known)) names.push_back(std::move(*name));
    return names;
}

void require_schema(Database& database, const std::vector<Migration>& known) {
    const auto rows = [&] {
        try {
            return database.read([](Transaction& t) { return t.run(kApplied); });
        } catch (const std::logic_error&) {
            return Rows();  // there is no ledger yet
        }
    }();
    if (rows.empty())
        throw SchemaTrouble(
            "the database is empty: run `latchkey init` for a new installation, or `latchkey "
            "restore` with a backup");
    if (applied(rows, known) < known.size())
        throw SchemaTrouble("the database is not up to date: run `latchkey migrate`");
}

}  // namespace latchkey
