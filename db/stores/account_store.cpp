#include "db/stores/account_store.h"

#include "db/stores/decoy_shape.h"

namespace latchkey {
namespace {

constexpr Minutes kShapeIsReadEvery{10};

// Where there is nobody, somebody without an id is read: that takes as long (S02).
const Query kFind{
    "SELECT id, user_name, disabled, locale, groups, roles, attributes, attributes_changed,"
    " version FROM account WHERE id = $1"
    " UNION ALL SELECT '', 'nobody', 0, 'en', '[]', '[]',"
    " '{\"email\":\"nobody@example.org\"}', '{}', 1"
    " WHERE NOT EXISTS (SELECT 1 FROM account WHERE id = $1)"};
const Query kPage{
    "SELECT id, user_name, disabled, locale, groups, roles, attributes, attributes_changed,"
    " version FROM account WHERE user_name > $1 ORDER BY user_name LIMIT $2"};
const Query kIdentify{
    "SELECT account FROM account_identifier WHERE kind = $1 AND value = $2 LIMIT 2"};
const Query kInsertAccount{
    "INSERT INTO account (id, user_name, disabled, locale, groups, roles, attributes, mail_domain,"
    " mail_begins_like_name, attributes_changed, version)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)"};
const Query kUpdate{
    "UPDATE account SET user_name = $3, disabled = $4, locale = $5, groups = $6, roles = $7,"
    " attributes = $8, mail_domain = $9, mail_begins_like_name = $10,"
    " attributes_changed = $11, version = version + 1"
    " WHERE id = $1 AND version = $2"};
const Query kForgetIdentifiers{"DELETE FROM account_identifier WHERE account = $1"};
const Query kAddIdentifier{
    "INSERT INTO account_identifier (kind, value, account) VALUES ($1, $2, $3)"};

// What is kept under the person's id without belonging to the account's row.
const Query kEraseRequests{"DELETE FROM reset_request WHERE account = $1"};
const Query kEraseMessages{"DELETE FROM message WHERE account = $1"};
const Query kEraseSessions{"DELETE FROM session WHERE account = $1"};
const Query kEraseLinks{"DELETE FROM notice_link WHERE account = $1"};
const Query kEraseBlocks{"DELETE FROM block WHERE account = $1"};
const Query kErase{"DELETE FROM account WHERE id = $1"};

std::string written(const decltype(Account::changed)& changed) {
    Json json = Json::object();
    for (const auto& [attribute, at] : changed) json[attribute] = millis(at);
    return json.dump();
}

decltype(Account::changed) read_changed(const std::string& text) {
    const Json json = Json::parse(text);
    decltype(Account::changed) changed;
    for (const auto& [attribute, at] : json.items())
        changed[attribute] = from_millis(at.get<std::int64_t>());
    return changed;
}

Account account_in(const Rows& rows, std::size_t row) {
    return {.id = AccountId{rows.text(row, 0)},
            .user_name = rows.text(row, 1),
            .disabled = rows.integer(row, 2) != 0,
            .locale = rows.text(row, 3),
            .groups = Json::parse(rows.text(row, 4)),
            .roles = Json::parse(rows.text(row, 5)),
            .attributes = Json::parse(rows.text(row, 6)).get<decltype(Account::attributes)>(),
            .changed = read_changed(rows.text(row, 7)),
            .version = rows.integer(row, 8)};
}

/// Where the address ends and whether it begins as the user name does: what decoys are made like.
MailShape mail_shape(const Account& account) {
    const auto email = account.attributes.find("email");
    if (email == account.attributes.end()) return {};
    return mail_shape_of(account.user_name, email->second);
}

void save_identifiers(Transaction& transaction, const Account& account) {
    transaction.run(kForgetIdentifiers, account.id);
    const auto add = [&](const std::string& kind, const std::string& value) {
        if (const auto canonical = canonical_identifier(value))
            transaction.run(kAddIdentifier, kind, *canonical, account.id);
    };
    add("user_name", account.user_name);
    for (const auto& [name, value] : account.attributes)
        if (name != "user_name") add(name, value);
}

}  // namespace

std::optional<Account> SqlAccountStore::find(const AccountId& id) {
    const Rows rows = database_.read([&](Transaction& t) { return t.run(kFind, id); });
    Account account = account_in(rows, 0);
    if (account.id.empty()) return {};
    return account;
}

std::vector<AccountId> SqlAccountStore::identify(const std::string& kind,
                                                 const std::string& canonical) {
    const Rows rows =
        database_.read([&](Transaction& t) { return t.run(kIdentify, kind, canonical); });
    std::vector<AccountId> ids;
    for (std::size_t i = 0; i < rows.size(); ++i) ids.emplace_back(rows.text(i, 0));
    return ids;
}

std::vector<Account> SqlAccountStore::page(const std::string& after_user_name, std::int64_t count) {
    const Rows rows =
        database_.read([&](Transaction& t) { return t.run(kPage, after_user_name, count); });
    std::vector<Account> accounts;
    for (std::size_t i = 0; i < rows.size(); ++i) accounts.push_back(account_in(rows, i));
    return accounts;
}

bool SqlAccountStore::erase(const AccountId& account, const Activity& activity) {
    return database_.write([&](Transaction& transaction) {
        for (const Query* query :
             {&kEraseRequests, &kEraseMessages, &kEraseSessions, &kEraseLinks, &kEraseBlocks})
            transaction.run(*query, account);
        const bool erased = transaction.run(kErase, account).changed() == 1;
        if (!erased)
            transaction.undo();
        else
            log_.append(transaction, {activity});
        return erased;
    });
}

DecoyShape SqlAccountStore::decoy_shape() {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (!shape_read_at_ || now - *shape_read_at_ > kShapeIsReadEvery) {
        shape_ = current_decoy_shape(database_);
        shape_read_at_ = now;
    }
    return shape_;
}

Result<void> SqlAccountStore::save(Transaction& transaction,
                                   const Change::AccountChange& change) try {
    const Account& a = change.account;
    const std::string groups = Json(a.groups).dump();
    const std::string roles = Json(a.roles).dump();
    const std::string attributes = Json(a.attributes).dump();
    const std::string changed = written(a.changed);
    const MailShape mail = mail_shape(a);
    const Rows saved =
        a.version == 0
            ? transaction.run(kInsertAccount, a.id, a.user_name, a.disabled, a.locale, groups,
                              roles, attributes, mail.domain, mail.begins_like_name, changed)
            : transaction.run(kUpdate, a.id, a.version, a.user_name, a.disabled, a.locale, groups,
                              roles, attributes, mail.domain, mail.begins_like_name, changed);
    if (saved.changed() != 1) return Error{Errc::conflict};
    save_identifiers(transaction, a);
    if (change.credential && !credentials_.replace(transaction, *change.credential, clock_.now()))
        return Error{Errc::conflict};
    return {};
} catch (const ConstraintViolation&) {
    return Error{Errc::conflict};  // somebody else has the user name
}

}  // namespace latchkey
