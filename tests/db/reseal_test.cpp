#include "db/sql/reseal.h"

#include "db/crypto/key_check.h"
#include "tests/db/stores_test.h"

#include <fstream>
#include <iterator>
#include <regex>
#include <set>

namespace latchkey {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

const Query kSealedUnderTheFirst{
    "SELECT (SELECT COUNT(*) FROM message WHERE body LIKE 'k1.%')"
    " + (SELECT COUNT(*) FROM reset_request WHERE body LIKE 'k1.%')"
    " + (SELECT COUNT(*) FROM enrollment WHERE data LIKE 'k1.%')"
    " + (SELECT COUNT(*) FROM former_enrollment WHERE data LIKE 'k1.%')"
    " + (SELECT COUNT(*) FROM enrollment_draft WHERE body LIKE 'k1.%')"
    " + (SELECT COUNT(*) FROM credential WHERE hash LIKE 'k1.%')"};
const Query kMovedText{
    "UPDATE credential SET hash = (SELECT data FROM enrollment WHERE data <> '' LIMIT 1)"};

class Resealing : public StoreTest {
 protected:
    /// One of everything that is sealed; the secret of `words` is a slow hash.
    void fill() {
        const Account account = stores.add(amy(), "a password of hers");
        Enrollment held{.account = account.id,
                        .verification = "word",
                        .state = EnrollmentState::active,
                        .data = {{"items", {{{"hash", stores.crypto.hash_secret("a word")}}}}},
                        .source = "user",
                        .changed_at = kNewYear};
        Change change{.enrollments = {held}, .former = {{held, kNewYear}}};
        change.drafts = {{.account = account.id,
                          .verification = "word",
                          .memory = {{"half", "done"}},
                          .begun_at = kNewYear,
                          .expires_at = kNewYear + Minutes{10}}};
        change.messages = {{.id = MessageId{"m"},
                            .channel = "email",
                            .to = "amy@example.org",
                            .wording = "code",
                            .data = {{"code", "480615"}},
                            .account = account.id,
                            .created_at = kNewYear,
                            .give_up_at = kNewYear + Minutes{10}}};
        change.request =
            Change::RequestChange{request_for(ProcessBuilder().required("word").build())};
        stores.changes.commit(change).value();
        ASSERT_EQ(stores.number(kSealedUnderTheFirst), 6);
    }

    const KeyRing both{{test_ring('a', "k1").newest(), test_ring('b', "k2").newest()}};
    const Sealer sealer{both};
    const SodiumCrypto crypto{both, kCheapHash, stores.pool};
};

TEST_P(Resealing, LeavesNothingUnderTheFormerKey) {
    fill();
    EXPECT_TRUE(has_old_seals(*database, "k2"));
    EXPECT_EQ(reseal(*database, sealer, crypto), 6);
    EXPECT_EQ(stores.number(kSealedUnderTheFirst), 0);
    EXPECT_FALSE(has_old_seals(*database, "k2"));
    EXPECT_EQ(reseal(*database, sealer, crypto), 0);
}

TEST_P(Resealing, LeavesEverythingReadableWithTheNewKeyAlone) {
    fill();
    reseal(*database, sealer, crypto);
    SqlStores later(*database, test_ring('b', "k2"));
    const AccountId amy{"account-of-amy"};
    EXPECT_TRUE(later.credentials.sign_in(amy, Secret("a password of hers")));
    const auto held = later.enrollments.of(amy);
    ASSERT_EQ(held.size(), 1U);
    const auto hash = held.front().data.at("items").at(0).at("hash").get<std::string>();
    EXPECT_TRUE(later.crypto.match_secret(hash, "a word").equal) << "its pepper as well";
    EXPECT_EQ(later.enrollments.draft(amy, "word")->memory.at("half"), "done");
    EXPECT_EQ(later.enrollments.former(amy, kNewYear).size(), 1U);
    EXPECT_TRUE(later.requests.find(RequestId{"request-1"}));
    const auto sent = later.messages.claim("w", 1, kNewYear, Minutes{1});
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent.front().message.data.at("code"), "480615");
}

TEST_P(Resealing, NamesWhatDoesNotOpen) {
    fill();
    database->write([](Transaction& transaction) { transaction.run(kMovedText); });
    EXPECT_THAT([&] { reseal(*database, sealer, crypto); },
                ThrowsMessage<BrokenSeal>(HasSubstr("credential")));
}

TEST_P(Resealing, IsHowAKeyIsRotatedAndGoesOnAfterAnInterruption) {
    const TemporaryFolder folder;
    const auto file = folder.path() / "latchkey.key";
    create_key_file(file);
    SqlStores installed(*database, read_key_file(file));
    adopt_keys(*database, read_key_file(file));
    installed.add(amy(), "a password of hers");

    const auto interrupted = [] { throw std::runtime_error("killed"); };
    EXPECT_THROW(rotate_key(*database, file, kCheapHash, stores.pool, interrupted),
                 std::runtime_error);
    const auto second = rotate_key(*database, file, kCheapHash, stores.pool, [] {});
    EXPECT_EQ(second.key, "k2");
    EXPECT_TRUE(second.went_on);
    EXPECT_EQ(second.rows, 1);
    const auto third = rotate_key(*database, file, kCheapHash, stores.pool, [] {});
    EXPECT_EQ(third.key, "k3");
    EXPECT_FALSE(third.went_on);
    EXPECT_EQ(third.rows, 1);

    const KeyRing now = read_key_file(file);
    EXPECT_NO_THROW(require_keys(*database, now));
    EXPECT_TRUE(
        SqlStores(*database, now)
            .credentials.sign_in(AccountId{"account-of-amy"}, Secret("a password of hers")));
}

TEST_P(Resealing, ProvesTheNewKeyOnce) {
    adopt_keys(*database, test_ring('a', "k1"));
    EXPECT_TRUE(adopt_newest_key(*database, both));
    EXPECT_FALSE(adopt_newest_key(*database, both));
    EXPECT_NO_THROW(require_keys(*database, both));
    EXPECT_THROW(require_keys(*database, test_ring('a', "k1")), KeyTrouble) << "an old key file";
}

/// Each column that a migration calls sealed is one that is gone through.
TEST(ResealedColumns, AreAllThatTheSchemaHas) {
    std::set<std::string> wanted;
    for (const auto& file : std::filesystem::directory_iterator(LATCHKEY_SOURCE "/db/migrations")) {
        std::ifstream in(file.path());
        std::string table;
        for (std::string line; std::getline(in, line);) {
            std::smatch found;
            if (std::regex_search(line, found, std::regex("CREATE TABLE (\\w+)"))) table = found[1];
            if (std::regex_search(line, found, std::regex("^ +(\\w+) TEXT.*-- sealed")))
                wanted.insert(table + " " + found[1].str());
        }
    }
    EXPECT_GE(wanted.size(), 5U);
    for (const std::string& place : wanted) {
        const std::string table = place.substr(0, place.find(' '));
        const std::string column = place.substr(table.size() + 1);
        EXPECT_TRUE(std::ranges::any_of(Query::all(), [&](const Query* query) {
            return query->text() ==
                   "SELECT 1 FROM " + table + " WHERE " + column + " NOT LIKE $1 LIMIT 1";
        })) << place;
    }
}

ON_BOTH_DATABASES(Resealing);

}  // namespace
}  // namespace latchkey
