#pragma once

#include "db/crypto/sealer.h"
#include "db/sql/database.h"
#include "engine/stores.h"

namespace latchkey {

/// Requests, each sealed but for what statements must see. The columns count, not the sealed copy:
/// a request can be ended from outside.
class SqlRequestStore final : public RequestStore {
 public:
    SqlRequestStore(Database& database, const Sealer& sealer)
        : database_(database), sealer_(sealer) {}

    std::optional<ResetRequest> find(const RequestId& id) override;
    std::optional<TimePoint> last_success(const AccountId& account,
                                          const std::string& process) override;

    /// For staff, by what the person reads out.
    std::optional<ResetRequest> find_by_reference(const std::string& reference);

    /// What save() and complete() take along: made before the transaction, for which others wait.
    std::string sealed(const ResetRequest& request) const;

    // Parts of a larger write.

    /// Refuses with `already_answered` if somebody else changed it since it was loaded. It can be
    /// completed by complete() alone.
    Result<void> save(Transaction& transaction, const Change::RequestChange& change,
                      const std::string& sealed_request, TimePoint now);

    /// Completes a request if, in the eyes of the one statement that does it, it is verified, not
    /// expired, not blocked, and all that `act` demands has passed in this very request (S31).
    Result<void> complete(Transaction& transaction, const ResetRequest& request,
                          const Change::Act& act, const std::string& sealed_request, TimePoint now);

    /// Cancels whatever is open for an account, except one.
    void cancel_all(Transaction& transaction, const AccountId& account, const RequestId& except,
                    TimePoint now);

 private:
    ResetRequest request_in(const Rows& rows) const;

    Database& database_;
    const Sealer& sealer_;
};

}  // namespace latchkey
