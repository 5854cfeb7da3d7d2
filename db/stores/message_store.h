#pragma once

#include "db/crypto/sealer.h"
#include "db/sql/database.h"
#include "db/stores/activity_log.h"
#include "db/stores/budget_store.h"
#include "engine/stores.h"

namespace latchkey {

/// The outbox. Recipient and content are sealed, and wiped as soon as a message is done with.
///
/// A message is never sent by two workers at once. If a worker dies after the peer took a message
/// and before it could say so, the message is sent once more; a third time never: it may be the
/// message that kills the worker.
class SqlMessageStore final : public MessageStore {
 public:
    SqlMessageStore(Database& database, const Sealer& sealer, SqlBudgetStore& budgets,
                    SqlActivityLog& log)
        : database_(database), sealer_(sealer), budgets_(budgets), log_(log) {}

    Delivery delivery(const MessageId& id) override;
    std::optional<SentMessage> sent(const std::string& reference) override;
    std::vector<ClaimedMessage> claim(const std::string& worker, std::size_t count, TimePoint now,
                                      Milliseconds lease) override;
    /// Also records the end of a message as an activity, and gives its budgets back if it visibly
    /// failed; a failure that is shown as the normal course keeps them, as a decoy would.
    void renew(const MessageId& id, const std::string& worker, TimePoint lease_ends) override;
    void settle(const MessageId& id, const std::string& worker, const Outcome& outcome,
                TimePoint now, std::optional<TimePoint> retry_at) override;
    std::optional<TimePoint> next_due() override;

    // Parts of a larger write.

    std::string sealed(const Message& message) const;
    void enqueue(Transaction& transaction, const Message& message,
                 const std::string& sealed_message);
    /// Wipes the codes for an account that were not sent yet, except those of one request.
    void withdraw_codes(Transaction& transaction, const AccountId& account,
                        const RequestId& except);

    /// Deletes the reminders of a campaign, or to somebody, that are in nobody's hands, and that
    /// these people were reached.
    void drop_reminders_of(Transaction& transaction, const std::string& campaign);
    void drop_reminders_to(Transaction& transaction, const AccountId& account);
    /// Closes a stopped campaign's reminders whose worker died with them, as sent: they may have
    /// been, and a correction too many is better than one too few.
    void close_reminders_of(Transaction& transaction, const std::string& campaign, TimePoint now);

 private:
    struct Row;
    static void forget_reach(Transaction& transaction, const Rows& dropped);
    static Row row_in(const Rows& rows);
    Message opened(const Row& row) const;
    std::vector<std::string> refunds_of(const Row& row) const;
    void close(Transaction& transaction, const Row& row, bool accepted, const std::string& shown,
               const std::string& reason, const std::string& answer, TimePoint now);
    void close_overdue(Transaction& transaction, TimePoint now);
    std::optional<ClaimedMessage> claim_one(Transaction& transaction, const std::string& id,
                                            const std::string& worker, TimePoint now,
                                            TimePoint lease_ends);

    Database& database_;
    const Sealer& sealer_;
    SqlBudgetStore& budgets_;
    SqlActivityLog& log_;
};

}  // namespace latchkey
