#pragma once

#include "engine/conductor.h"

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace latchkey {

/// One record of an enrollments file.
struct EnrollmentRecord {
    std::size_t line = 0;
    std::string user_name;
    std::string verification;
    RawAnswers values;  // by column; those left empty may be left out
};

/// Takes enrollments from elsewhere, through the intakes of their types (R27.3). First all records
/// are taken, which changes nothing, then all are committed: so a dry run is an import that stops
/// half-way. Records of one person see those before them. The same records again change nothing.
/// For one thread.
class EnrollmentImport {
 public:
    enum class Outcome { added, replaced, unchanged };

    /// `replace`: also take a record in place of something that its owner confirmed, where there
    /// can be but one. The owner is told then.
    EnrollmentImport(const Parts& parts, bool replace, Origin origin)
        : parts_(parts), replace_(replace), origin_(std::move(origin)) {}

    /// Refuses with `validation_failed` and a problem for each thing that is wrong.
    Result<Outcome> take(const EnrollmentRecord& record);

    /// Commits what was taken, a few hundred at a time; `done` hears after each. Returns the lines
    /// that were lost because somebody changed the same enrollment meanwhile: importing the file
    /// again makes up for them.
    std::vector<std::size_t> commit(const std::function<void(std::size_t)>& done);

 private:
    struct Waiting {
        Account account;
        ConfiguredVerification configured;
        Enrollment enrollment;
        bool replaces = false;
        std::vector<std::size_t> lines;
    };
    using Key = std::pair<AccountId, std::string>;

    void add_to(Change& change, const Waiting& waiting) const;

    Parts parts_;
    bool replace_;
    Origin origin_;
    std::map<Key, Waiting> waiting_;
};

}  // namespace latchkey
