#include "db/sql/reseal.h"

#include "engine/json.h"

#include <algorithm>
#include <list>
#include <span>
#include <utility>

namespace latchkey {
namespace {

constexpr std::string_view kSlowHash = "$argon2id$";

/// A column of sealed texts. Each is bound to the values of its row's key, joined by "/".
class SealedColumn {
 public:
    struct Key {
        const char* column;
        Value before_all;
    };
    SealedColumn(const char* table, const char* column, std::vector<Key> key)
        : table_(table),
          column_(column),
          key_(std::move(key)),
          next_text_("SELECT " + column_ + ", " + key_columns() + " FROM " + table_ + " WHERE " +
                     column_ + " NOT LIKE $1 AND (" + key_columns() + ") > (" + parameters(2) +
                     ") ORDER BY " + key_columns() + " LIMIT 200"),
          replace_text_("UPDATE " + table_ + " SET " + column_ + " = $1 WHERE " + column_ +
                        " = $2 AND (" + key_columns() + ") = (" + parameters(3) + ")"),
          any_text_("SELECT 1 FROM " + table_ + " WHERE " + column_ + " NOT LIKE $1 LIMIT 1"),
          next_(next_text_.c_str()),
          replace_(replace_text_.c_str()),
          any_(any_text_.c_str()) {}

    std::vector<Value> before_all() const {
        std::vector<Value> values;
        for (const Key& part : key_) values.push_back(part.before_all);
        return values;
    }

    /// Some texts that do not begin so, in the order of their keys, which follow the text.
    Rows next(Transaction& transaction, const std::string& pattern,
              const std::vector<Value>& after) const {
        std::vector<Value> values{pattern};
        values.insert(values.end(), after.begin(), after.end());
        return transaction.run_with(next_, values);
    }

    bool any(Transaction& transaction, const std::string& pattern) const {
        return !transaction.run(any_, pattern).empty();
    }

    /// False if the text was changed meanwhile.
    bool replace(Transaction& transaction, const std::string& text, const std::string& former,
                 std::span<const Value> key) const {
        std::vector<Value> values{text, former};
        values.insert(values.end(), key.begin(), key.end());
        return transaction.run_with(replace_, values).changed() == 1;
    }

    Place place(const std::string& row) const { return {table_, column_, row}; }

 private:
    std::string key_columns() const {
        std::string list;
        for (const Key& part : key_) list += (list.empty() ? "" : ", ") + std::string(part.column);
        return list;
    }
    std::string parameters(std::size_t first) const {
        std::string list;
        for (std::size_t i = 0; i < key_.size(); ++i)
            list += (i > 0 ? ", $" : "$") + std::to_string(first + i);
        return list;
    }

    std::string table_, column_;
    std::vector<Key> key_;
    std::string next_text_, replace_text_, any_text_;
    Query next_, replace_, any_;
};

/// All of the schema; a test compares.
const std::list<SealedColumn> kSealedColumns = [] {
    const SealedColumn::Key id{"id", std::string()};
    const SealedColumn::Key account{"account", std::string()};
    const SealedColumn::Key verification{"verification", std::string()};
    const SealedColumn::Key version{"version", std::int64_t{-1}};
    std::list<SealedColumn> list;
    list.emplace_back("message", "body", std::vector{id});
    list.emplace_back("reset_request", "body", std::vector{id});
    list.emplace_back("enrollment", "data", std::vector{account, verification});
    list.emplace_back("former_enrollment", "data", std::vector{account, verification, version});
    list.emplace_back("enrollment_draft", "body", std::vector{account, verification});
    list.emplace_back("credential", "hash", std::vector{account, version});
    return list;
}();

std::string under(const std::string& key) {
    return key + ".%";
}

std::string row_name(std::span<const Value> key) {
    std::string name;
    for (const Value& part : key) {
        if (!name.empty()) name += '/';
        const auto* text = std::get_if<std::string>(&part);
        name += text ? *text : std::to_string(std::get<std::int64_t>(part));
    }
    return name;
}

/// Every slow hash in it with its pepper under the newest key.
void renew_hashes(Json& json, const SodiumCrypto& crypto) {
    if (json.is_structured())
        for (Json& member : json) renew_hashes(member, crypto);
    if (json.is_string() && json.get_ref<const std::string&>().starts_with(kSlowHash))
        json = crypto.under_newest_key(json.get_ref<const std::string&>());
}

std::string renewed(const std::string& plain, const SodiumCrypto& crypto) {
    if (plain.starts_with(kSlowHash)) return crypto.under_newest_key(plain);
    Json json = Json::parse(plain);
    renew_hashes(json, crypto);
    return json.dump();
}

std::int64_t reseal(Database& database, const SealedColumn& column, const Sealer& sealer,
                    const SodiumCrypto& crypto) {
    std::int64_t changed = 0;
    for (std::vector<Value> key = column.before_all();;) {
        const Rows rows = database.read([&](Transaction& transaction) {
            return column.next(transaction, under(sealer.key()), key);
        });
        if (rows.empty()) return changed;
        changed += database.write([&](Transaction& transaction) {
            std::int64_t here = 0;
            for (std::size_t i = 0; i < rows.size(); ++i) {
                const auto own_key = rows.values(i).subspan(1);
                const std::string row = row_name(own_key);
                const std::string& former = rows.text(i, 0);
                const std::string plain = renewed(sealer.open(column.place(row), former), crypto);
                const std::string text = sealer.seal(column.place(row), plain);
                here += column.replace(transaction, text, former, own_key) ? 1 : 0;
            }
            return here;
        });
        const auto last = rows.values(rows.size() - 1).subspan(1);
        key.assign(last.begin(), last.end());
    }
}

}  // namespace

bool has_old_seals(Database& database, const std::string& newest) {
    return database.read([&](Transaction& transaction) {
        return std::ranges::any_of(kSealedColumns, [&](const SealedColumn& column) {
            return column.any(transaction, under(newest));
        });
    });
}

std::int64_t reseal(Database& database, const Sealer& sealer, const SodiumCrypto& crypto) {
    std::int64_t changed = 0;
    for (const SealedColumn& column : kSealedColumns)
        changed += reseal(database, column, sealer, crypto);
    return changed;
}

}  // namespace latchkey
