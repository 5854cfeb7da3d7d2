#include "engine/profile.h"

#include "engine/casework.h"

namespace latchkey {

Result<void> save_profile(const Parts& parts, const std::optional<Account>& before,
                          const Account& after, std::optional<CredentialChange> credential,
                          const Activity& activity) {
    Change change{.account = Change::AccountChange{after, std::move(credential)}};
    change.activities = {activity};
    const auto definitions = parts.processes.definitions();
    if (before && flag(definitions->settings, "notices.profile_changes")) {
        const auto former = contacts_of(parts, *before);
        if (former != contacts_of(parts, after))
            notify_owner(parts, change, after, "contact_changed", Json::object(), former,
                         parts.clock.now());
    }
    return parts.changes.commit(change);
}

}  // namespace latchkey
