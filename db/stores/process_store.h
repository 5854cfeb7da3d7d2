#pragma once

#include "db/sql/database.h"
#include "db/stores/activity_log.h"
#include "engine/stores.h"

#include <chrono>
#include <map>
#include <mutex>
#include <utility>

namespace latchkey {

/// Definitions and every version of every process. Kept in memory; a call asks the database with
/// one small statement whether they changed, unless one did so within `fresh_for`: what any program
/// applies counts everywhere by then.
class SqlProcessStore final : public ProcessStore {
 public:
    SqlProcessStore(Database& database, const Registry& registry, SqlActivityLog& log,
                    Milliseconds fresh_for = Milliseconds{0})
        : database_(database), registry_(registry), log_(log), fresh_for_(fresh_for) {}

    std::shared_ptr<const Process> current(const std::string& slug) override;
    std::shared_ptr<const Process> version(const std::string& name, std::int64_t version) override;
    std::vector<std::shared_ptr<const Process>> all() override;
    std::shared_ptr<const Definitions> definitions() override;
    std::vector<std::string> apply(const Definitions& definitions,
                                   const Activity& activity) override;

 private:
    /// All that one generation of the definitions holds. Immutable.
    struct Generation {
        std::int64_t number = -1;
        std::vector<std::shared_ptr<const Process>> processes;
        std::shared_ptr<const Definitions> definitions;
    };

    std::shared_ptr<const Generation> present();
    std::shared_ptr<const Generation> load();
    std::shared_ptr<const Process> process_in(const std::string& name, std::int64_t version,
                                              const std::string& body) const;
    std::int64_t publish(Transaction& transaction, const Process& process) const;

    Database& database_;
    const Registry& registry_;
    SqlActivityLog& log_;
    const Milliseconds fresh_for_;

    std::mutex mutex_;
    std::shared_ptr<const Generation> present_;
    std::chrono::steady_clock::time_point checked_at_;  // when it was the present one for certain
    std::map<std::pair<std::string, std::int64_t>, std::shared_ptr<const Process>> versions_;
};

}  // namespace latchkey
