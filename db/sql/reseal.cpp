#include "db/sql/reseal.h"

#include "db/crypto/key_check.h"
#include "db/sql/row_key.h"
#include "engine/json.h"

#include <algorithm>
#include <span>
#include <utility>

namespace latchkey {
namespace {

constexpr std::string_view kSlowHash = "$argon2id$";

/// A column of sealed texts. Each is bound to the values of its row's key, joined by "/".
class SealedColumn {
 public:
    SealedColumn(const char* table, const char* column, RowKey key)
        : table_(table),
          column_(column),
          key_(std::move(key)),
          next_text_("SELECT " + column_ + ", " + key_.names() + " FROM " + table_ + " WHERE " +
                     column_ + " NOT LIKE $1 AND (" + key_.names() + ") > (" +
                     parameters(2, key_.size()) + ") ORDER BY " + key_.names() + " LIMIT 200"),
          replace_text_("UPDATE " + table_ + " SET " + column_ + " = $1 WHERE " + column_ +
                        " = $2 AND (" + key_.names() + ") = (" + parameters(3, key_.size()) + ")"),
          any_text_("SELECT 1 FROM " + table_ + " WHERE " + column_ + " NOT LIKE $1 LIMIT 1"),
          next_(next_text_.c_str()),
          replace_(replace_text_.c_str()),
          any_(any_text_.c_str()) {}

    std::vector<Value> before_all() const { return key_.before_all(); }

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
    std::string table_, column_;
    RowKey key_;
    std::string next_text_, replace_text_, any_text_;
    Query next_, replace_, any_;
};

constexpr auto kTextKey = RowKey::Kind::text;
constexpr auto kNumberKey = RowKey::Kind::number;

// All of the schema; a test compares.
const SealedColumn kSealedColumns[]{
    {"message", "body", {{"id", kTextKey}}},
    {"reset_request", "body", {{"id", kTextKey}}},
    {"enrollment", "data", {{"account", kTextKey}, {"verification", kTextKey}}},
    {"former_enrollment",
     "data",
     {{"account", kTextKey}, {"verification", kTextKey}, {"version", kNumberKey}}},
    {"enrollment_draft", "body", {{"account", kTextKey}, {"verification", kTextKey}}},
    {"credential", "hash", {{"account", kTextKey}, {"version", kNumberKey}}},
};

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

Rotation rotate_key(Database& database, const std::filesystem::path& file, const HashCost& cost,
                    HashingPool& pool, const std::function<void()>& wait) {
    const KeyRing before = read_key_file(file);
    Rotation rotation;
    rotation.went_on =
        adopt_newest_key(database, before) || has_old_seals(database, before.newest().id);
    if (!rotation.went_on) {
        add_root_key(file, before);
        adopt_newest_key(database, read_key_file(file));
    }
    const KeySource keys{file};
    const Sealer sealer{keys};
    const SodiumCrypto crypto{keys, cost, pool};
    rotation.key = sealer.key();
    wait();
    while (const auto rows = reseal(database, sealer, crypto)) rotation.rows += rows;
    return rotation;
}

}  // namespace latchkey
