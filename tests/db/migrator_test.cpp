#include "db/sql/migrator.h"

#include "tests/support/at_once.h"
#include "tests/support/fixed_clock.h"
#include "tests/support/test_database.h"

#include <gmock/gmock.h>

namespace latchkey {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

class Migrations : public testing::TestWithParam<Backend> {
 protected:
    EmptyDatabase database{GetParam()};
};

const Migration kFirst{1, "0001_first.sql", "CREATE TABLE first (id BIGINT); -- one"};
const Migration kSecond{2, "0002_second.sql",
                        "CREATE TABLE second (id BIGINT); INSERT INTO second VALUES (2)"};
const Migration kBroken{2, "0002_broken.sql", "CREATE TABLE second (id BIGINT); NONSENSE"};

const Query kCountTables{"SELECT COUNT(*) FROM root_key"};

TEST_P(Migrations, AreAppliedInOrderAndOnce) {
    EXPECT_THAT(migrate(*database, kNewYear, {kFirst}), ElementsAre("0001_first.sql"));
    EXPECT_THAT(migrate(*database, kNewYear, {kFirst, kSecond}), ElementsAre("0002_second.sql"));
    EXPECT_THAT(migrate(*database, kNewYear, {kFirst, kSecond}), IsEmpty());
    EXPECT_NO_THROW(require_schema(*database, {kFirst, kSecond}));
}

TEST_P(Migrations, OfTheProgramMakeEveryTable) {
    migrate(*database, kNewYear);
    EXPECT_NO_THROW(require_schema(*database));
    const auto rows = database->read([](Transaction& t) { return t.run(kCountTables); });
    EXPECT_EQ(rows.integer(0, 0), 0);
}

TEST_P(Migrations, ThatFailLeaveNothingBehind) {
    EXPECT_THROW(migrate(*database, kNewYear, {kFirst, kBroken}), std::logic_error);
    EXPECT_THAT(migrate(*database, kNewYear, {kFirst, kSecond}), ElementsAre("0002_second.sql"));
}

TEST_P(Migrations, RefuseANewerSchema) {
    migrate(*database, kNewYear, {kFirst, kSecond});
    EXPECT_THAT([&] { migrate(*database, kNewYear, {kFirst}); },
                ThrowsMessage<SchemaTrouble>(HasSubstr("newer version of Latchkey")));
    EXPECT_THROW(require_schema(*database, {kFirst}), SchemaTrouble);
}

TEST_P(Migrations, RefuseAMigrationThatWasChangedAfterwards) {
    migrate(*database, kNewYear, {kFirst});
    Migration changed = kFirst;
    changed.text += " and another thing";
    EXPECT_THAT([&] { require_schema(*database, {changed}); },
                ThrowsMessage<SchemaTrouble>(HasSubstr("not the one that was applied")));
}

TEST_P(Migrations, AreMissedAtTheStart) {
    EXPECT_THAT([&] { require_schema(*database, {kFirst}); },
                ThrowsMessage<SchemaTrouble>(HasSubstr("latchkey init")));
    migrate(*database, kNewYear, {kFirst});
    EXPECT_THAT(
        [&] {
            require_schema(*database, {kFirst, kSecond});
        },
        ThrowsMessage<SchemaTrouble>(HasSubstr("latchkey migrate")));
}

TEST_P(Migrations, AreAppliedOnceByProgramsThatStartAtTheSameMoment) {
    for (int round = 0; round < 3; ++round) {
        EmptyDatabase fresh(GetParam());
        std::vector<std::vector<std::string>> applied(4);
        at_once(applied.size(), [&](std::size_t i) {
            applied[i] = migrate(*fresh.another(), kNewYear, {kFirst, kSecond});
        });
        std::size_t total = 0;
        for (const auto& names : applied) total += names.size();
        EXPECT_EQ(total, 2U);
    }
}

ON_BOTH_DATABASES(Migrations);

}  // namespace
}  // namespace latchkey
