#include "db/stores/session_store.h"

namespace latchkey {
namespace {

const Query kFindSession{
    "SELECT id, digest, former_digest, rotated_by, account, created_at, seen_at, proved_at,"
    " factor, factor_at, version FROM session WHERE digest = $1 OR former_digest = $1"};
const Query kInsertSession{
    "INSERT INTO session (id, digest, former_digest, rotated_by, account, created_at,"
    " seen_at, proved_at, factor, factor_at, version)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)"
    " ON CONFLICT DO NOTHING"};
const Query kUpdateSession{
    "UPDATE session SET digest = $3, former_digest = $4, rotated_by = $5, account = $6,"
    " created_at = $7, seen_at = $8, proved_at = $9, factor = $10, factor_at = $11,"
    " version = version + 1"
    " WHERE id = $1 AND version = $2"};
const Query kEnd{"DELETE FROM session WHERE id = $1"};
const Query kEndAll{"DELETE FROM session WHERE account = $1 AND id <> $2"};

}  // namespace

std::optional<Session> SqlSessionStore::find(const std::string& digest) {
    if (digest.empty()) return {};  // as `former_digest` is before the first rotation
    const Rows rows = database_.read([&](Transaction& t) { return t.run(kFindSession, digest); });
    if (rows.empty()) return {};
    return Session{.id = SessionId{rows.text(0, 0)},
                   .digest = rows.text(0, 1),
                   .former_digest = rows.text(0, 2),
                   .rotated_by = rows.text(0, 3),
                   .account = AccountId{rows.text(0, 4)},
                   .created_at = rows.time(0, 5),
                   .seen_at = rows.time(0, 6),
                   .proved_at = rows.time(0, 7),
                   .factor = rows.text(0, 8),
                   .factor_at = rows.time(0, 9),
                   .version = rows.integer(0, 10)};
}

bool SqlSessionStore::save(const Session& session) {
    return database_.write([&](Transaction& transaction) { return save(transaction, session); });
}

bool SqlSessionStore::save(Transaction& transaction, const Session& s) {
    const Rows rows = s.version == 0
                          ? transaction.run(kInsertSession, s.id, s.digest, s.former_digest,
                                            s.rotated_by, s.account, s.created_at, s.seen_at,
                                            s.proved_at, s.factor, s.factor_at)
                          : transaction.run(kUpdateSession, s.id, s.version, s.digest,
                                            s.former_digest, s.rotated_by, s.account, s.created_at,
                                            s.seen_at, s.proved_at, s.factor, s.factor_at);
    return rows.changed() == 1;
}

void SqlSessionStore::end(const SessionId& id) {
    database_.write([&](Transaction& transaction) { transaction.run(kEnd, id); });
}

void SqlSessionStore::end_all(Transaction& transaction, const AccountId& account,
                              const SessionId& except) {
    transaction.run(kEndAll, account, except);
}

}  // namespace latchkey
