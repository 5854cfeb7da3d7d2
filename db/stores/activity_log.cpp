#include "db/stores/activity_log.h"

#include "engine/random.h"

namespace latchkey {
namespace {

const Query kLockHead{
    "UPDATE activity_head SET sequence = sequence + $1 WHERE id = 1"
    " RETURNING sequence - $1, link, proof"};
const Query kInsertEvent{
    "INSERT INTO activity (sequence, type, at, account, request, line, link)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7)"};
const Query kMoveHead{"UPDATE activity_head SET link = $1, proof = $2 WHERE id = 1"};
const Query kLogHead{"SELECT sequence, link, proof FROM activity_head WHERE id = 1"};
const Query kLogPage{
    "SELECT sequence, line FROM activity WHERE sequence < $1 ORDER BY sequence DESC LIMIT $2"};
const Query kPageOfAccount{
    "SELECT sequence, line FROM activity WHERE account = $3 AND sequence < $1"
    " ORDER BY sequence DESC LIMIT $2"};
const Query kPageOfRequest{
    "SELECT sequence, line FROM activity WHERE request = $3 AND sequence < $1"
    " ORDER BY sequence DESC LIMIT $2"};
const Query kReadOn{
    "SELECT sequence, type, at, account, request, line, link FROM activity"
    " WHERE sequence > $1 ORDER BY sequence LIMIT 1000"};

const Query kLastAt{"SELECT at FROM activity ORDER BY sequence DESC LIMIT 1"};

ActivityHead head_of(const Rows& rows) {
    return {rows.integer(0, 0), rows.text(0, 1)};
}

std::vector<ActivityEntry> entries(const Rows& rows) {
    std::vector<ActivityEntry> list;
    for (std::size_t i = 0; i < rows.size(); ++i)
        list.push_back({rows.integer(i, 0), rows.text(i, 1)});
    return list;
}

/// The columns that entries are found by say what the line says.
bool well_filed(const Rows& rows, std::size_t row) {
    const Json line = Json::parse(rows.text(row, 5), nullptr, false);
    return line.is_object() && line.value("type", "") == rows.text(row, 1) &&
           line.value("at", "") == rfc3339(rows.time(row, 2)) &&
           line.value("account", "") == rows.text(row, 3) &&
           line.value("request", "") == rows.text(row, 4);
}

}  // namespace

void SqlActivityLog::append(Transaction& transaction, const std::vector<Activity>& activities) {
    if (activities.empty()) return;
    const Rows locked = transaction.run(kLockHead, activities.size());
    ActivityHead head = head_of(locked);
    const std::string& old_proof = locked.text(0, 2);
    // A head that somebody changed stays unproved, so that later entries do not hide it.
    const bool sound = head.sequence == 0 || crypto_.equal(old_proof, proof(head));
    for (const Activity& activity : activities) {
        const std::string line = activity_line(activity);
        ++head.sequence;
        head.link = link(head.sequence, head.link, line);
        transaction.run(kInsertEvent, head.sequence, name(activity.type), activity.at,
                        activity.account, activity.request, line, head.link);
    }
    transaction.run(kMoveHead, head.link, sound ? proof(head) : old_proof);
}

void SqlActivityLog::append(const Activity& activity) {
    database_.write([&](Transaction& transaction) { append(transaction, {activity}); });
}

std::vector<ActivityEntry> SqlActivityLog::page(std::int64_t before, std::int64_t count) {
    return entries(database_.read([&](Transaction& t) { return t.run(kLogPage, before, count); }));
}

std::vector<ActivityEntry> SqlActivityLog::page(const AccountId& account, std::int64_t before,
                                                std::int64_t count) {
    return entries(database_.read(
        [&](Transaction& t) { return t.run(kPageOfAccount, before, count, account); }));
}

std::vector<ActivityEntry> SqlActivityLog::page(const RequestId& request, std::int64_t before,
                                                std::int64_t count) {
    return entries(database_.read(
        [&](Transaction& t) { return t.run(kPageOfRequest, before, count, request); }));
}

std::vector<LinkedEntry> SqlActivityLog::after(std::int64_t sequence) {
    const Rows rows = database_.read([&](Transaction& t) { return t.run(kReadOn, sequence); });
    std::vector<LinkedEntry> list;
    for (std::size_t i = 0; i < rows.size(); ++i)
        list.push_back({rows.integer(i, 0), rows.text(i, 5), rows.text(i, 6)});
    return list;
}

std::optional<TimePoint> SqlActivityLog::last_at() {
    const Rows rows = database_.read([](Transaction& t) { return t.run(kLastAt); });
    if (rows.empty()) return {};
    return rows.time(0, 0);
}

ActivityHead SqlActivityLog::head() {
    return head_of(database_.read([](Transaction& t) { return t.run(kLogHead); }));
}

std::optional<ActivityFault> SqlActivityLog::verify(const std::optional<ActivityHead>& remembered) {
    return database_.snapshot([&](Transaction& transaction) -> std::optional<ActivityFault> {
        ActivityHead last;
        while (true) {
            const Rows rows = transaction.run(kReadOn, last.sequence);
            for (std::size_t i = 0; i < rows.size(); ++i)
                if (auto fault = fault_at(rows, i, last, remembered)) return fault;
            if (rows.empty()) break;
        }
        const Rows stored = transaction.run(kLogHead);
        const ActivityHead head = head_of(stored);
        if (last.sequence < std::max(head.sequence, remembered.value_or(last).sequence))
            return ActivityFault{last.sequence + 1, "missing"};
        const bool empty = last.sequence == 0 && stored.text(0, 2).empty();
        if (head.sequence != last.sequence || head.link != last.link ||
            (!empty && !crypto_.equal(stored.text(0, 2), proof(head))))
            return ActivityFault{last.sequence, "head"};
        return {};
    });
}

std::optional<ActivityFault> SqlActivityLog::fault_at(
    const Rows& rows, std::size_t row, ActivityHead& last,
    const std::optional<ActivityHead>& remembered) const {
    const std::int64_t sequence = last.sequence + 1;
    if (rows.integer(row, 0) != sequence) return ActivityFault{sequence, "missing"};
    const std::string expected = link(sequence, last.link, rows.text(row, 5));
    if (!crypto_.equal(rows.text(row, 6), expected)) return ActivityFault{sequence, "changed"};
    if (!well_filed(rows, row)) return ActivityFault{sequence, "misfiled"};
    if (remembered && remembered->sequence == sequence && remembered->link != expected)
        return ActivityFault{sequence, "changed"};
    last = {sequence, expected};
    return {};
}

std::string SqlActivityLog::link(std::int64_t sequence, const std::string& previous,
                                 const std::string& line) const {
    return base32(chain_link(crypto_, sequence, previous, line));
}

std::string SqlActivityLog::proof(const ActivityHead& head) const {
    return base32(
        crypto_.keyed_digest(KeyUse::activity, {"head", std::to_string(head.sequence), head.link}));
}

}  // namespace latchkey
