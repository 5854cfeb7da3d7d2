#include "db/stores/enrollment_store.h"

#include <stdexcept>

namespace latchkey {
namespace {

const Query kOf{
    "SELECT verification, state, data, source, changed_at, used_at, version, expires_at"
    " FROM enrollment"
    " WHERE account = $1 ORDER BY verification"};
const Query kInsertEnrollment{
    "INSERT INTO enrollment (account, verification, state, data, source, changed_at, used_at,"
    " version, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8)"
    " ON CONFLICT (account, verification) DO NOTHING"};
const Query kUpdateEnrollment{
    "UPDATE enrollment SET state = $4, data = $5, source = $6, changed_at = $7, used_at = $8,"
    " expires_at = $9, version = version + 1 WHERE account = $1 AND verification = $2 AND version "
    "= $3"};
const Query kFormerEnrollment{
    "SELECT verification, state, data, source, changed_at, used_at, version, expires_at"
    " FROM former_enrollment WHERE account = $1 AND replaced_at >= $2 ORDER BY verification, "
    "version"};
const Query kKeep{
    "INSERT INTO former_enrollment (account, verification, version, state, data, source,"
    " changed_at, used_at, expires_at, replaced_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"};
const Query kDraft{
    "SELECT body, expires_at, version FROM enrollment_draft"
    " WHERE account = $1 AND verification = $2"};
const Query kInsertDraft{
    "INSERT INTO enrollment_draft (account, verification, body, expires_at, version)"
    " VALUES ($1, $2, $3, $4, 1) ON CONFLICT (account, verification) DO UPDATE SET"
    " body = excluded.body, expires_at = excluded.expires_at, version = 1"
    " WHERE enrollment_draft.expires_at <= $5"};
const Query kUpdateDraft{
    "UPDATE enrollment_draft SET body = $4, expires_at = $5, version = version + 1"
    " WHERE account = $1 AND verification = $2 AND version = $3"};
const Query kDropDraft{"DELETE FROM enrollment_draft WHERE account = $1 AND verification = $2"};

std::string row_of(const AccountId& account, const std::string& verification) {
    return account.text() + "/" + verification;
}

std::string former_row_of(const AccountId& account, const std::string& verification,
                          std::int64_t version) {
    return row_of(account, verification) + "/" + std::to_string(version);
}

EnrollmentState state_named(const std::string& text) {
    for (const auto state : {EnrollmentState::imported, EnrollmentState::proved,
                             EnrollmentState::active, EnrollmentState::revoked})
        if (name(state) == text) return state;
    throw std::logic_error("an enrollment is in the unknown state " + text);
}

Enrollment enrollment_in(const Rows& rows, std::size_t i, const AccountId& account,
                         const std::string& data) {
    return {.account = account,
            .verification = rows.text(i, 0),
            .state = state_named(rows.text(i, 1)),
            .data = Json::parse(data),
            .source = rows.text(i, 3),
            .changed_at = rows.time(i, 4),
            .used_at = rows.null(i, 5) ? std::nullopt : std::optional(rows.time(i, 5)),
            .version = rows.integer(i, 6),
            .expires_at = rows.null(i, 7) ? std::nullopt : std::optional(rows.time(i, 7))};
}

std::string body_of(const EnrollmentDraft& draft) {
    return Json{{"memory", draft.memory},
                {"prompt", draft.prompt},
                {"problems", draft.problems},
                {"message", draft.message.text()},
                {"begun_at", millis(draft.begun_at)},
                {"replaces", draft.replaces}}
        .dump();
}

}  // namespace

std::vector<Enrollment> SqlEnrollmentStore::of(const AccountId& account) {
    const Rows rows = database_.read([&](Transaction& t) { return t.run(kOf, account); });
    std::vector<Enrollment> list;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::string row = row_of(account, rows.text(i, 0));
        list.push_back(enrollment_in(rows, i, account,
                                     sealer_.open({"enrollment", "data", row}, rows.text(i, 2))));
    }
    return list;
}

std::vector<Enrollment> SqlEnrollmentStore::former(const AccountId& account, TimePoint at) {
    const Rows rows =
        database_.read([&](Transaction& t) { return t.run(kFormerEnrollment, account, at); });
    std::vector<Enrollment> list;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        // The first change since then replaced what was there at that time.
        if (!list.empty() && list.back().verification == rows.text(i, 0)) continue;
        const std::string row = former_row_of(account, rows.text(i, 0), rows.integer(i, 6));
        list.push_back(enrollment_in(
            rows, i, account, sealer_.open({"former_enrollment", "data", row}, rows.text(i, 2))));
    }
    return list;
}

void SqlEnrollmentStore::keep(Transaction& transaction, const FormerEnrollment& former) {
    const Enrollment& e = former.enrollment;
    const std::string row = former_row_of(e.account, e.verification, e.version);
    const std::string data = sealer_.seal({"former_enrollment", "data", row}, e.data.dump());
    transaction.run(kKeep, e.account, e.verification, e.version, name(e.state), data, e.source,
                    e.changed_at, e.used_at, e.expires_at, former.replaced_at);
}

std::string SqlEnrollmentStore::sealed(const Enrollment& e) const {
    return sealer_.seal({"enrollment", "data", row_of(e.account, e.verification)}, e.data.dump());
}

bool SqlEnrollmentStore::save(Transaction& transaction, const Enrollment& e,
                              const std::string& data) {
    const Rows saved =
        e.version == 0
            ? transaction.run(kInsertEnrollment, e.account, e.verification, name(e.state), data,
                              e.source, e.changed_at, e.used_at, e.expires_at)
            : transaction.run(kUpdateEnrollment, e.account, e.verification, e.version,
                              name(e.state), data, e.source, e.changed_at, e.used_at, e.expires_at);
    return saved.changed() == 1;
}

std::optional<EnrollmentDraft> SqlEnrollmentStore::draft(const AccountId& account,
                                                         const std::string& verification) {
    const Rows rows =
        database_.read([&](Transaction& t) { return t.run(kDraft, account, verification); });
    if (rows.empty()) return {};
    const std::string row = row_of(account, verification);
    const Json body = Json::parse(sealer_.open({"enrollment_draft", "body", row}, rows.text(0, 0)));
    return EnrollmentDraft{.account = account,
                           .verification = verification,
                           .memory = body.at("memory"),
                           .prompt = body.at("prompt").get<Prompt>(),
                           .problems = body.at("problems").get<std::vector<Problem>>(),
                           .message = MessageId{body.at("message").get<std::string>()},
                           .begun_at = from_millis(body.value("begun_at", std::int64_t{0})),
                           .replaces = body.value("replaces", ""),
                           .expires_at = rows.time(0, 1),
                           .version = rows.integer(0, 2)};
}

bool SqlEnrollmentStore::save(Transaction& transaction, const EnrollmentDraft& d, TimePoint now) {
    const std::string row = row_of(d.account, d.verification);
    const std::string body = sealer_.seal({"enrollment_draft", "body", row}, body_of(d));
    const Rows saved = d.version == 0 ? transaction.run(kInsertDraft, d.account, d.verification,
                                                        body, d.expires_at, now)
                                      : transaction.run(kUpdateDraft, d.account, d.verification,
                                                        d.version, body, d.expires_at);
    return saved.changed() == 1;
}

void SqlEnrollmentStore::drop(Transaction& transaction, const DraftKey& draft) {
    transaction.run(kDropDraft, draft.account, draft.verification);
}

}  // namespace latchkey
