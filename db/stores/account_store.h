#pragma once

#include "db/credentials/credential_rows.h"
#include "db/sql/database.h"
#include "db/stores/activity_log.h"
#include "engine/stores.h"

#include <chrono>
#include <mutex>
#include <optional>

namespace latchkey {

/// People, and the canonical forms of what they are found by.
class SqlAccountStore final : public AccountStore {
 public:
    SqlAccountStore(Database& database, const Clock& clock, CredentialRows& credentials,
                    SqlActivityLog& log)
        : database_(database), clock_(clock), credentials_(credentials), log_(log) {}

    std::optional<Account> find(const AccountId& id) override;
    std::vector<AccountId> identify(const std::string& kind, const std::string& canonical) override;

    /// Up to ten minutes old. What it is taken from changes only when the number of people has
    /// doubled or halved, and is the same for all programs on this database: a decoy that changed
    /// its address would be known as one (S03).
    DecoyShape decoy_shape() override;

    std::vector<Account> page(const std::string& after_user_name, std::int64_t count) override;
    bool erase(const AccountId& account, const Activity& activity) override;

    /// Refuses with `conflict`.
    Result<void> save(Transaction& transaction, const Change::AccountChange& change);

 private:
    Database& database_;
    const Clock& clock_;
    CredentialRows& credentials_;
    SqlActivityLog& log_;

    std::mutex mutex_;
    DecoyShape shape_;
    std::optional<std::chrono::steady_clock::time_point> shape_read_at_;
};

}  // namespace latchkey
