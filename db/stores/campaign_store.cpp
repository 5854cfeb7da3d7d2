#include "db/stores/campaign_store.h"

#include "engine/json.h"

#include <stdexcept>

namespace latchkey {
namespace {

const Query kAll{"SELECT body, state, reason, version FROM campaign ORDER BY name"};
const Query kFindCampaign{"SELECT body, state, reason, version FROM campaign WHERE name = $1"};
const Query kReport{
    "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN m.state = 'queued' THEN 1 ELSE 0 END), 0) AS"
    " BIGINT), CAST(COALESCE(SUM(CASE WHEN m.state = 'refused' THEN 1 ELSE 0 END), 0) AS BIGINT),"
    " CAST(COALESCE(SUM(CASE WHEN r.correction <> '' THEN 1 ELSE 0 END), 0) AS BIGINT),"
    " MIN(CASE WHEN m.state = 'queued' THEN m.created_at END)"
    " FROM campaign_reach r LEFT JOIN message m ON m.id = r.message WHERE r.campaign = $1"};
const Query kWaiting{
    "SELECT COUNT(*) FROM message WHERE campaign = $1 AND campaign <> '' AND state = 'queued'"};
const Query kAdd{
    "INSERT INTO campaign (name, state, body, reason, version, round, reached, worker,"
    " leased_until) VALUES ($1, $2, $3, '{}', 1, 0, '', '', 0) ON CONFLICT (name) DO NOTHING"};
const Query kExists{"SELECT 1 FROM campaign WHERE name = $1"};
// Whoever was dropped is looked at again: the round begins anew.
const Query kChange{
    "UPDATE campaign SET state = $3, body = $4, reason = $5, version = version + 1, reached = ''"
    " WHERE name = $1 AND version = $2"};

const Query kMayPlan{
    "SELECT 1 FROM campaign WHERE name = $1 AND state = 'running'"
    " AND (worker = $2 OR leased_until <= $3)"};
const Query kHold{
    "UPDATE campaign SET worker = $2, leased_until = $4, round = $5, reached = $6 WHERE name = $1"
    " AND state = 'running' AND (worker = $2 OR leased_until <= $3)"};
const Query kReachedUpTo{"SELECT reached FROM campaign WHERE name = $1 AND round = $2"};
const Query kReach{
    "INSERT INTO campaign_reach (campaign, account, round, message, until, at, correction)"
    " VALUES ($1, $2, $3, $4, $5, $6, '') ON CONFLICT (campaign, account, round) DO NOTHING"};
const Query kReached{
    "SELECT 1 FROM campaign_reach WHERE campaign = $1 AND account = $2 AND round = $3"};

const Query kExpiring{
    "SELECT e.account, e.expires_at FROM enrollment e JOIN account a ON a.id = e.account"
    " WHERE e.verification = $1 AND e.state = 'active' AND (e.expires_at, e.account) > ($2, $3)"
    " AND e.expires_at <= $4 AND a.disabled = 0 AND a.mail_domain <> '' AND NOT EXISTS"
    " (SELECT 1 FROM campaign_reach r WHERE r.campaign = $5 AND r.account = e.account"
    " AND r.round = e.expires_at - $6) ORDER BY e.expires_at, e.account LIMIT $7"};
const Query kPeople{
    "SELECT a.id FROM account a WHERE a.id > $1 AND a.disabled = 0 AND a.mail_domain <> ''"
    " AND NOT EXISTS (SELECT 1 FROM campaign_reach r WHERE r.campaign = $2 AND r.account = a.id"
    " AND r.round = $3) ORDER BY a.id LIMIT $4"};
const Query kEverybodyExpiring{
    "SELECT account, expires_at FROM enrollment WHERE verification = $1 AND state = 'active'"
    " AND (expires_at, account) > ($2, $3) ORDER BY expires_at, account LIMIT $4"};
const Query kEverybody{"SELECT id FROM account WHERE id > $1 ORDER BY id LIMIT $2"};

const Query kUncorrected{
    "SELECT r.account, MAX(r.at) FROM campaign_reach r"
    " JOIN message m ON m.id = r.message AND m.state = 'accepted'"
    " WHERE r.campaign = $1 AND r.correction = '' AND r.until > $2"
    " GROUP BY r.account ORDER BY r.account LIMIT $3"};
const Query kCorrect{
    "UPDATE campaign_reach SET correction = $3"
    " WHERE campaign = $1 AND account = $2 AND correction = ''"};

const Query kUndated{
    "SELECT 1 FROM enrollment WHERE verification = $1 AND expires_at IS NULL"
    " AND state = 'active' LIMIT 1"};
const Query kDate{
    "UPDATE enrollment SET expires_at = CASE WHEN changed_at + $2 > $3 THEN changed_at + $2"
    " ELSE $3 END WHERE verification = $1 AND expires_at IS NULL AND account IN"
    " (SELECT account FROM enrollment WHERE verification = $1 AND expires_at IS NULL"
    " AND state = 'active' LIMIT $4)"};
const Query kDated{
    "SELECT 1 FROM enrollment WHERE verification = $1 AND expires_at IS NOT NULL LIMIT 1"};
const Query kUndate{
    "UPDATE enrollment SET expires_at = NULL WHERE verification = $1 AND account IN"
    " (SELECT account FROM enrollment WHERE verification = $1 AND expires_at IS NOT NULL"
    " LIMIT $2)"};

Campaign campaign_in(const Rows& rows, std::size_t row) {
    Campaign campaign = campaign_from_json(Json::parse(rows.text(row, 0)));
    const auto state = campaign_state_named(rows.text(row, 1));
    if (!state) throw std::logic_error("a campaign is in the unknown state " + rows.text(row, 1));
    campaign.state = *state;
    campaign.reason = Json::parse(rows.text(row, 2)).get<Words>();
    campaign.version = rows.integer(row, 3);
    return campaign;
}

std::vector<Expiring> expiring_in(const Rows& rows) {
    std::vector<Expiring> list;
    for (std::size_t i = 0; i < rows.size(); ++i)
        list.push_back({AccountId{rows.text(i, 0)}, rows.time(i, 1)});
    return list;
}

std::vector<AccountId> accounts_in(const Rows& rows) {
    std::vector<AccountId> list;
    for (std::size_t i = 0; i < rows.size(); ++i) list.emplace_back(rows.text(i, 0));
    return list;
}

}  // namespace

std::vector<Campaign> SqlCampaignStore::all() {
    const Rows rows = database_.read([](Transaction& t) { return t.run(kAll); });
    std::vector<Campaign> list;
    for (std::size_t i = 0; i < rows.size(); ++i) list.push_back(campaign_in(rows, i));
    return list;
}

std::optional<Campaign> SqlCampaignStore::find(const std::string& name) {
    const Rows rows = database_.read([&](Transaction& t) { return t.run(kFindCampaign, name); });
    if (rows.empty()) return {};
    return campaign_in(rows, 0);
}

CampaignReport SqlCampaignStore::report(const std::string& name) {
    const Rows rows = database_.read([&](Transaction& t) { return t.run(kReport, name); });
    CampaignReport report{.waiting = rows.integer(0, 1),
                          .failed = rows.integer(0, 2),
                          .corrected = rows.integer(0, 3)};
    // Messages of long ago are gone, but not that their people were reached.
    report.sent = rows.integer(0, 0) - report.waiting - report.failed;
    if (!rows.null(0, 4)) report.waiting_since = rows.time(0, 4);
    return report;
}

std::size_t SqlCampaignStore::waiting(const std::string& name) {
    const Rows rows = database_.read([&](Transaction& t) { return t.run(kWaiting, name); });
    return static_cast<std::size_t>(rows.integer(0, 0));
}

bool SqlCampaignStore::add(const Campaign& campaign, const Activity* activity) {
    const auto there = [&](Transaction& t) { return !t.run(kExists, campaign.name).empty(); };
    if (database_.read(there)) return false;  // without disturbing those who write
    return database_.write([&](Transaction& transaction) {
        const bool added =
            transaction
                .run(kAdd, campaign.name, name(campaign.state), campaign_json(campaign).dump())
                .changed() == 1;
        if (added && activity) log_.append(transaction, {*activity});
        return added;
    });
}

bool SqlCampaignStore::change(const Campaign& campaign, const Activity& activity) {
    return database_.write([&](Transaction& transaction) {
        const Rows changed =
            transaction.run(kChange, campaign.name, campaign.version, name(campaign.state),
                            campaign_json(campaign).dump(), Json(campaign.reason).dump());
        if (changed.changed() == 0) return false;
        if (campaign.state != CampaignState::running)
            messages_.drop_reminders_of(transaction, campaign.name);
        log_.append(transaction, {activity});
        return true;
    });
}

void SqlCampaignStore::drop_leftovers(const Campaign& campaign, TimePoint now) {
    if (waiting(campaign.name) == 0) return;
    database_.write([&](Transaction& transaction) {
        messages_.drop_reminders_of(transaction, campaign.name);
        messages_.close_reminders_of(transaction, campaign.name, now);
    });
}

bool SqlCampaignStore::may_plan(const std::string& name, const std::string& worker, TimePoint now) {
    const auto rows =
        database_.read([&](Transaction& t) { return t.run(kMayPlan, name, worker, now); });
    return !rows.empty();
}

std::vector<Expiring> SqlCampaignStore::expiring(const Campaign& campaign, const Expiring& after,
                                                 TimePoint last, Milliseconds before,
                                                 std::size_t count) {
    return expiring_in(database_.read([&](Transaction& t) {
        return t.run(kExpiring, campaign.about, after.end, after.account, last, campaign.name,
                     before.count(), count);
    }));
}

std::vector<AccountId> SqlCampaignStore::people(const Campaign& campaign, TimePoint round,
                                                const AccountId& after, std::size_t count) {
    return accounts_in(database_.read(
        [&](Transaction& t) { return t.run(kPeople, after, campaign.name, round, count); }));
}

std::vector<Expiring> SqlCampaignStore::everybody_expiring(const std::string& verification,
                                                           const Expiring& after,
                                                           std::size_t count) {
    return expiring_in(database_.read([&](Transaction& t) {
        return t.run(kEverybodyExpiring, verification, after.end, after.account, count);
    }));
}

std::vector<AccountId> SqlCampaignStore::everybody(const AccountId& after, std::size_t count) {
    return accounts_in(
        database_.read([&](Transaction& t) { return t.run(kEverybody, after, count); }));
}

bool SqlCampaignStore::reached(const std::string& name, const AccountId& account, TimePoint round) {
    return !database_.read([&](Transaction& t) { return t.run(kReached, name, account, round); })
                .empty();
}

AccountId SqlCampaignStore::reached_up_to(const std::string& name, TimePoint round) {
    const Rows rows =
        database_.read([&](Transaction& t) { return t.run(kReachedUpTo, name, round); });
    return rows.empty() ? AccountId{} : AccountId{rows.text(0, 0)};
}

std::optional<std::size_t> SqlCampaignStore::plan(const Campaign& campaign, const Lease& lease,
                                                  const std::vector<Reminder>& reminders,
                                                  TimePoint round, const AccountId& reached_up_to) {
    return database_.write([&](Transaction& transaction) -> std::optional<std::size_t> {
        // Holds the row as well: a pause waits for this, and then finds what was queued.
        const Rows held = transaction.run(kHold, campaign.name, lease.worker, lease.now,
                                          lease.until, round, reached_up_to);
        if (held.changed() == 0) return {};
        std::size_t queued = 0;
        for (const auto& [message, its_round] : reminders) {
            const Rows noted =
                transaction.run(kReach, campaign.name, message.account, its_round.due, message.id,
                                its_round.until, lease.now);
            if (noted.changed() == 0) continue;
            messages_.enqueue(transaction, message, messages_.sealed(message));
            ++queued;
        }
        return queued;
    });
}

std::vector<Reached> SqlCampaignStore::uncorrected(const std::string& name, TimePoint now,
                                                   std::size_t count) {
    const Rows rows =
        database_.read([&](Transaction& t) { return t.run(kUncorrected, name, now, count); });
    std::vector<Reached> list;
    for (std::size_t i = 0; i < rows.size(); ++i)
        list.push_back({AccountId{rows.text(i, 0)}, rows.time(i, 1)});
    return list;
}

void SqlCampaignStore::correct(const std::string& name, const std::vector<Message>& corrections) {
    database_.write([&](Transaction& transaction) {
        for (const Message& message : corrections)
            if (transaction.run(kCorrect, name, message.account, message.id).changed() > 0)
                messages_.enqueue(transaction, message, messages_.sealed(message));
    });
}

std::int64_t SqlCampaignStore::date_enrollments(const std::string& verification,
                                                Milliseconds lifetime, TimePoint earliest,
                                                std::size_t count) {
    const auto none = [&](Transaction& t) { return t.run(kUndated, verification).empty(); };
    if (database_.read(none)) return 0;
    return database_.write([&](Transaction& transaction) {
        return transaction.run(kDate, verification, lifetime.count(), earliest, count).changed();
    });
}

std::int64_t SqlCampaignStore::undate_enrollments(const std::string& verification,
                                                  std::size_t count) {
    const auto none = [&](Transaction& t) { return t.run(kDated, verification).empty(); };
    if (database_.read(none)) return 0;
    return database_.write([&](Transaction& transaction) {
        return transaction.run(kUndate, verification, count).changed();
    });
}

}  // namespace latchkey
