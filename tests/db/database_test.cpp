#include "db/sql/make_database.h"

#include "db/sql/migrator.h"
#include "tests/support/at_once.h"
#include "tests/support/fixed_clock.h"
#include "tests/support/test_database.h"

#include <gmock/gmock.h>
#include <atomic>
#include <regex>

namespace latchkey {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;

// The table `budget` stands for any table here.
const Query kPut{"INSERT INTO budget (expires_at, key, used) VALUES ($3, $1, $2)"};
const Query kGet{"SELECT used, expires_at FROM budget WHERE key = $1"};
const Query kCountBudgets{"SELECT COUNT(*) FROM budget"};
const Query kAdd{"UPDATE budget SET used = used + $2 WHERE key = $1 RETURNING used"};
const Query kDrop{"DELETE FROM budget"};
const Query kOptional{
    "SELECT key FROM budget WHERE CAST($1 AS TEXT) IS NULL OR key = $1 ORDER BY key"};
const Query kNull{"SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT)"};

class Databases : public OnBothDatabases {
 protected:
    void put(const std::string& key, std::int64_t used = 1) {
        database->write([&](Transaction& t) { t.run(kPut, key, used, kNewYear); });
    }
    std::int64_t count() {
        return database->read([](Transaction& t) { return t.run(kCountBudgets); }).integer(0, 0);
    }
};

TEST_P(Databases, KeepTextNumbersTimesAndNull) {
    put("ключ 鍵 🔑 '; --", INT64_MIN);
    const auto rows = database->read([](Transaction& t) { return t.run(kGet, "ключ 鍵 🔑 '; --"); });
    EXPECT_EQ(rows.integer(0, 0), INT64_MIN);
    EXPECT_EQ(rows.time(0, 1), kNewYear);
    const auto nulls = database->read([](Transaction& t) {
        return t.run(kNull, std::optional<TimePoint>(), std::optional<std::string>());
    });
    EXPECT_TRUE(nulls.null(0, 0) && nulls.null(0, 1));
    EXPECT_THROW(static_cast<void>(rows.text(0, 0)), std::logic_error);
    EXPECT_THROW(static_cast<void>(rows.text(1, 0)), std::logic_error);
}

TEST_P(Databases, BindByNumberWhereverItStands) {
    put("a", 5);
    const auto rows = database->write([](Transaction& t) { return t.run(kAdd, "a", 3); });
    EXPECT_EQ(rows.integer(0, 0), 8);
    EXPECT_EQ(rows.changed(), 1);
    EXPECT_EQ(database->read([](Transaction& t) { return t.run(kOptional, "b"); }).size(), 0U);
    EXPECT_EQ(
        database
            ->read([](Transaction& t) { return t.run(kOptional, std::optional<std::string>()); })
            .size(),
        1U);
}

TEST_P(Databases, RefuseMistakesOfOurs) {
    EXPECT_THROW(database->read([](Transaction& t) { t.run(kGet); }), std::logic_error);
    EXPECT_THROW(database->read([](Transaction& t) { t.run(kGet, "a", "b"); }), std::logic_error);
    EXPECT_THROW(database->read([](Transaction& t) { t.run(kGet, std::string("a\0b", 3)); }),
                 std::logic_error);
    EXPECT_THROW(database->read([](Transaction& t) { t.run(kDrop); }), std::logic_error);
    EXPECT_THROW(database->snapshot([](Transaction& t) { t.run(kDrop); }), std::logic_error);
    EXPECT_EQ(count(), 0);  // and go on working
}

TEST_P(Databases, RollBackWhatThrows) {
    EXPECT_THROW(database->write([](Transaction& t) {
        t.run(kPut, "a", 1, kNewYear);
        throw std::runtime_error("no");
    }),
                 std::runtime_error);
    EXPECT_EQ(count(), 0);
}

TEST_P(Databases, RollBackWhatIsUndone) {
    const int answer = database->write([](Transaction& t) {
        t.run(kPut, "a", 1, kNewYear);
        t.undo();
        return 42;
    });
    EXPECT_EQ(answer, 42);
    EXPECT_EQ(count(), 0);
}

TEST_P(Databases, NameABrokenConstraint) {
    put("a");
    EXPECT_THROW(put("a"), ConstraintViolation);
    EXPECT_EQ(count(), 1);
}

TEST_P(Databases, CountStatements) {
    const auto before = database->statements();
    put("a");
    static_cast<void>(count());
    EXPECT_EQ(database->statements() - before, 2);
}

TEST_P(Databases, ShowASnapshotOneInstant) {
    put("a");
    database->snapshot([&](Transaction& t) {
        EXPECT_EQ(t.run(kCountBudgets).integer(0, 0), 1);
        put("b");
        EXPECT_EQ(t.run(kCountBudgets).integer(0, 0), 1);
    });
    EXPECT_EQ(count(), 2);
}

TEST_P(Databases, GoOnAfterARestAlsoInASnapshot) {
    put("a");
    database->snapshot([&](Transaction& t) {
        database->rest();
        EXPECT_EQ(t.run(kCountBudgets).integer(0, 0), 1);
    });
    database->rest();
    put("b");
    EXPECT_EQ(count(), 2);
}

TEST_P(Databases, KeepEveryWriteOfManyThreadsAndNoneThatFailed) {
    constexpr int kEach = 40;
    std::atomic<int> kept = 0;
    at_once(8, [&](std::size_t thread) {
        for (int i = 0; i < kEach; ++i) {
            try {
                database->write([&](Transaction& t) {
                    t.run(kPut, std::to_string(thread) + "/" + std::to_string(i), i, kNewYear);
                    if (i % 4 == 3) throw std::runtime_error("changed my mind");
                });
                ++kept;
            } catch (const std::runtime_error&) {
            }
        }
    });
    EXPECT_EQ(kept, 8 * kEach * 3 / 4);
    EXPECT_EQ(count(), kept);
}

TEST_P(Databases, LoseNoUpdateBetweenTwoPrograms) {
    put("a", 0);
    const auto other = database.another();
    at_once(4, [&](std::size_t thread) {
        Database& mine = thread % 2 ? *other : *database;
        for (int i = 0; i < 50; ++i) mine.write([](Transaction& t) { t.run(kAdd, "a", 1); });
    });
    const auto rows = database->read([](Transaction& t) { return t.run(kGet, "a"); });
    EXPECT_EQ(rows.integer(0, 0), 200);
}

TEST_P(Databases, PrepareEveryQueryOfTheProgram) {
    ASSERT_GT(Query::all().size(), 40U);
    for (const Query* query : Query::all()) {
        // As many values as the highest number in the text; "1" is a number to whoever needs one.
        int parameters = 0;
        for (const char* at = query->text(); *at != '\0'; ++at)
            if (*at == '$') parameters = std::max(parameters, std::atoi(at + 1));
        const std::vector<Value> values(static_cast<std::size_t>(parameters), std::string("1"));
        try {
            database->write([&](Transaction& t) {
                t.run_with(*query, values);
                t.undo();
            });
        } catch (const ConstraintViolation&) {  // understood all the same
        } catch (const std::exception& error) {
            ADD_FAILURE() << query->text() << "\n" << error.what();
        }
    }
}

TEST(DatabaseClock, IsAskedByNoStatement) {
    std::vector<std::string> texts;
    for (const Query* query : Query::all()) texts.emplace_back(query->text());
    for (const Migration& migration : migrations()) texts.emplace_back(migration.text);
    const std::regex clock(
        R"(\b(now|date|time|datetime|julianday|unixepoch|strftime|timeofday|age)\s*\(|)"
        R"(\b(current|local)_?(time|date)|_timestamp\b|\binterval\b)",
        std::regex::icase);
    for (const std::string& text : texts) EXPECT_FALSE(std::regex_search(text, clock)) << text;
}

TEST_P(Databases, SayWhatIsWrongWithAnUnreachableDatabase) {
    const auto nowhere =
        make_database(GetParam() == Backend::sqlite ? "sqlite:no/such/folder/x.db"
                                                    : "postgresql://tests@127.0.0.1:1/x",
                      "/nonexistent");
    EXPECT_THROW(nowhere->read([](Transaction& t) { t.run(kCountBudgets); }), Outage);
    EXPECT_THROW(nowhere->write([](Transaction& t) { t.run(kCountBudgets); }), Outage);
}

ON_BOTH_DATABASES(Databases);

TEST(DatabaseUrl, IsRefusedWithAnExplanation) {
    for (const char* url : {"", "sqlite:", "mysql://x", "latchkey.db"})
        EXPECT_THAT([&] { make_database(url, "."); },
                    ThrowsMessage<std::invalid_argument>(HasSubstr("sqlite:")));
}

TEST(DatabaseUrl, IsRefusedWithoutAWordOfItsPassword) {
    for (const char* rest : {"can%zzary@host/x", "can/ary@host/x", "can@ary@host/x"})
        EXPECT_THAT([&] { make_database(std::string("postgresql://user:") + rest, "."); },
                    ThrowsMessage<std::invalid_argument>(
                        AllOf(HasSubstr("%40 for @"), Not(HasSubstr("ary")))))
            << rest;
    for (const char* rest : {"can%40%2Fary@host/x", "can?#:ary@host:5432/x", "@/x?host=%2Frun", ""})
        EXPECT_TRUE(make_database(std::string("postgresql://user:") + rest, ".")) << rest;
}

TEST(PostgresConnections, AreRenewedAfterTheServerClosedThem) {
    TestDatabase database(Backend::postgres);
    const auto put = [&](const char* key) {
        database->write([&](Transaction& t) { t.run(kPut, key, 1, kNewYear); });
    };
    const auto hang_up = [&] {
        database.tamper(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()");
    };
    put("a");
    hang_up();
    put("b");
    hang_up();
    const auto rows = database->read([](Transaction& t) { return t.run(kCountBudgets); });
    EXPECT_EQ(rows.integer(0, 0), 2);
}

TEST(PostgresConnections, RunATransactionAgainAfterADeadlock) {
    TestDatabase database(Backend::postgres);
    for (const char* key : {"a", "b"})
        database->write([&](Transaction& t) { t.run(kPut, key, 0, kNewYear); });
    std::atomic<int> tries = 0;
    std::barrier both_hold_one(2);
    at_once(2, [&](std::size_t thread) {
        bool first_try = true;
        database->write([&](Transaction& t) {
            ++tries;
            t.run(kAdd, thread == 0 ? "a" : "b", 1);
            if (std::exchange(first_try, false)) both_hold_one.arrive_and_wait();
            t.run(kAdd, thread == 0 ? "b" : "a", 1);
        });
    });
    EXPECT_GE(tries, 3);
    for (const char* key : {"a", "b"})
        EXPECT_EQ(database->read([&](Transaction& t) { return t.run(kGet, key); }).integer(0, 0),
                  2);
}

TEST(PostgresConnections, RunATransactionThreeTimesAtMost) {
    TestDatabase database(Backend::postgres);
    database.tamper(
        "CREATE SEQUENCE losses INCREMENT -1 MINVALUE -99 MAXVALUE 99;"
        "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF nextval('losses') > 0 THEN RAISE SQLSTATE '40001'; END IF; RETURN NEW; END $$;"
        "CREATE TRIGGER lose BEFORE INSERT ON budget FOR EACH ROW EXECUTE FUNCTION lose()");
    for (const int losses : {0, 2, 3, 50}) {
        database.tamper("SELECT setval('losses', " + std::to_string(losses) + ", false)");
        int tries = 0;
        const auto put = [&] {
            database->write([&](Transaction& t) {
                ++tries;
                t.run(kPut, "losses " + std::to_string(losses), 1, kNewYear);
            });
        };
        if (losses < 3)
            EXPECT_NO_THROW(put());
        else
            EXPECT_THROW(put(), Outage);
        EXPECT_EQ(tries, std::min(losses + 1, 3));
    }
}

}  // namespace
}  // namespace latchkey
