#include "db/stores/housekeeping.h"

#include "engine/enrollment.h"

#include <array>
#include <chrono>

namespace latchkey {
namespace {

// Each deletes up to 500 rows from before `$1`.
const Query kBudgets{
    "DELETE FROM budget WHERE key IN"
    " (SELECT key FROM budget WHERE expires_at <= $1 LIMIT 500)"};
const Query kDrafts{
    "DELETE FROM enrollment_draft WHERE (account, verification) IN"
    " (SELECT account, verification FROM enrollment_draft WHERE expires_at <= $1 LIMIT 500)"};
const Query kOldEnrollments{
    "DELETE FROM former_enrollment WHERE (account, verification, version) IN"
    " (SELECT account, verification, version FROM former_enrollment WHERE replaced_at <= $1"
    " LIMIT 500)"};
const Query kLinks{
    "DELETE FROM notice_link WHERE digest IN"
    " (SELECT digest FROM notice_link WHERE expires_at <= $1 LIMIT 500)"};
const Query kSessions{
    "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE seen_at <= $1 LIMIT 500)"};
const Query kEndedBlocks{
    "DELETE FROM block WHERE (account, verification) IN"
    " (SELECT account, verification FROM block WHERE until <= $1 LIMIT 500)"};
const Query kRequests{
    "DELETE FROM reset_request WHERE id IN"
    " (SELECT id FROM reset_request WHERE expires_at <= $1 LIMIT 500)"};
const Query kMessages{
    "DELETE FROM message WHERE id IN"
    " (SELECT id FROM message WHERE created_at <= $1 AND state <> 'queued' LIMIT 500)"};

// Once what a reminder said by when is over, its round never comes again.
const Query kOldCampaigns{
    "DELETE FROM campaign_reach WHERE (campaign, account, round) IN"
    " (SELECT campaign, account, round FROM campaign_reach WHERE until <= $1 LIMIT 500)"};

/// What is kept for how long after its time.
struct Rule {
    const Query& query;
    Milliseconds kept;
};

const std::array kRules{
    Rule{kBudgets, Milliseconds{0}},
    Rule{kDrafts, Milliseconds{0}},
    Rule{kLinks, Milliseconds{0}},
    Rule{kSessions, Hours{24}},
    Rule{kOldEnrollments, kRestorable},
    Rule{kEndedBlocks,
         std::chrono::days{30}},  // the next block is longer if the last is not forgotten
    Rule{kRequests, std::chrono::days{90}},
    Rule{kMessages, std::chrono::days{90}},
    Rule{kOldCampaigns, std::chrono::days{90}},
};

}  // namespace

std::int64_t purge(Database& database, TimePoint now) {
    std::int64_t total = 0;
    for (const Rule& rule : kRules) {
        std::int64_t deleted = 0;
        do {
            deleted = database.write([&](Transaction& transaction) {
                return transaction.run(rule.query, now - rule.kept).changed();
            });
            total += deleted;
        } while (deleted > 0);
    }
    return total;
}

}  // namespace latchkey
