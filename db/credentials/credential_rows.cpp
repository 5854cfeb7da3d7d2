#include "db/credentials/credential_rows.h"

namespace latchkey {
namespace {

const Query kLatest{
    "SELECT version, hash FROM credential WHERE account = $1 ORDER BY version DESC LIMIT $2"};
// Only on top of the version that was known: of two at once, one finds the row taken.
const Query kReplace{
    "INSERT INTO credential (account, version, hash, must_change, changed_at)"
    " SELECT CAST($1 AS TEXT), CAST($2 AS BIGINT) + 1, CAST($3 AS TEXT), CAST($4 AS BIGINT),"
    "   CAST($5 AS BIGINT)"
    " WHERE COALESCE((SELECT MAX(version) FROM credential WHERE account = $1), 0) = $2"
    " ON CONFLICT (account, version) DO NOTHING"};
const Query kForget{"DELETE FROM credential WHERE account = $1 AND version < $2"};
const Query kRenew{"UPDATE credential SET hash = $3 WHERE account = $1 AND version = $2"};

std::string row_of(const AccountId& account, std::int64_t version) {
    return account.text() + "/" + std::to_string(version);
}

}  // namespace

std::vector<CredentialRows::Stored> CredentialRows::latest(Transaction& transaction,
                                                           const AccountId& account,
                                                           std::int64_t history) const {
    const Rows rows = transaction.run(kLatest, account, 1 + history);
    std::vector<Stored> list;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::int64_t version = rows.integer(i, 0);
        const std::string row = row_of(account, version);
        list.push_back({version, sealer_.open({"credential", "hash", row}, rows.text(i, 1))});
    }
    return list;
}

bool CredentialRows::replace(Transaction& transaction, const CredentialChange& change,
                             TimePoint now) const {
    const Stored stored{change.version + 1, change.hash};
    const Rows added = transaction.run(kReplace, change.account, change.version,
                                       sealed(change.account, stored), change.must_change, now);
    if (added.changed() != 1) return false;
    transaction.run(kForget, change.account, stored.version - change.history);
    return true;
}

void CredentialRows::renew(Transaction& transaction, const AccountId& account,
                           const Stored& renewed) const {
    transaction.run(kRenew, account, renewed.version, sealed(account, renewed));
}

std::string CredentialRows::sealed(const AccountId& account, const Stored& stored) const {
    return sealer_.seal({"credential", "hash", row_of(account, stored.version)}, stored.hash);
}

}  // namespace latchkey
