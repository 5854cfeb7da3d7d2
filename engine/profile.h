#pragma once

#include "engine/conductor.h"

#include <optional>

namespace latchkey {

/// Adds a person (no `before`) or keeps what changed about one. If other addresses are written to
/// from now on, the owner is told at the new and at the former ones (R22.1, R27.4), unless the
/// setting `notices.profile_changes` is off; and what changed counts as new (S57). Refuses with
/// `conflict` if the account was changed meanwhile or its user name is taken.
Result<void> save_profile(const Parts& parts, const std::optional<Account>& before,
                          const Account& after, std::optional<CredentialChange> credential,
                          const Activity& activity);

}  // namespace latchkey
