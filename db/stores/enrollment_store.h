#pragma once

#include "db/crypto/sealer.h"
#include "db/sql/database.h"
#include "engine/stores.h"

namespace latchkey {

/// What people hold, and what they have begun to enroll. Data and drafts are sealed.
class SqlEnrollmentStore final : public EnrollmentStore {
 public:
    SqlEnrollmentStore(Database& database, const Sealer& sealer)
        : database_(database), sealer_(sealer) {}

    std::vector<Enrollment> of(const AccountId& account) override;
    std::optional<EnrollmentDraft> draft(const AccountId& account,
                                         const std::string& verification) override;
    std::vector<Enrollment> former(const AccountId& account, TimePoint at) override;

    std::string sealed(const Enrollment& enrollment) const;

    // Parts of a larger write. False if somebody else changed it since it was loaded.

    bool save(Transaction& transaction, const Enrollment& enrollment,
              const std::string& sealed_data);
    void keep(Transaction& transaction, const FormerEnrollment& former);
    /// A new draft takes the place of one whose time is over.
    bool save(Transaction& transaction, const EnrollmentDraft& draft, TimePoint now);
    void drop(Transaction& transaction, const DraftKey& draft);

 private:
    Database& database_;
    const Sealer& sealer_;
};

}  // namespace latchkey
