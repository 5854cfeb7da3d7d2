#include "engine/enrollment_import.h"

#include "engine/casework.h"
#include "engine/intake.h"

#include <algorithm>
#include <iterator>

namespace latchkey {
namespace {

constexpr std::size_t kAtOnce = 200;  // enrollments of one commit

Error refusal(const std::string& code, const std::string& field = {},
              std::map<std::string, Argument> arguments = {}) {
    return {Errc::validation_failed, {{field, code, {"import." + code, std::move(arguments)}}}};
}

Result<ConfiguredVerification> known_verification(const Definitions& definitions,
                                                  const std::string& name) {
    if (const auto* configured = find_verification(definitions, name)) return *configured;
    std::vector<std::string> known;
    for (const auto& configured : definitions.verifications) known.push_back(configured.name);
    return refusal("no_verification", "verification",
                   {{"name", name}, {"nearest", nearest_name(name, known)}});
}

/// What the type's columns take of the record; a value in any other column is a mistake.
Result<Answers> read_record(const Intake& intake, const ConfiguredVerification& configured,
                            const RawAnswers& values) {
    const Prompt columns{.title = {}, .fields = intake.columns(configured.settings)};
    RawAnswers given;
    for (const auto& [column, value] : values) {
        if (value.empty()) continue;
        if (std::ranges::find(columns.fields, column, &Field::key) == columns.fields.end())
            return refusal("column_not_taken", column, {{"name", configured.name}});
        given.emplace(column, value);
    }
    return check_answers(columns, given);
}

bool confirmed(const std::optional<Enrollment>& stored) {
    return stored &&
           (stored->state == EnrollmentState::active || stored->state == EnrollmentState::proved);
}

}  // namespace

Result<EnrollmentImport::Outcome> EnrollmentImport::take(const EnrollmentRecord& record) {
    const auto canonical = canonical_identifier(record.user_name);
    const auto ids =
        canonical ? parts_.accounts.identify("user_name", *canonical) : std::vector<AccountId>{};
    const auto account = ids.size() == 1 ? parts_.accounts.find(ids.front()) : std::nullopt;
    if (!account) return refusal("no_user", "user_name", {{"name", record.user_name}});
    const auto definitions = parts_.processes.definitions();
    const auto configured = known_verification(*definitions, record.verification);
    if (!configured) return configured.error();
    const Verification* const type = parts_.registry.find(configured->type);
    const Intake* const intake = type ? type->intake() : nullptr;
    if (!intake) return refusal("takes_none", "verification", {{"name", record.verification}});
    const auto answers = read_record(*intake, *configured, record.values);
    if (!answers) return answers.error();

    Bench bench{.type = type, .configured = &*configured, .subject = subject_of(*account)};
    const Key key{account->id, configured->name};
    const auto before = waiting_.find(key);
    if (before != waiting_.end()) {
        bench.stored = before->second.enrollment;
    } else {
        for (auto& held : parts_.enrollments.of(account->id))
            if (held.verification == configured->name) bench.stored = std::move(held);
    }
    if (bench.stored && bench.stored->state != EnrollmentState::revoked)
        bench.enrollment = bench.stored->data;

    const TimePoint now = parts_.clock.now();
    const Imported imported = intake->take(bench.situation(parts_, nullptr, "", now, {}), *answers);
    if (!imported.problems.empty()) return Error{Errc::validation_failed, imported.problems};
    if (imported.enrollment.is_null()) return Outcome::unchanged;

    const bool beside_others = imported.enrollment.contains("items");
    const bool replaces = confirmed(bench.stored) && !beside_others;
    if (replaces && !replace_) return refusal("held_already");
    if (!beside_others && before != waiting_.end()) return refusal("stands_twice");

    Enrollment enrollment = bench.stored.value_or(
        Enrollment{.account = account->id, .verification = configured->name, .data = nullptr});
    enrollment.data = imported.enrollment;
    enrollment.changed_at = now;
    // What its owner confirmed stays usable beside what was added.
    if (!confirmed(bench.stored) || replaces) {
        enrollment.state = EnrollmentState::imported;
        enrollment.source = "import";
        const auto lasts = lifetime(configured->settings);
        enrollment.expires_at = lasts ? std::optional(now + *lasts) : std::nullopt;
    }
    auto& waiting = waiting_
                        .try_emplace(key, Waiting{.account = *account,
                                                  .configured = *configured,
                                                  .enrollment = {},
                                                  .lines = {}})
                        .first->second;
    waiting.enrollment = std::move(enrollment);
    waiting.replaces = waiting.replaces || replaces;
    waiting.lines.push_back(record.line);
    return replaces ? Outcome::replaced : Outcome::added;
}

void EnrollmentImport::add_to(Change& change, const Waiting& waiting) const {
    const TimePoint now = waiting.enrollment.changed_at;
    change.enrollments.push_back(waiting.enrollment);
    change.dropped_drafts.push_back({waiting.account.id, waiting.configured.name});
    change.activities.push_back(activity(ActivityType::enrollment_imported, now, waiting.account.id,
                                         {}, origin_, waiting.replaces ? "replaced" : "",
                                         {{"verification", waiting.configured.name}}));
    if (!waiting.replaces) return;
    change.clear.push_back(in_a_row_key(waiting.account.id, waiting.configured.name));
    notify_owner(parts_, change, waiting.account, "enrollment_added",
                 {{"verification", waiting.configured.title}}, {}, now);
}

std::vector<std::size_t> EnrollmentImport::commit(const std::function<void(std::size_t)>& done) {
    std::vector<std::size_t> lost;
    for (auto next = waiting_.begin(); next != waiting_.end();) {
        const auto first = next;
        Change batch;
        std::size_t records = 0;
        for (std::size_t i = 0; i < kAtOnce && next != waiting_.end(); ++i, ++next) {
            add_to(batch, next->second);
            records += next->second.lines.size();
        }
        // One that somebody changed meanwhile must not keep the others out.
        if (!parts_.changes.commit(batch))
            for (auto one = first; one != next; ++one) {
                Change alone;
                add_to(alone, one->second);
                if (!parts_.changes.commit(alone))
                    std::ranges::copy(one->second.lines, std::back_inserter(lost));
            }
        done(records);
    }
    waiting_.clear();
    std::ranges::sort(lost);
    return lost;
}

}  // namespace latchkey
