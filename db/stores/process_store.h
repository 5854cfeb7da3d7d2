#pragma once

#include "db/sql/database.h"
#include "db/stores/activity_log.h"
#include "engine/stores.h"

#include <map>
#include <mutex>
#include <utility>

namespace latchkey {

/// Definitions and every version of every process. Kept in memory; each call asks the database with
/// one small statement whether they changed, so that what any program applies counts everywhere at
/// once.
class SqlProcessStore final : public ProcessStore {
 public:
    SqlProcessStore(Database& database, const Registry& registry, SqlActivityLog& log)
        : database_(database), registry_(registry), log_(log) {}

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

    std::mutex mutex_;
    std::shared_ptr<const Generation> present_;
    std::map<std::pair<std::string, std::int64_t>, std::shared_ptr<const Process>> versions_;
};

}  // namespace latchkey
