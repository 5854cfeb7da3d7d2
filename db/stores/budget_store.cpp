#include "db/stores/budget_store.h"

namespace latchkey {
namespace {

// $1 key, $2 limit, $3 now, $4 when a window that begins now ends, $5 how much must be used, or
// NULL. A row whose window is over counts as unused. RETURNING nothing: refused.
const Query kSpend{
    "INSERT INTO budget (key, used, expires_at)"
    " SELECT CAST($1 AS TEXT), 1, CAST($4 AS BIGINT)"
    " WHERE CAST($2 AS BIGINT) > 0 AND (COALESCE(CAST($5 AS BIGINT), 0) = 0"
    "   OR EXISTS (SELECT 1 FROM budget WHERE key = $1 AND expires_at > $3))"
    " ON CONFLICT (key) DO UPDATE SET"
    "   used = CASE WHEN budget.expires_at > $3 THEN budget.used + 1 ELSE 1 END,"
    "   expires_at = CASE WHEN budget.expires_at > $3 THEN budget.expires_at"
    "     ELSE excluded.expires_at END"
    " WHERE (budget.expires_at > $3 AND budget.used < $2"
    "     AND budget.used = COALESCE(CAST($5 AS BIGINT), budget.used))"
    "   OR (budget.expires_at <= $3 AND COALESCE(CAST($5 AS BIGINT), 0) = 0)"
    " RETURNING used"};
const Query kLook{"SELECT used, expires_at FROM budget WHERE key = $1 AND expires_at > $2"};
const Query kRefund{"UPDATE budget SET used = used - 1 WHERE key = $1 AND used > 0"};
const Query kBeginAnew{"DELETE FROM budget WHERE key = $1"};
const Query kBlocks{
    "SELECT verification, until, level, begun_at FROM block WHERE account = $1"
    " ORDER BY verification"};
const Query kSaveBlock{
    "INSERT INTO block (account, verification, until, level, begun_at) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (account, verification) DO UPDATE SET"
    " until = excluded.until, level = excluded.level, begun_at = excluded.begun_at"};
// Who looked for blocks before this one was there finds every try used up (S11).
const Query kCountUntil{"UPDATE budget SET expires_at = $2 WHERE key = $1"};
const Query kClearBlocks{"DELETE FROM block WHERE account = $1"};

/// Why a budget refused.
Spent refusal(Transaction& transaction, const Budget& budget, std::size_t index, TimePoint now) {
    const Rows rows = transaction.run(kLook, budget.key, now);
    const std::int64_t used = rows.empty() ? 0 : rows.integer(0, 0);
    return {.used = {},
            .refused = index,
            .until = rows.empty() ? now : rows.time(0, 1),
            .unexpected = budget.expected && *budget.expected != used};
}

}  // namespace

Spent SqlBudgetStore::spend(const std::vector<Budget>& budgets, TimePoint now) {
    return database_.write([&](Transaction& transaction) {
        Spent spent = spend(transaction, budgets, now);
        if (spent.refused) transaction.undo();
        return spent;
    });
}

Spent SqlBudgetStore::spend(Transaction& transaction, const std::vector<Budget>& budgets,
                            TimePoint now) {
    Spent spent;
    for (std::size_t i = 0; i < budgets.size(); ++i) {
        const Budget& budget = budgets[i];
        const Rows rows = transaction.run(kSpend, budget.key, budget.limit, now,
                                          now + budget.window, budget.expected);
        if (rows.empty()) return refusal(transaction, budget, i, now);
        spent.used.push_back(rows.integer(0, 0));
    }
    return spent;
}

std::vector<std::int64_t> SqlBudgetStore::used(const std::vector<std::string>& keys,
                                               TimePoint now) {
    return database_.read([&](Transaction& transaction) {
        std::vector<std::int64_t> list;
        for (const std::string& key : keys) {
            const Rows rows = transaction.run(kLook, key, now);
            list.push_back(rows.empty() ? 0 : rows.integer(0, 0));
        }
        return list;
    });
}

std::vector<Block> SqlBudgetStore::blocks(const AccountId& account) {
    const Rows rows = database_.read([&](Transaction& t) { return t.run(kBlocks, account); });
    std::vector<Block> list;
    for (std::size_t i = 0; i < rows.size(); ++i)
        list.push_back(
            {account, rows.text(i, 0), rows.time(i, 1), rows.integer(i, 2), rows.time(i, 3)});
    return list;
}

void SqlBudgetStore::refund(Transaction& transaction, const std::string& key) {
    transaction.run(kRefund, key);
}

void SqlBudgetStore::begin_anew(Transaction& transaction, const std::string& key) {
    transaction.run(kBeginAnew, key);
}

void SqlBudgetStore::save(Transaction& transaction, const Block& block) {
    transaction.run(kSaveBlock, block.account, block.verification, block.until, block.level,
                    block.at);
    transaction.run(kCountUntil, failures_key(block.account, block.verification), block.until);
}

void SqlBudgetStore::clear_blocks(Transaction& transaction, const AccountId& account) {
    transaction.run(kClearBlocks, account);
}

}  // namespace latchkey
