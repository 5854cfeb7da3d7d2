#include "db/stores/request_store.h"

#include <stdexcept>

namespace latchkey {
namespace {

const Query kFindRequest{
    "SELECT id, version, state, expires_at, body FROM reset_request WHERE id = $1"};
const Query kFindByReference{
    "SELECT id, version, state, expires_at, body FROM reset_request WHERE reference = $1"};
const Query kLastSuccess{
    "SELECT MAX(closed_at) FROM reset_request"
    " WHERE account = $1 AND process = $2 AND state = 'completed'"};
const Query kInsertRequest{
    "INSERT INTO reset_request (id, reference, version, process, process_version, account, state,"
    " created_at, expires_at, closed_at, body) VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10)"
    " ON CONFLICT (id) DO NOTHING"};
const Query kUpdateRequest{
    "UPDATE reset_request SET version = version + 1, state = $3, expires_at = $4, closed_at = $5,"
    " body = $6 WHERE id = $1 AND version = $2"};
const Query kPass{
    "INSERT INTO request_pass (request, verification, passed_at) VALUES ($1, $2, $3)"};
// Nobody else can act on it until this transaction ends.
const Query kHold{"UPDATE reset_request SET version = version WHERE id = $1 AND version = $2"};
const Query kDemand{
    "INSERT INTO request_demand (request, verification, required) VALUES ($1, $2, $3)"};
// The act re-proves everything (S31): $1 request, $2 version, $3 now, $4 body, $5 how many of the
// optional ones.
const Query kComplete{
    "UPDATE reset_request SET version = version + 1, state = 'completed', closed_at = $3, body = $4"
    " WHERE id = $1 AND version = $2 AND state = 'verified' AND expires_at > $3"
    " AND NOT EXISTS (SELECT 1 FROM block WHERE block.account = reset_request.account"
    "   AND block.verification = '' AND block.until > $3)"
    " AND NOT EXISTS (SELECT 1 FROM request_demand demand"
    "   WHERE demand.request = $1 AND demand.required = 1"
    "   AND NOT EXISTS (SELECT 1 FROM request_pass pass WHERE pass.request = $1"
    "     AND pass.verification = demand.verification))"
    " AND (SELECT COUNT(*) FROM request_demand demand"
    "   JOIN request_pass pass ON pass.request = demand.request"
    "     AND pass.verification = demand.verification"
    "   WHERE demand.request = $1 AND demand.required = 0) >= $5"
    // What demands nothing never acts.
    " AND EXISTS (SELECT 1 FROM request_demand demand"
    "   JOIN request_pass pass ON pass.request = demand.request"
    "     AND pass.verification = demand.verification WHERE demand.request = $1)"};
const Query kBlockedUntil{
    "SELECT MAX(until) FROM block WHERE account = $1 AND verification = '' AND until > $2"};
const Query kCancelAll{
    "UPDATE reset_request SET version = version + 1, state = 'cancelled', closed_at = $3"
    " WHERE account = $1 AND id <> $2 AND state IN ('verifying', 'verified')"};

Place body_of(const RequestId& id) {
    return {"reset_request", "body", id.text()};
}

}  // namespace

std::optional<ResetRequest> SqlRequestStore::find(const RequestId& id) {
    const Rows rows = database_.read([&](Transaction& t) { return t.run(kFindRequest, id); });
    if (rows.empty()) return {};
    return request_in(rows);
}

std::optional<ResetRequest> SqlRequestStore::find_by_reference(const std::string& reference) {
    const Rows rows =
        database_.read([&](Transaction& t) { return t.run(kFindByReference, reference); });
    if (rows.empty()) return {};
    return request_in(rows);
}

ResetRequest SqlRequestStore::request_in(const Rows& rows) const {
    const RequestId id{rows.text(0, 0)};
    Json body = Json::parse(sealer_.open(body_of(id), rows.text(0, 4)));
    body["version"] = rows.integer(0, 1);
    body["state"] = rows.text(0, 2);
    body["expires_at"] = rows.integer(0, 3);
    return body.get<ResetRequest>();
}

std::string SqlRequestStore::sealed(const ResetRequest& request) const {
    return sealer_.seal(body_of(request.id), Json(request).dump());
}

std::optional<TimePoint> SqlRequestStore::last_success(const AccountId& account,
                                                       const std::string& process) {
    const Rows rows =
        database_.read([&](Transaction& t) { return t.run(kLastSuccess, account, process); });
    if (rows.null(0, 0)) return {};
    return rows.time(0, 0);
}

Result<void> SqlRequestStore::save(Transaction& transaction, const Change::RequestChange& change,
                                   const std::string& sealed_request, TimePoint now) {
    const ResetRequest& r = change.request;
    if (r.state == RequestState::completed)
        throw std::logic_error("only an act completes a request");
    const std::optional<TimePoint> closed_at = closed(r.state) ? std::optional(now) : std::nullopt;
    const Rows saved = r.version == 0
                           ? transaction.run(kInsertRequest, r.id, r.reference, r.process,
                                             r.process_version, r.account, name(r.state),
                                             r.created_at, r.expires_at, closed_at, sealed_request)
                           : transaction.run(kUpdateRequest, r.id, r.version, name(r.state),
                                             r.expires_at, closed_at, sealed_request);
    if (saved.changed() != 1) return Error{Errc::already_answered};
    if (change.passed) transaction.run(kPass, r.id, *change.passed, now);
    return {};
}

Result<void> SqlRequestStore::complete(Transaction& transaction, const ResetRequest& request,
                                       const Change::Act& act, const std::string& sealed_request,
                                       TimePoint now) {
    if (transaction.run(kHold, request.id, request.version).changed() != 1)
        return Error{Errc::already_answered};
    for (const auto& name : act.required) transaction.run(kDemand, request.id, name, true);
    for (const auto& name : act.optional) transaction.run(kDemand, request.id, name, false);
    const Rows completed = transaction.run(kComplete, request.id, request.version, now,
                                           sealed_request, act.optional_needed);
    if (completed.changed() == 1) return {};
    const Rows blocked = transaction.run(kBlockedUntil, request.account, now);
    if (!blocked.null(0, 0)) return Error{Errc::blocked, {}, blocked.time(0, 0)};
    return Error{Errc::request_closed};
}

void SqlRequestStore::cancel_all(Transaction& transaction, const AccountId& account,
                                 const RequestId& except, TimePoint now) {
    transaction.run(kCancelAll, account, except, now);
}

}  // namespace latchkey
