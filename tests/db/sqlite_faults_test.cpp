#include "db/sql/migrator.h"
#include "db/sqlite/sqlite_database.h"
#include "tests/support/at_once.h"
#include "tests/support/failing_vfs.h"
#include "tests/support/fixed_clock.h"
#include "tests/support/temporary_folder.h"

#include <sqlite3.h>

#include <gmock/gmock.h>
#include <atomic>
#include <fstream>
#include <thread>

namespace latchkey {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::ThrowsMessage;
using Fault = FailingVfs::Fault;

const Query kPut{"INSERT INTO budget (key, used, expires_at) VALUES ($1, 1, 0)"};
const Query kHas{"SELECT COUNT(*) FROM budget WHERE key = $1"};

class SqliteFaults : public testing::Test {
 protected:
    SqliteFaults() { migrate(*database, kNewYear); }

    void put(const std::string& key) {
        database->write([&](Transaction& t) { t.run(kPut, key); });
    }
    bool has(const std::string& key) { return has(*database, key); }
    static bool has(Database& in, const std::string& key) {
        return in.read([&](Transaction& t) { return t.run(kHas, key); }).integer(0, 0) == 1;
    }

    FailingVfs disk;
    TemporaryFolder folder;
    const std::filesystem::path file = folder.path() / "latchkey.db";
    const SqliteOptions options{.busy_timeout = Milliseconds{50}, .vfs = FailingVfs::name()};
    std::unique_ptr<Database> database = make_sqlite_database(file, options);
};

TEST_F(SqliteFaults, AtAnyOperationLoseNothingThatWasCommitted) {
    for (const Fault fault : {Fault::write, Fault::sync, Fault::full}) {
        int nth = 1;
        for (bool failed = true; failed; ++nth) {
            const std::string key =
                std::to_string(static_cast<int>(fault)) + "/" + std::to_string(nth);
            disk.fail(fault, nth);
            try {
                put(key);
                disk.fail(fault, 1000);  // no more faults while we look
                EXPECT_TRUE(has(key)) << "committed, but gone";
                failed = false;
            } catch (const Outage&) {
                EXPECT_TRUE(disk.failed());
                disk.heal();
                put(key + " afterwards");
                EXPECT_TRUE(has(key + " afterwards")) << "does not recover by itself";
            }
            disk.heal();
        }
        EXPECT_GT(nth, 2) << "nothing ever failed";
    }
    EXPECT_THAT(sqlite_faults(file), IsEmpty());
}

TEST_F(SqliteFaults, GiveEveryMemberOfTheGroupTheOutage) {
    disk.fail(Fault::sync, 1, true);
    std::atomic<int> outages = 0;
    at_once(8, [&](std::size_t i) {
        try {
            put(std::to_string(i));
        } catch (const Outage&) {
            ++outages;
        }
    });
    EXPECT_EQ(outages, 8);
    disk.heal();
    for (int i = 0; i < 8; ++i) put("again " + std::to_string(i));
}

TEST_F(SqliteFaults, OfAFullDiskLeaveReadingAlone) {
    put("before");
    disk.fail(Fault::full, 1, true);
    EXPECT_THAT([&] { put("a"); }, ThrowsMessage<Outage>(HasSubstr("full")));
    EXPECT_TRUE(has("before"));
    EXPECT_FALSE(has("a"));
    disk.heal();
    put("a");
    EXPECT_TRUE(has("a"));
}

TEST_F(SqliteFaults, OfAnotherProgramThatKeepsWritingAreBusy) {
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    EXPECT_THROW(put("a"), Busy);
    EXPECT_FALSE(has("a"));
    sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
    put("a");
    EXPECT_TRUE(has("a"));
    sqlite3_close(other);
}

TEST_F(SqliteFaults, AreNotThatAnotherProgramWritesWithoutEnd) {
    const auto other = make_sqlite_database(file, {.busy_timeout = Seconds{5}});
    std::atomic<bool> writing = false;
    std::jthread writer([&](const std::stop_token& end) {
        for (int i = 0; !end.stop_requested(); ++i) {
            other->write([&](Transaction& t) { t.run(kPut, "other/" + std::to_string(i)); });
            writing = true;
        }
    });
    while (!writing) std::this_thread::yield();
    const auto patient = make_sqlite_database(file, {.busy_timeout = Seconds{1}});
    for (int i = 0; i < 10; ++i)
        patient->write([&](Transaction& t) { t.run(kPut, "mine/" + std::to_string(i)); });
    EXPECT_TRUE(has("mine/9"));
}

TEST_F(SqliteFaults, OfAWriteInsideAWriteAreOurs) {
    EXPECT_THROW(database->write([&](Transaction&) { put("a"); }), std::logic_error);
    put("a");
}

TEST_F(SqliteFaults, OfOneMemberDoNotTouchTheOthers) {
    std::atomic<int> violations = 0;
    put("taken");
    at_once(8, [&](std::size_t i) {
        for (int round = 0; round < 20; ++round) {
            if (i % 2 == 0) {
                put(std::to_string(i) + "/" + std::to_string(round));
                continue;
            }
            try {
                put("taken");
            } catch (const ConstraintViolation&) {
                ++violations;
            }
        }
    });
    EXPECT_EQ(violations, 80);
    EXPECT_TRUE(has("6/19"));
}

TEST_F(SqliteFaults, InTheFileAreFoundByTheCheck) {
    for (int i = 0; i < 500; ++i) put(std::string(100, 'k') + std::to_string(i));
    EXPECT_THAT(sqlite_faults(file), IsEmpty());
    database.reset();
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    const auto pages = std::filesystem::file_size(file) / 4096;
    ASSERT_GT(pages, 40U);
    for (std::uintmax_t page = 2; page < pages; ++page) {
        bytes.seekp(static_cast<std::streamoff>(page * 4096));
        bytes << "garbage garbage";
    }
    bytes.close();
    EXPECT_THAT(sqlite_faults(file), Not(IsEmpty()));
}

TEST_F(SqliteFaults, OfAFileThatIsNoDatabaseAreFoundByTheCheck) {
    std::ofstream(folder.path() / "text") << std::string(5000, 'x');
    EXPECT_THAT(sqlite_faults(folder.path() / "text"), Not(IsEmpty()));
    EXPECT_THROW(sqlite_faults(folder.path() / "nothing"), Outage);
}

TEST_F(SqliteFaults, NeverComeFromAFileThatOthersCanRead) {
    put("a");
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
        EXPECT_EQ(entry.status().permissions(), std::filesystem::perms(0600)) << entry.path();
}

TEST_F(SqliteFaults, KeepWhatWasCommittedWhenTheProgramIsGone) {
    put("a");
    // The files as a crash leaves them: the log was never merged into the database.
    const TemporaryFolder crashed;
    for (const char* suffix : {"", "-wal"})
        std::filesystem::copy_file(file.string() + suffix,
                                   crashed.path() / ("latchkey.db" + std::string(suffix)));
    const auto recovered = make_sqlite_database(crashed.path() / "latchkey.db");
    EXPECT_TRUE(has(*recovered, "a"));
}

}  // namespace
}  // namespace latchkey
