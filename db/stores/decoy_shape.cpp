#include "db/stores/decoy_shape.h"

#include "engine/json.h"

namespace latchkey {
namespace {

// The tail of rare domains is left out: a decoy there would stand out.
const Query kDomains{
    "SELECT mail_domain, COUNT(*) FROM account WHERE mail_domain <> '' GROUP BY mail_domain"
    " ORDER BY COUNT(*) DESC, mail_domain LIMIT 50"};
const Query kCountPeople{
    "SELECT COUNT(*), COALESCE(CAST(SUM(mail_begins_like_name) AS BIGINT), 0) FROM account"
    " WHERE mail_domain <> ''"};
const Query kReadShape{"SELECT people, body FROM decoy_shape WHERE id = 1"};
const Query kWrite{
    "INSERT INTO decoy_shape (id, people, body) VALUES (1, $1, $2)"
    " ON CONFLICT (id) DO UPDATE SET people = excluded.people, body = excluded.body"};

Json body_of(const DecoyShape& shape) {
    return {{"mail_domains", shape.mail_domains},
            {"mail_begins_like_name", shape.mail_begins_like_name}};
}

DecoyShape shape_in(const std::string& body) {
    const Json json = Json::parse(body);
    return {.mail_domains = json.at("mail_domains").get<std::map<std::string, std::int64_t>>(),
            .mail_begins_like_name = json.at("mail_begins_like_name").get<bool>()};
}

bool still_fits(const Rows& stored, std::int64_t people) {
    if (stored.empty()) return false;
    const std::int64_t then = stored.integer(0, 0);
    return people < 2 * std::max<std::int64_t>(then, 1) && 2 * people > then;
}

DecoyShape take(Transaction& transaction, std::int64_t people, std::int64_t alike) {
    const Rows rows = transaction.run(kDomains);
    DecoyShape shape{.mail_domains = {}, .mail_begins_like_name = 2 * alike >= people};
    for (std::size_t i = 0; i < rows.size(); ++i)
        shape.mail_domains[rows.text(i, 0)] = rows.integer(i, 1);
    transaction.run(kWrite, people, body_of(shape).dump());
    return shape;
}

}  // namespace

MailShape mail_shape_of(std::string_view user_name, std::string_view email) {
    const auto name = canonical_identifier(user_name);
    const auto address = canonical_identifier(email);
    const std::size_t at = address ? address->rfind('@') : std::string::npos;
    if (at == std::string::npos || at == 0) return {};
    return {address->substr(at + 1), name && name->front() == address->front()};
}

DecoyShape current_decoy_shape(Database& database) {
    Rows stored;
    Rows people;
    database.read([&](Transaction& transaction) {
        stored = transaction.run(kReadShape);
        people = transaction.run(kCountPeople);
    });
    const std::int64_t count = people.integer(0, 0);
    if (still_fits(stored, count)) return shape_in(stored.text(0, 1));
    return database.write(
        [&](Transaction& transaction) { return take(transaction, count, people.integer(0, 1)); });
}

}  // namespace latchkey
