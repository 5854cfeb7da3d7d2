#include "db/crypto/key_check.h"

#include "db/crypto/aead_box.h"

#include <algorithm>

namespace latchkey {
namespace {

constexpr std::string_view kProven = "this root key belongs to this database";

const Query kReadProofs{"SELECT id, proof FROM root_key ORDER BY id"};
const Query kAddProof{"INSERT INTO root_key (id, proof) VALUES ($1, $2) ON CONFLICT DO NOTHING"};
const Query kAnyData{
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM account) OR EXISTS (SELECT 1 FROM message)"
    " OR EXISTS (SELECT 1 FROM reset_request) OR EXISTS (SELECT 1 FROM activity)"};

AeadBox box_of(const KeyRing::Root& root) {
    return {KeyRing({root}), "proof"};
}

/// False if it is there already.
bool add_proof(Transaction& transaction, const KeyRing::Root& root) {
    const std::string proof = box_of(root).seal(root.id, kProven);
    return transaction.run(kAddProof, root.id, proof).changed() == 1;
}

void check_proofs(const Rows& proofs, const KeyRing& ring) {
    for (std::size_t i = 0; i < proofs.size(); ++i) {
        const auto& id = proofs.text(i, 0);
        const auto root = std::ranges::find(ring.roots(), id, &KeyRing::Root::id);
        if (root == ring.roots().end())
            throw KeyTrouble("the database was sealed with the root key " + id +
                             ", which is not in the key file: put it back");
        if (!box_of(*root).open(id, proofs.text(i, 1)))
            throw KeyTrouble("the root key " + id +
                             " of the key file is not the one of this database: put the right key "
                             "file back, or name the right database");
    }
}

}  // namespace

void adopt_keys(Database& database, const KeyRing& ring) {
    database.write([&](Transaction& transaction) {
        const Rows proofs = transaction.run(kReadProofs);
        if (!proofs.empty()) return check_proofs(proofs, ring);
        if (!transaction.run(kAnyData).empty())
            throw KeyTrouble("the database holds data but no proof of its key: it is damaged");
        for (const auto& root : ring.roots()) add_proof(transaction, root);
    });
}

bool adopt_newest_key(Database& database, const KeyRing& ring) {
    return database.write(
        [&](Transaction& transaction) { return add_proof(transaction, ring.newest()); });
}

void require_no_keys(Database& database) {
    const Rows proofs =
        database.read([](Transaction& transaction) { return transaction.run(kReadProofs); });
    if (!proofs.empty())
        throw KeyTrouble("the key file is missing, but the database was sealed with the root key " +
                         proofs.text(0, 0) + ": put the key file back");
}

void require_keys(Database& database, const KeyRing& ring) {
    const Rows proofs =
        database.read([](Transaction& transaction) { return transaction.run(kReadProofs); });
    if (proofs.empty()) throw KeyTrouble("the database has no keys yet: run `latchkey init`");
    check_proofs(proofs, ring);
}

}  // namespace latchkey
