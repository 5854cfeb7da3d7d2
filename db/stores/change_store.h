#pragma once

#include "db/credentials/credential_rows.h"
#include "db/stores/account_store.h"
#include "db/stores/activity_log.h"
#include "db/stores/budget_store.h"
#include "db/stores/enrollment_store.h"
#include "db/stores/message_store.h"
#include "db/stores/notice_link_store.h"
#include "db/stores/request_store.h"
#include "db/stores/session_store.h"
#include "engine/stores.h"

namespace latchkey {

/// Commits what one step changes: each store writes its part of it into one transaction. The order
/// of the parts is the same for every change, so that no two wait for each other in a circle.
class SqlChangeStore final : public ChangeStore {
 public:
    struct Parts {
        Database& database;
        const Clock& clock;
        SqlAccountStore& accounts;
        SqlRequestStore& requests;
        CredentialRows& credentials;
        SqlEnrollmentStore& enrollments;
        SqlBudgetStore& budgets;
        SqlMessageStore& messages;
        SqlSessionStore& sessions;
        SqlNoticeLinkStore& links;
        SqlActivityLog& log;
    };
    explicit SqlChangeStore(const Parts& parts) : parts_(parts) {}

    Result<void> commit(const Change& change) override;

 private:
    /// What of a change is encrypted, in the order of its lists. Made before the transaction
    /// begins, in which everybody waits for everybody.
    struct Sealed {
        std::string request;
        std::vector<std::string> enrollments;
        std::vector<std::string> messages;
    };
    Sealed sealed(const Change& change) const;
    Result<void> apply(Transaction& transaction, const Change& change, const Sealed& sealed,
                       TimePoint now);
    Result<void> apply_request(Transaction& transaction, const Change& change,
                               const std::string& sealed_request, TimePoint now);
    Result<void> reserve(Transaction& transaction, const Change& change, TimePoint now);
    void end_everything_else(Transaction& transaction, const Change& change, TimePoint now);

    Parts parts_;
};

}  // namespace latchkey
