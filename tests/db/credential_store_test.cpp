#include "tests/db/stores_test.h"

namespace latchkey {
namespace {

const Query kHash{"SELECT hash FROM credential ORDER BY version DESC LIMIT 1"};
const Query kCount{"SELECT COUNT(*) FROM credential"};

class Credentials : public StoreTest {
 protected:
    const AccountId amy_id = stores.add(amy(), "first password").id;

    bool signs_in(const std::string& password) {
        return stores.credentials.sign_in(amy_id, Secret(password)).has_value();
    }
    Result<CredentialChange> prepare(const std::string& password, std::int64_t history) {
        return stores.credentials.prepare(amy_id, Secret(password), history);
    }
    bool replace(const CredentialChange& change) {
        return database->write(
            [&](Transaction& t) { return stores.credential_rows.replace(t, change, kNewYear); });
    }
    void set(const std::string& password, std::int64_t history = 5) {
        ASSERT_TRUE(replace(prepare(password, history).value()));
    }
};

TEST_P(Credentials, OpenForTheRightPasswordOnly) {
    EXPECT_TRUE(signs_in("first password"));
    EXPECT_FALSE(signs_in("First password"));
    EXPECT_FALSE(signs_in(""));
}

TEST_P(Credentials, CostOneSlowHashAndAsManyStatementsForEverybody) {
    stores.add(bob());
    std::vector<std::pair<std::int64_t, std::int64_t>> costs;
    for (const auto& id : {amy_id, AccountId{"account-of-bob"}, AccountId{"nobody"}}) {
        const auto hashes = stores.crypto.hashes();
        const auto statements = database->statements();
        EXPECT_EQ(stores.credentials.sign_in(id, Secret("wrong")).error().code,
                  Errc::wrong_credentials);
        costs.emplace_back(stores.crypto.hashes() - hashes, database->statements() - statements);
    }
    EXPECT_THAT(costs, testing::Each(std::pair<std::int64_t, std::int64_t>(1, 1)));
}

TEST_P(Credentials, AreComparedWithAllFormerOnesByOneSlowHash) {
    set("second password");
    set("third password");
    const auto before = stores.crypto.hashes();
    const auto refused = prepare("first password", 5);
    EXPECT_EQ(stores.crypto.hashes() - before, 1);
    EXPECT_EQ(refused.error().code, Errc::password_rejected);
    EXPECT_EQ(refused.error().problems.at(0).code, "password_used_before");
    EXPECT_FALSE(prepare("third password", 0));
    EXPECT_TRUE(prepare("fourth password", 5));
}

TEST_P(Credentials, ForgetWhatIsOlderThanTheHistory) {
    set("second password", 1);
    set("third password", 1);
    EXPECT_EQ(stores.number(kCount), 2);
    EXPECT_TRUE(prepare("first password", 1));
    EXPECT_FALSE(prepare("second password", 1));
}

TEST_P(Credentials, AreReplacedByOneOfTwoChanges) {
    const auto one = prepare("second password", 0).value();
    const auto two = prepare("another password", 0).value();
    EXPECT_TRUE(replace(one));
    EXPECT_FALSE(replace(two));
    EXPECT_TRUE(signs_in("second password"));
    set("third password", 0);
    EXPECT_FALSE(replace(two));  // although its place in the history is free again
}

TEST_P(Credentials, AreReplacedByOneOfManyParallelChanges) {
    std::vector<CredentialChange> changes;
    for (int i = 0; i < 8; ++i)
        changes.push_back(prepare("password " + std::to_string(i), 0).value());
    std::atomic<int> won = 0;
    at_once(8, [&](std::size_t i) { won += replace(changes[i]) ? 1 : 0; });
    EXPECT_EQ(won, 1);
}

TEST_P(Credentials, OfAnOutdatedCostAreHashedAnewAtTheNextSignIn) {
    const SodiumCrypto dearer(stores.ring, {.memory_kib = 16, .passes = 2}, stores.pool);
    LocalCredentialStore later(*database, dearer, stores.credential_rows);
    EXPECT_TRUE(later.sign_in(amy_id, Secret("first password")));
    EXPECT_EQ(dearer.hashes(), 2);
    EXPECT_TRUE(later.sign_in(amy_id, Secret("first password")));
    EXPECT_EQ(dearer.hashes(), 3);
    EXPECT_FALSE(later.sign_in(amy_id, Secret("wrong")));
}

TEST_P(Credentials, AreStillComparedWithFormerOnesOfAnotherCost) {
    set("second password");
    const SodiumCrypto dearer(stores.ring, {.memory_kib = 16, .passes = 2}, stores.pool);
    LocalCredentialStore later(*database, dearer, stores.credential_rows);
    EXPECT_FALSE(later.prepare(amy_id, Secret("first password"), 5));
    const auto change = later.prepare(amy_id, Secret("third password"), 5);
    EXPECT_FALSE(dearer.outdated(change->hash));
    EXPECT_TRUE(replace(*change));
    EXPECT_FALSE(later.prepare(amy_id, Secret("first password"), 5));
    EXPECT_FALSE(later.prepare(amy_id, Secret("third password"), 5));
}

TEST_P(Credentials, CannotBePutIntoSomebodyElsesRow) {
    stores.add(bob(), "a password that Mallory knows");
    database.tamper(
        "UPDATE credential SET hash = (SELECT hash FROM credential WHERE account = "
        "'account-of-bob') WHERE account = 'account-of-amy'");
    EXPECT_THROW(signs_in("a password that Mallory knows"), BrokenSeal);
}

ON_BOTH_DATABASES(Credentials);

}  // namespace
}  // namespace latchkey
