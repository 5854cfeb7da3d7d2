#pragma once

#include "db/sql/database.h"
#include "engine/stores.h"

namespace latchkey {

/// Counters and blocks. Each budget is spent by one statement that also enforces its limit.
class SqlBudgetStore final : public BudgetStore {
 public:
    explicit SqlBudgetStore(Database& database) : database_(database) {}

    Spent spend(const std::vector<Budget>& budgets, TimePoint now) override;
    std::vector<std::int64_t> used(const std::vector<std::string>& keys, TimePoint now) override;
    std::vector<Block> blocks(const AccountId& account) override;

    // Parts of a larger write.

    /// Spends from all, or says which refused; then the caller undoes the transaction. In the given
    /// order: callers that name the kinds of budgets in one order never wait for each other in a
    /// circle.
    Spent spend(Transaction& transaction, const std::vector<Budget>& budgets, TimePoint now);
    /// Gives one back, for something that did not happen after all.
    void refund(Transaction& transaction, const std::string& key);
    void begin_anew(Transaction& transaction, const std::string& key);
    void save(Transaction& transaction, const Block& block);
    void clear_blocks(Transaction& transaction, const AccountId& account);

 private:
    Database& database_;
};

}  // namespace latchkey
