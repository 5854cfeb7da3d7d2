#include "tests/db/stores_test.h"

namespace latchkey {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Processes : public StoreTest {
 protected:
    static DefinitionsBuilder base() {
        DefinitionsBuilder builder;
        builder.verification("word", "word").verification("other", "other");
        return builder;
    }
    std::vector<std::string> apply(const DefinitionsBuilder& builder) {
        const auto definitions = parse_definitions(builder.build(), stores.registry);
        if (!definitions) {
            for (const auto& problem : definitions.error().problems)
                ADD_FAILURE() << problem.pointer << " " << problem.code;
            return {};
        }
        return stores.processes.apply(*definitions, happened(ActivityType::definitions_applied));
    }
};

TEST_P(Processes, AreNoneAtFirst) {
    EXPECT_FALSE(stores.processes.current("reset"));
    EXPECT_THAT(stores.processes.all(), IsEmpty());
    EXPECT_TRUE(stores.processes.definitions()->settings.contains("limits.requests_per_day"));
}

TEST_P(Processes, AreFoundBySlugAndByVersion) {
    EXPECT_THAT(apply(base().process("reset", {"word"}, {{"slug", "r"}})), ElementsAre("reset"));
    const auto current = stores.processes.current("r");
    ASSERT_TRUE(current);
    EXPECT_EQ(current->name, "reset");
    EXPECT_EQ(current->version, 1);
    ASSERT_EQ(current->steps.size(), 1U);
    EXPECT_EQ(current->steps[0].verification.type, "word");
    EXPECT_EQ(stores.processes.version("reset", 1)->slug, "r");
    EXPECT_FALSE(stores.processes.version("reset", 2));
    EXPECT_FALSE(stores.processes.current("reset"));
    EXPECT_EQ(stores.processes.definitions()->processes.at(0).version, 1);
}

TEST_P(Processes, ChangeNothingWhenAppliedAgain) {
    const auto definitions = base().process("reset", {"word"});
    apply(definitions);
    const auto before = stores.log.head().sequence;
    EXPECT_THAT(apply(definitions), IsEmpty());
    EXPECT_EQ(stores.log.head().sequence, before);
    EXPECT_EQ(stores.processes.current("reset")->version, 1);
}

TEST_P(Processes, GetANewVersionWhenTheirContentChanges) {
    apply(base().process("reset", {"word"}).process("unlock", {"other"}));
    EXPECT_THAT(apply(base().process("reset", {"other"}).process("unlock", {"other"})),
                ElementsAre("reset"));
    EXPECT_EQ(stores.processes.current("reset")->version, 2);
    EXPECT_EQ(stores.processes.current("unlock")->version, 1);
    EXPECT_EQ(stores.processes.version("reset", 1)->steps[0].verification.name, "word");
}

TEST_P(Processes, AreGoneWhenTheDefinitionsLeaveThemOutAndComeBackAsTheyWere) {
    apply(base().process("reset", {"word"}).process("unlock", {"other"}));
    EXPECT_THAT(apply(base().process("unlock", {"other"})), ElementsAre("reset"));
    EXPECT_FALSE(stores.processes.current("reset"));
    EXPECT_TRUE(stores.processes.version("reset", 1));
    EXPECT_THAT(apply(base().process("reset", {"word"}).process("unlock", {"other"})),
                ElementsAre("reset"));
    EXPECT_EQ(stores.processes.current("reset")->version, 1);
}

TEST_P(Processes, MaySwapTheirSlugs) {
    apply(base().process("a", {"word"}).process("b", {"word"}));
    EXPECT_THAT(
        apply(
            base().process("a", {"word"}, {{"slug", "b"}}).process("b", {"word"}, {{"slug", "a"}})),
        ElementsAre("a", "b"));
    EXPECT_EQ(stores.processes.current("a")->name, "b");
}

TEST_P(Processes, AreListedByOrderAndName) {
    apply(base()
              .process("b", {"word"}, {{"order", 1}})
              .process("a", {"word"}, {{"order", 1}})
              .process("z", {"word"}));
    std::vector<std::string> names;
    for (const auto& process : stores.processes.all()) names.push_back(process->name);
    EXPECT_THAT(names, ElementsAre("z", "a", "b"));
}

TEST_P(Processes, AreSeenAtOnceByOtherPrograms) {
    SqlStores others(*database);
    EXPECT_FALSE(others.processes.current("reset"));
    apply(base().process("reset", {"word"}).setting("limits.requests_per_day", 7));
    EXPECT_TRUE(others.processes.current("reset"));
    EXPECT_EQ(integer(others.processes.definitions()->settings, "limits.requests_per_day"), 7);
}

TEST_P(Processes, AreAskedForOnceInAWhileIfThatIsEnough) {
    SqlProcessStore lazy(*database, stores.registry, stores.log, Hours{1});
    apply(base().process("one", {"word"}));
    ASSERT_TRUE(lazy.current("one"));
    ASSERT_TRUE(lazy.current("one"));
    const auto before = database->statements();
    ASSERT_TRUE(lazy.current("one"));
    EXPECT_EQ(database->statements(), before);
    apply(base().process("two", {"word"}));
    EXPECT_FALSE(lazy.current("two")) << "another program's";
    lazy.apply(*lazy.definitions(), happened(ActivityType::definitions_applied));
    EXPECT_TRUE(lazy.current("one")) << "its own counts at once";
}

TEST_P(Processes, AreAppliedOneAfterTheOther) {
    const auto one = parse_definitions(base().process("reset", {"word"}).build(), stores.registry);
    const auto two = parse_definitions(base().process("reset", {"other"}).build(), stores.registry);
    at_once(4, [&](std::size_t i) {
        stores.processes.apply(i % 2 ? *one : *two, happened(ActivityType::definitions_applied));
    });
    EXPECT_GE(stores.processes.current("reset")->version, 2);
    EXPECT_EQ(stores.processes.current("reset")->steps[0].verification.name,
              stores.processes.definitions()->processes[0].steps[0].verification.name);
}

ON_BOTH_DATABASES(Processes);

}  // namespace
}  // namespace latchkey
