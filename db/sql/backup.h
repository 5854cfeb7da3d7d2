#pragma once

#include "db/crypto/key_ring.h"
#include "db/sql/database.h"

#include <filesystem>

namespace latchkey {

/// Writes all that `from` holds, as it is at one instant and while it serves, to a new file. The
/// file is an SQLite database whatever `from` is; what is sealed stays sealed, and the root key is
/// not in it. Throws std::runtime_error if `file` exists.
void back_up(Database& from, const std::filesystem::path& file, TimePoint now);

/// Replaces all that `to` holds by a backup of this or an older version. Restoring is no time
/// machine (S72): open requests, sessions, drafts, links and unsent messages of the backup are
/// void, the epoch rises, and of present and former limits and blocks the stricter ones hold.
/// Nothing is changed if it throws: KeyTrouble if `ring` is not the backup's, SchemaTrouble if the
/// backup is newer than this program, std::runtime_error if it is damaged.
void restore(Database& to, const KeyRing& ring, const std::filesystem::path& file, TimePoint now);

}  // namespace latchkey
