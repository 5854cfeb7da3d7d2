#include "db/stores/message_store.h"

#include <array>

namespace latchkey {
namespace {

constexpr std::int64_t kMostOpenClaims = 2;

const Query kEnqueue{
    "INSERT INTO message (id, reference, lane, channel, wording, account, request, decoy,"
    " created_at, give_up_at, state, due_at, worker, attempts, open_claims, shown_state, shown_at,"
    " body, campaign) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'queued', $9, '', 0, 0,"
    " 'queued', $9, $11, $12)"};
const Query kReadMessage{
    "SELECT id, reference, lane, channel, wording, account, request, decoy, created_at, give_up_at,"
    " attempts, open_claims, shown_state, body, campaign FROM message WHERE id = $1"};
const Query kDelivery{"SELECT shown_state, shown_at, accepted_at FROM message WHERE id = $1"};
const Query kSent{
    "SELECT accepted_at, channel, wording FROM message WHERE reference = $1 AND decoy = 0"
    " AND accepted_at IS NOT NULL"};
// Lane by lane, each a look at the end of an index: however many reminders wait (F29).
const Query kNextDue{
    "SELECT MIN(due_at) FROM (SELECT MIN(due_at) AS due_at FROM message"
    " WHERE state = 'queued' AND lane = 0 UNION ALL SELECT MIN(due_at) FROM message"
    " WHERE state = 'queued' AND lane = 1 UNION ALL SELECT MIN(due_at) FROM message"
    " WHERE state = 'queued' AND lane = 2) AS lanes"};
// A reminder whose campaign does not run stays where it is.
const Query kDue{
    "SELECT id FROM message WHERE state = 'queued' AND due_at <= $1 AND (campaign = '' OR EXISTS"
    " (SELECT 1 FROM campaign WHERE name = message.campaign AND state = 'running'))"
    " ORDER BY lane, due_at LIMIT $2"};
// A claimed message is not due until its lease ends, so no two workers ever hold it.
const Query kClaim{
    "UPDATE message SET worker = $2, due_at = $3, attempts = attempts + 1,"
    " open_claims = open_claims + 1 WHERE id = $1 AND state = 'queued' AND due_at <= $4"
    " AND (campaign = '' OR EXISTS"
    " (SELECT 1 FROM campaign WHERE name = message.campaign AND state = 'running'))"};
const Query kRenewLease{
    "UPDATE message SET due_at = $3 WHERE id = $1 AND worker = $2 AND state = 'queued'"
    " AND open_claims > 0"};
// To close it: whatever its campaign does.
const Query kSeize{
    "UPDATE message SET worker = '', attempts = attempts + 1, open_claims = open_claims + 1"
    " WHERE id = $1 AND state = 'queued' AND due_at <= $2"};
const Query kOverdue{
    "SELECT id FROM message WHERE state = 'queued' AND give_up_at <= $1 AND due_at <= $1"
    " LIMIT 100"};
const Query kTakeBack{
    "UPDATE message SET open_claims = 0 WHERE id = $1 AND state = 'queued' AND worker = $2"};
const Query kPostpone{
    "UPDATE message SET due_at = $2, shown_state = $3,"
    " shown_at = CASE WHEN shown_state = $3 THEN shown_at ELSE $4 END WHERE id = $1"};
const Query kClose{
    "UPDATE message SET state = $2, accepted_at = $3, shown_state = $4,"
    " shown_at = CASE WHEN shown_state = $4 THEN shown_at ELSE $5 END, body = NULL"
    " WHERE id = $1"};
const Query kWithdrawCodes{
    "UPDATE message SET state = 'refused', body = NULL"
    " WHERE account = $1 AND state = 'queued' AND lane = 0 AND request <> $2"};

// Those that are in nobody's hands.
const Query kDropOfCampaign{
    "DELETE FROM message WHERE campaign = $1 AND campaign <> '' AND state = 'queued'"
    " AND open_claims = 0 RETURNING id"};
const Query kDropOfAccount{
    "DELETE FROM message WHERE account = $1 AND campaign <> '' AND state = 'queued'"
    " AND open_claims = 0 RETURNING id"};
const Query kForgetReach{"DELETE FROM campaign_reach WHERE message = $1"};
// Their worker died with them: whether they were sent, nobody knows.
const Query kAbandoned{
    "SELECT id FROM message WHERE campaign = $1 AND campaign <> '' AND state = 'queued'"
    " AND due_at <= $2 LIMIT 100"};

Place body_of(const std::string& id) {
    return {"message", "body", id};
}

Delivery::State delivery_state(const std::string& text) {
    using State = Delivery::State;
    constexpr std::array<std::pair<std::string_view, State>, 4> kStates{
        {{"queued", State::queued},
         {"accepted", State::accepted},
         {"delayed", State::delayed},
         {"refused", State::refused}}};
    for (const auto& [name, state] : kStates)
        if (name == text) return state;
    return State::none;
}

/// What strangers see after a failure: for one recipient alone, the normal course (S01), and that
/// is never taken back.
std::string shown_after(const std::string& before, bool reached, const std::string& failure) {
    return reached || before == "accepted" ? "accepted" : failure;
}

}  // namespace

/// A message as it is stored.
struct SqlMessageStore::Row {
    Message message;  // without what is sealed
    std::int64_t attempts;
    std::int64_t open_claims;
    std::string shown;
    std::string sealed;
};

SqlMessageStore::Row SqlMessageStore::row_in(const Rows& rows) {
    return {.message = {.id = MessageId{rows.text(0, 0)},
                        .reference = rows.text(0, 1),
                        .lane = static_cast<Lane>(rows.integer(0, 2)),
                        .channel = rows.text(0, 3),
                        .wording = rows.text(0, 4),
                        .account = AccountId{rows.text(0, 5)},
                        .request = RequestId{rows.text(0, 6)},
                        .decoy = rows.integer(0, 7) != 0,
                        .created_at = rows.time(0, 8),
                        .give_up_at = rows.time(0, 9),
                        .campaign = rows.text(0, 14)},
            .attempts = rows.integer(0, 10),
            .open_claims = rows.integer(0, 11),
            .shown = rows.text(0, 12),
            .sealed = rows.text(0, 13)};
}

Message SqlMessageStore::opened(const Row& row) const {
    Message message = row.message;
    const Json body = Json::parse(sealer_.open(body_of(message.id.text()), row.sealed));
    message.to = body.at("to").get<std::string>();
    message.locale = body.at("locale").get<std::string>();
    message.data = body.at("data");
    message.refunds = body.at("refunds").get<std::vector<std::string>>();
    return message;
}

std::vector<std::string> SqlMessageStore::refunds_of(const Row& row) const try {
    return opened(row).refunds;
} catch (const BrokenSeal&) {
    return {};  // what cannot be read must still come to an end
}

std::string SqlMessageStore::sealed(const Message& m) const {
    const Json body{{"to", m.to}, {"locale", m.locale}, {"data", m.data}, {"refunds", m.refunds}};
    return sealer_.seal(body_of(m.id.text()), body.dump());
}

void SqlMessageStore::enqueue(Transaction& transaction, const Message& m,
                              const std::string& sealed_message) {
    transaction.run(kEnqueue, m.id, m.reference, static_cast<int>(m.lane), m.channel, m.wording,
                    m.account, m.request, m.decoy, m.created_at, m.give_up_at, sealed_message,
                    m.campaign);
}

Delivery SqlMessageStore::delivery(const MessageId& id) {
    const Rows rows = database_.read([&](Transaction& t) { return t.run(kDelivery, id); });
    if (rows.empty()) return {};
    Delivery delivery{.state = delivery_state(rows.text(0, 0)), .at = rows.time(0, 1)};
    if (!rows.null(0, 2)) delivery.accepted_at = rows.time(0, 2);
    return delivery;
}

std::optional<SentMessage> SqlMessageStore::sent(const std::string& reference) {
    const Rows rows = database_.read([&](Transaction& t) { return t.run(kSent, reference); });
    if (rows.empty()) return {};
    return SentMessage{rows.time(0, 0), rows.text(0, 1), rows.text(0, 2)};
}

std::optional<TimePoint> SqlMessageStore::next_due() {
    const Rows rows = database_.read([](Transaction& t) { return t.run(kNextDue); });
    if (rows.null(0, 0)) return {};
    return rows.time(0, 0);
}

std::vector<ClaimedMessage> SqlMessageStore::claim(const std::string& worker, std::size_t count,
                                                   TimePoint now, Milliseconds lease) {
    const auto due = next_due();
    if (!due || *due > now) return {};  // without disturbing those who write
    return database_.write([&](Transaction& transaction) {
        close_overdue(transaction, now);
        std::vector<ClaimedMessage> claimed;
        while (claimed.size() < count) {
            // On PostgreSQL another worker may be taking the same ones: then look again.
            const Rows rows = transaction.run(kDue, now, count - claimed.size());
            if (rows.empty()) break;
            for (std::size_t i = 0; i < rows.size(); ++i)
                if (auto one = claim_one(transaction, rows.text(i, 0), worker, now, now + lease))
                    claimed.push_back(std::move(*one));
        }
        return claimed;
    });
}

std::optional<ClaimedMessage> SqlMessageStore::claim_one(Transaction& transaction,
                                                         const std::string& id,
                                                         const std::string& worker, TimePoint now,
                                                         TimePoint lease_ends) {
    if (transaction.run(kClaim, id, worker, lease_ends, now).changed() == 0) return {};
    const Row row = row_in(transaction.run(kReadMessage, id));
    const std::string failed = shown_after(row.shown, false, "refused");
    if (row.open_claims > kMostOpenClaims) {
        close(transaction, row, false, failed, "no_outcome", "", now);
        return {};
    }
    try {
        return ClaimedMessage{opened(row), row.attempts - 1};
    } catch (const BrokenSeal& broken) {
        close(transaction, row, false, failed, "unreadable", broken.what(), now);
        return {};
    }
}

void SqlMessageStore::close_overdue(Transaction& transaction, TimePoint now) {
    const Rows overdue = transaction.run(kOverdue, now);
    for (std::size_t i = 0; i < overdue.size(); ++i) {
        if (transaction.run(kSeize, overdue.text(i, 0), now).changed() == 0) continue;
        const Row row = row_in(transaction.run(kReadMessage, overdue.text(i, 0)));
        close(transaction, row, false, shown_after(row.shown, false, "refused"), "given_up", "",
              now);
    }
}

void SqlMessageStore::renew(const MessageId& id, const std::string& worker, TimePoint lease_ends) {
    database_.write(
        [&](Transaction& transaction) { transaction.run(kRenewLease, id, worker, lease_ends); });
}

void SqlMessageStore::settle(const MessageId& id, const std::string& worker, const Outcome& outcome,
                             TimePoint now, std::optional<TimePoint> retry_at) {
    using Kind = Outcome::Kind;
    database_.write([&](Transaction& transaction) {
        // The lease may be lost: then somebody else has it.
        if (transaction.run(kTakeBack, id, worker).changed() == 0) return;
        const Row row = row_in(transaction.run(kReadMessage, id));
        if (outcome.kind == Kind::accepted)
            return close(transaction, row, true, "accepted", "", outcome.answer, now);
        const auto shown = [&](const std::string& failure) {
            return shown_after(row.shown, outcome.reached, failure);
        };
        const bool again =
            outcome.kind == Kind::temporary && retry_at && *retry_at < row.message.give_up_at;
        if (again)
            transaction.run(kPostpone, id, *retry_at, shown("delayed"), now);
        else
            close(transaction, row, false, shown("refused"),
                  outcome.kind == Kind::permanent ? "refused" : "given_up", outcome.answer, now);
    });
}

void SqlMessageStore::close(Transaction& transaction, const Row& row, bool accepted,
                            const std::string& shown, const std::string& reason,
                            const std::string& answer, TimePoint now) {
    const Message& message = row.message;
    const std::optional<TimePoint> accepted_at = accepted ? std::optional(now) : std::nullopt;
    transaction.run(kClose, message.id, accepted ? "accepted" : "refused", accepted_at, shown, now);
    if (shown == "refused")
        for (const std::string& key : refunds_of(row)) budgets_.refund(transaction, key);
    log_.append(transaction,
                {{.type = accepted ? ActivityType::message_accepted : ActivityType::message_refused,
                  .at = now,
                  .actor = "system",
                  .account = message.account,
                  .request = message.request,
                  .channel = message.channel,
                  .network = {},
                  .reason = reason,
                  .details = {{"reference", message.reference}, {"answer", answer}}}});
}

void SqlMessageStore::forget_reach(Transaction& transaction, const Rows& dropped) {
    for (std::size_t i = 0; i < dropped.size(); ++i)
        transaction.run(kForgetReach, dropped.text(i, 0));
}

void SqlMessageStore::drop_reminders_of(Transaction& transaction, const std::string& campaign) {
    forget_reach(transaction, transaction.run(kDropOfCampaign, campaign));
}

void SqlMessageStore::drop_reminders_to(Transaction& transaction, const AccountId& account) {
    forget_reach(transaction, transaction.run(kDropOfAccount, account));
}

void SqlMessageStore::close_reminders_of(Transaction& transaction, const std::string& campaign,
                                         TimePoint now) {
    const Rows abandoned = transaction.run(kAbandoned, campaign, now);
    for (std::size_t i = 0; i < abandoned.size(); ++i) {
        if (transaction.run(kSeize, abandoned.text(i, 0), now).changed() == 0) continue;
        const Row row = row_in(transaction.run(kReadMessage, abandoned.text(i, 0)));
        close(transaction, row, true, "accepted", "no_outcome", "", now);
    }
}

void SqlMessageStore::withdraw_codes(Transaction& transaction, const AccountId& account,
                                     const RequestId& except) {
    transaction.run(kWithdrawCodes, account, except);
}

}  // namespace latchkey
