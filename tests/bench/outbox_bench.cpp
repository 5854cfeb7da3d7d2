#include "db/sql/make_database.h"
#include "db/sql/migrator.h"
#include "tests/support/sql_stores.h"
#include "tests/support/temporary_folder.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

/// How long it takes from committing a code to having claimed it, with no reminders and with a
/// hundred thousand that wait, on SQLite: the median and the 95th percentile (L11).
namespace {

using namespace latchkey;

constexpr int kCodes = 300;

const Query kReminders{
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)"
    " INSERT INTO message (id, reference, lane, channel, wording, account, request, decoy,"
    " created_at, give_up_at, state, due_at, worker, attempts, open_claims, shown_state, shown_at,"
    " body, campaign) SELECT 'r' || i, 'r' || i, 2, 'email', 'w', 'a', '', 0, 0, 4000000000000,"
    " 'queued', 0, '', 0, 0, 'queued', 0, 'x', 'drive' FROM n"};
const Query kCampaign{
    "INSERT INTO campaign (name, state, body, reason, version, round, reached, worker,"
    " leased_until) VALUES ('drive', 'running', '{}', '{}', 1, 0, '', '', 0)"};

void measure(SqlStores& stores, const char* what) {
    std::vector<double> took;
    for (int i = 0; i < kCodes; ++i) {
        const MessageId id{std::string(what) + std::to_string(i)};
        const Message code{.id = id,
                           .channel = "email",
                           .created_at = kNewYear,
                           .give_up_at = kNewYear + Minutes{10}};
        const auto begin = std::chrono::steady_clock::now();
        stores.changes.commit({.messages = {code}}).value();
        const auto claimed = stores.messages.claim("w", 1, kNewYear, Minutes{1});
        const std::chrono::duration<double, std::milli> time =
            std::chrono::steady_clock::now() - begin;
        if (claimed.size() != 1 || claimed.front().message.id != id) std::puts("not the code!");
        stores.messages.settle(id, "w", {Outcome::Kind::accepted, true, ""}, kNewYear, {});
        took.push_back(time.count());
    }
    std::ranges::sort(took);
    std::printf("%-22s p50 %6.2f ms  p95 %6.2f ms\n", what, took[kCodes / 2],
                took[kCodes * 95 / 100]);
}

}  // namespace

int main() {
    const TemporaryFolder folder;
    const auto database = make_database("sqlite:latchkey.db", folder.path());
    migrate(*database, kNewYear);
    SqlStores stores(*database);
    measure(stores, "no reminders");
    database->write([](Transaction& transaction) {
        transaction.run(kCampaign);
        transaction.run(kReminders);
    });
    measure(stores, "100,000 reminders");
}
