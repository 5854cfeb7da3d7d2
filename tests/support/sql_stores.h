#pragma once

#include "db/credentials/local_credential_store.h"
#include "db/crypto/sealer.h"
#include "db/crypto/sodium_crypto.h"
#include "db/stores/account_store.h"
#include "db/stores/campaign_store.h"
#include "db/stores/change_store.h"
#include "db/stores/process_store.h"
#include "tests/support/fixed_clock.h"
#include "tests/support/stub_verification.h"

#include <string>
#include <utility>

namespace latchkey {

/// A key ring that differs by `fill`.
inline KeyRing test_ring(char fill = 'a', const std::string& id = "k1") {
    KeyRing::Root root{.id = id, .key = {}};
    std::fill_n(root.key.data(), Key::kSize, static_cast<unsigned char>(fill));
    return KeyRing({root});
}

/// The cheapest slow hash there is.
inline constexpr HashCost kCheapHash{.memory_kib = 8, .passes = 1};

/// Types called "word" and "other" that ask for a word.
inline Registry stub_registry() {
    Registry registry;
    for (const char* id : {"word", "other"})
        registry.add(make_stub({.id = id,
                                .name = {},
                                .assurance = Assurance::medium,
                                .standing = {Standing::Alone::yes, true, true},
                                .assets = {Asset::mailbox}}));
    return registry;
}

/// All stores on one database, built in the order in which the program builds them.
struct SqlStores {
    /// `fresh_for`: how long definitions may be taken from memory.
    explicit SqlStores(Database& on, KeyRing keys = test_ring(), const HashCost& cost = kCheapHash,
                       Milliseconds fresh_for = {})
        : database(on),
          ring(std::move(keys)),
          hash_cost(cost),
          processes(database, registry, log, fresh_for) {}

    Database& database;
    FixedClock clock;
    KeyRing ring;
    HashCost hash_cost;
    HashingPool pool{{.slots = 2, .keep_memory = hash_cost != kCheapHash}};
    SodiumCrypto crypto{ring, hash_cost, pool};
    Sealer sealer{ring};
    Registry registry = stub_registry();
    SqlActivityLog log{database, crypto};
    SqlBudgetStore budgets{database};
    SqlRequestStore requests{database, sealer};
    SqlEnrollmentStore enrollments{database, sealer};
    SqlMessageStore messages{database, sealer, budgets, log};
    SqlSessionStore sessions{database};
    SqlNoticeLinkStore links{database};
    CredentialRows credential_rows{sealer};
    LocalCredentialStore credentials{database, crypto, credential_rows};
    SqlAccountStore accounts{database, clock, credential_rows, log};
    SqlProcessStore processes;
    SqlChangeStore changes{{database, clock, accounts, requests, credential_rows, enrollments,
                            budgets, messages, sessions, links, log}};
    SqlCampaignStore campaigns{database, messages, log};

    /// Adds somebody, with a password unless it is empty.
    Account add(const Account& account, const std::string& password = "") {
        Change change{.account = Change::AccountChange{account}};
        if (!password.empty())
            change.account->credential =
                credentials.prepare(account.id, Secret(password), 0).value();
        change.activities.push_back({.type = ActivityType::account_added,
                                     .at = clock.now(),
                                     .actor = "command",
                                     .account = account.id});
        changes.commit(change).value();
        return accounts.find(account.id).value();
    }

    /// As on disk: the one value that `query` selects.
    std::string text(const Query& query) {
        return database.read([&](Transaction& t) { return t.run(query); }).text(0, 0);
    }
    std::int64_t number(const Query& query) {
        return database.read([&](Transaction& t) { return t.run(query); }).integer(0, 0);
    }
};

}  // namespace latchkey
