#include "db/sql/backup.h"

#include "db/crypto/key_check.h"
#include "db/sql/migrator.h"
#include "db/sqlite/sqlite_database.h"
#include "tests/db/stores_test.h"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>

namespace latchkey {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

const Query kEpoch{"SELECT epoch FROM installation"};

class Backups : public StoreTest {
 protected:
    Backups() {
        adopt_keys(*database, stores.ring);
        stores.add(amy(), "first password");
    }
    void back_up_all() { back_up(*database, file, kNewYear); }

    TemporaryFolder folder;
    const std::filesystem::path file = folder.path() / "backup.db";
    TestDatabase target{GetParam()};
    SqlStores restored{*target};
};

TEST_P(Backups, BringEverythingBack) {
    stores.changes
        .commit({.enrollments = {{.account = AccountId{"account-of-amy"},
                                  .verification = "word",
                                  .data = {{"secret", 1}},
                                  .changed_at = kNewYear}}})
        .value();
    const AccountId amy_id{"account-of-amy"};
    const Lease lease{"w", kNewYear, kNewYear + Hours{1}};
    const Message reminder{.id = MessageId{"m"}, .account = amy_id, .campaign = "word"};
    stores.campaigns.add(expiry_campaign("word"), nullptr);
    stores.campaigns.plan(expiry_campaign("word"), lease, {{reminder, {}}}, kNewYear, {});
    back_up_all();
    restore(*target, stores.ring, file, kNewYear + Hours{1});
    EXPECT_TRUE(restored.campaigns.reached("word", amy_id, {})) << "nobody is reminded again";
    EXPECT_EQ(restored.campaigns.waiting("word"), 0U);
    EXPECT_TRUE(
        restored.credentials.sign_in(AccountId{"account-of-amy"}, Secret("first password")));
    EXPECT_EQ(restored.accounts.identify("email", "amy@example.org").size(), 1U);
    EXPECT_EQ(restored.enrollments.of(AccountId{"account-of-amy"}).at(0).data,
              (Json{{"secret", 1}}));
    EXPECT_FALSE(restored.log.verify(stores.log.head()));
    EXPECT_NO_THROW(require_keys(*target, stores.ring));
    EXPECT_EQ(restored.number(kEpoch), 1);
}

TEST_P(Backups, MoveBetweenTheTwoDatabases) {
    back_up_all();
    TestDatabase other(GetParam() == Backend::sqlite ? Backend::postgres : Backend::sqlite);
    restore(*other, stores.ring, file, kNewYear);
    SqlStores there(*other);
    EXPECT_TRUE(there.credentials.sign_in(AccountId{"account-of-amy"}, Secret("first password")));
}

TEST_P(Backups, CopyTablesOfManyPages) {
    database->write([&](Transaction& t) {
        for (int i = 0; i < 1201; ++i)
            stores.budgets.spend(t, {{.key = std::to_string(i), .limit = 1, .window = Hours{1}}},
                                 kNewYear);
    });
    back_up_all();
    restore(*target, stores.ring, file, kNewYear);
    static const Query kBudgets{"SELECT COUNT(*) FROM budget"};
    EXPECT_EQ(restored.number(kBudgets), 1201);
}

TEST_P(Backups, ShowOneInstantWhileOthersWrite) {
    const auto spend_both = [&] {
        const Budget one{.key = "a", .limit = 1'000'000, .window = Hours{1}};
        const Budget two{.key = "z", .limit = 1'000'000, .window = Hours{1}};
        stores.budgets.spend({one, two}, kNewYear);
    };
    spend_both();
    std::atomic<bool> done = false;
    std::jthread writer([&] {
        while (!done) spend_both();
    });
    back_up_all();
    done = true;
    writer.join();
    restore(*target, stores.ring, file, kNewYear);
    const auto used = restored.budgets.used({"a", "z"}, kNewYear);
    EXPECT_EQ(used[0], used[1]);
    EXPECT_GE(used[0], 1);
}

TEST_P(Backups, AreNoTimeMachine) {
    const AccountId account{"account-of-amy"};
    const Budget budget{.key = "pins", .limit = 9, .window = Hours{1}};
    Change change{
        .request = Change::RequestChange{request_for(ProcessBuilder().required("word").build())}};
    change.drafts = {{.account = account, .verification = "word", .expires_at = kNewYear}};
    change.reserve = {budget};
    change.blocks = {{account, "word", kNewYear + Hours{1}, 1, kNewYear}};
    change.links = {{"digest", account, kNewYear + Hours{72}}};
    change.messages = {{.id = MessageId{"m"}, .created_at = kNewYear, .give_up_at = kNewYear}};
    change.session = Session{.id = SessionId{"s"}, .digest = "d"};
    stores.changes.commit(change).value();
    back_up_all();
    // Since the backup, more was tried and a longer block began.
    stores.budgets.spend({budget}, kNewYear);
    stores.changes.commit({.blocks = {{account, "word", kNewYear + Hours{2}, 2, kNewYear}}})
        .value();

    restore(*database, stores.ring, file, kNewYear + Minutes{1});
    EXPECT_EQ(stores.requests.find(RequestId{"request-1"})->state, RequestState::cancelled);
    EXPECT_FALSE(stores.enrollments.draft(account, "word"));
    EXPECT_FALSE(stores.links.find("digest", kNewYear));
    EXPECT_FALSE(stores.sessions.find("d"));
    EXPECT_FALSE(stores.messages.next_due());
    EXPECT_EQ(stores.budgets.used({"pins"}, kNewYear).at(0), 2);
    EXPECT_EQ(stores.budgets.blocks(account).at(0).level, 2);
    EXPECT_EQ(stores.number(kEpoch), 1);
    restore(*database, stores.ring, file, kNewYear + Minutes{1});
    EXPECT_EQ(stores.number(kEpoch), 2);
}

TEST_P(Backups, AreSeenByProgramsThatKnowNewerDefinitions) {
    const auto definitions = parse_definitions(
        DefinitionsBuilder().verification("word", "word").process("reset", {"word"}).build(),
        stores.registry);
    back_up_all();
    stores.processes.apply(*definitions, happened());
    EXPECT_TRUE(stores.processes.current("reset"));
    restore(*database, stores.ring, file, kNewYear);
    EXPECT_FALSE(stores.processes.current("reset"));
}

TEST_P(Backups, OfAnotherKeyAreRefused) {
    back_up_all();
    EXPECT_THROW(restore(*target, test_ring('b'), file, kNewYear), KeyTrouble);
    EXPECT_FALSE(restored.accounts.find(AccountId{"account-of-amy"}));
}

TEST_P(Backups, AreWrittenToNewFilesOnly) {
    back_up_all();
    EXPECT_THAT([&] { back_up_all(); },
                ThrowsMessage<std::runtime_error>(HasSubstr("exists already")));
    std::size_t files = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path()))
        ++files;
    EXPECT_EQ(files, 1U);
    const auto status = std::filesystem::status(file);
    EXPECT_EQ(status.permissions(), std::filesystem::perms(0600));
}

TEST_P(Backups, ThatAreDamagedAreRefused) {
    back_up_all();
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(3 * 4096);
    bytes << std::string(20000, 'x');
    bytes.close();
    EXPECT_THAT([&] { restore(*target, stores.ring, file, kNewYear); },
                ThrowsMessage<std::runtime_error>(HasSubstr("damaged")));
    EXPECT_FALSE(restored.accounts.find(AccountId{"account-of-amy"}));
}

ON_BOTH_DATABASES(Backups);

TEST(BackupTables, AreAllThatTheSchemaHas) {
    const TestDatabase database(Backend::sqlite);
    sqlite3* connection = nullptr;
    sqlite3_open((database.folder() / "latchkey.db").c_str(), &connection);
    std::vector<std::string> tables;
    const auto note = [](void* list, int, char** values, char**) {
        static_cast<std::vector<std::string>*>(list)->emplace_back(values[0]);
        return 0;
    };
    sqlite3_exec(connection, "SELECT name FROM sqlite_master WHERE type = 'table'", note, &tables,
                 nullptr);
    sqlite3_close(connection);
    ASSERT_GT(tables.size(), 20U);
    for (const std::string& table : tables) {
        if (table == "migration") continue;  // each database has its own
        const bool copied = std::ranges::any_of(Query::all(), [&](const Query* query) {
            return std::string_view(query->text()).starts_with("SELECT * FROM " + table + " WHERE");
        });
        EXPECT_TRUE(copied) << table << " is missing in db/sql/backup.cpp";
    }
}

}  // namespace
}  // namespace latchkey
