#include "engine/profile.h"

#include "engine/casework.h"

namespace latchkey {
namespace {

bool same(const std::string& one, const std::string& other) {
    return canonical_identifier(one) == canonical_identifier(other);
}

/// The account with a note of when its attributes changed.
Account dated(const Account& before, Account after, TimePoint now) {
    const Subject was = subject_of(before);
    after.changed = before.changed;
    for (const auto& [name, value] : after.attributes)
        if (!same(was.attribute(name), value)) after.changed[name] = now;
    return after;
}

}  // namespace

Result<void> save_profile(const Parts& parts, const std::optional<Account>& before,
                          const Account& after, std::optional<CredentialChange> credential,
                          const Activity& activity) {
    const TimePoint now = parts.clock.now();
    Change change{.account = Change::AccountChange{before ? dated(*before, after, now) : after,
                                                   std::move(credential)}};
    change.activities = {activity};
    const auto definitions = parts.processes.definitions();
    if (before && flag(definitions->settings, "notices.profile_changes")) {
        const auto former = contacts_of(parts, *before);
        if (former != contacts_of(parts, after))
            notify_owner(parts, change, after, "contact_changed", Json::object(), former, now);
    }
    return parts.changes.commit(change);
}

}  // namespace latchkey
