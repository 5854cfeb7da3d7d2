#include "db/stores/notice_link_store.h"

namespace latchkey {
namespace {

const Query kFind{
    "SELECT account, expires_at, restores_to FROM notice_link"
    " WHERE digest = $1 AND used = 0 AND expires_at > $2"};
const Query kAdd{
    "INSERT INTO notice_link (digest, account, expires_at, used, restores_to)"
    " VALUES ($1, $2, $3, 0, $4)"};
const Query kUse{"UPDATE notice_link SET used = 1 WHERE digest = $1 AND used = 0"};
const Query kVoidLater{
    "UPDATE notice_link SET used = 1 WHERE used = 0"
    " AND account = (SELECT account FROM notice_link WHERE digest = $1)"
    " AND restores_to >= (SELECT restores_to FROM notice_link WHERE digest = $1)"};

}  // namespace

std::optional<NoticeLink> SqlNoticeLinkStore::find(const std::string& digest, TimePoint now) {
    const Rows rows = database_.read([&](Transaction& t) { return t.run(kFind, digest, now); });
    if (rows.empty()) return {};
    return NoticeLink{digest, AccountId{rows.text(0, 0)}, rows.time(0, 1),
                      rows.null(0, 2) ? std::nullopt : std::optional(rows.time(0, 2))};
}

void SqlNoticeLinkStore::add(Transaction& transaction, const NoticeLink& link) {
    transaction.run(kAdd, link.digest, link.account, link.expires_at, link.restores_to);
}

bool SqlNoticeLinkStore::use(Transaction& transaction, const std::string& digest) {
    if (transaction.run(kUse, digest).changed() != 1) return false;
    transaction.run(kVoidLater, digest);
    return true;
}

}  // namespace latchkey
