#pragma once

#include "db/crypto/key_ring.h"
#include "db/sql/database.h"

namespace latchkey {

// A database knows its root keys by a proof of each, so that a wrong key file is refused at the
// start and nothing is ever sealed under another key beside old data (F26).

/// Makes `ring` the keys of a new database; of one that has these keys already, nothing changes.
/// For `init` alone. Throws KeyTrouble if the database has other keys, or data but no proof.
void adopt_keys(Database& database, const KeyRing& ring);

/// Makes the newest key of `ring` one of the database's, for key rotation. False if it was already.
bool adopt_newest_key(Database& database, const KeyRing& ring);

/// Throws KeyTrouble if the database has keys: then their file is missing, and no other will do.
void require_no_keys(Database& database);

/// Throws KeyTrouble unless the database has keys and all of them are in `ring`.
void require_keys(Database& database, const KeyRing& ring);

}  // namespace latchkey
