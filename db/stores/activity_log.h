#pragma once

#include "db/sql/database.h"
#include "engine/activity.h"

#include <optional>
#include <string>
#include <vector>

namespace latchkey {

struct ActivityEntry {
    std::int64_t sequence = 0;
    std::string line;  // JSON
};

/// As it is kept, for whoever wants to check the chain.
struct LinkedEntry {
    std::int64_t sequence = 0;
    std::string line;  // JSON
    std::string link;
};

/// The end of the record. Kept somewhere else, it shows later that nothing up to it was replaced.
struct ActivityHead {
    std::int64_t sequence = 0;  // how many entries there are
    std::string link;
};

/// Where the record stops being what was written, and how it shows.
struct ActivityFault {
    std::int64_t sequence = 0;
    std::string reason;  // "changed", "missing", "misfiled", "head"
};

/// Everything that happened, in an order that nobody without the key can change unnoticed (S70). An
/// entry is committed in the transaction of what it tells, or with it lost. Thread-safe.
class SqlActivityLog {
 public:
    SqlActivityLog(Database& database, const Crypto& crypto)
        : database_(database), crypto_(crypto) {}

    /// As the last step of a transaction: from here to its end all other writers wait.
    void append(Transaction& transaction, const std::vector<Activity>& activities);

    /// One that belongs to no other change.
    void append(const Activity& activity);

    /// Up to `count` entries before `before`, the newest first.
    std::vector<ActivityEntry> page(std::int64_t before, std::int64_t count);
    std::vector<ActivityEntry> page(const AccountId& account, std::int64_t before,
                                    std::int64_t count);
    std::vector<ActivityEntry> page(const RequestId& request, std::int64_t before,
                                    std::int64_t count);

    /// Up to a thousand entries after `sequence`, the oldest first: for files.
    std::vector<LinkedEntry> after(std::int64_t sequence);

    /// When the newest entry was written; nothing: there is none.
    std::optional<TimePoint> last_at();

    ActivityHead head();

    /// Reads the whole record and returns its first fault, if any. Only a remembered head can show
    /// that the whole record was put back to what it once was.
    std::optional<ActivityFault> verify(const std::optional<ActivityHead>& remembered = {});

 private:
    std::string link(std::int64_t sequence, const std::string& previous,
                     const std::string& line) const;
    std::string proof(const ActivityHead& head) const;
    std::optional<ActivityFault> fault_at(const Rows& rows, std::size_t row, ActivityHead& last,
                                          const std::optional<ActivityHead>& remembered) const;

    Database& database_;
    const Crypto& crypto_;
};

}  // namespace latchkey
