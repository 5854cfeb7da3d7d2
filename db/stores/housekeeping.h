#pragma once

#include "db/sql/database.h"

namespace latchkey {

/// Deletes what nobody needs any more, in small pieces so that nobody waits for long: budgets,
/// drafts, links, sessions and former enrollments whose time is over, blocks that no longer count,
/// and requests, messages and notes of who was reminded of more than ninety days. The activity
/// record stays. Returns how many rows went. To be called every hour or so; several programs may.
std::int64_t purge(Database& database, TimePoint now);

}  // namespace latchkey
