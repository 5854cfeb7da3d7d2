#include "engine/enrollment.h"

#include "tests/support/fixed_clock.h"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

Json items(std::initializer_list<Json> list) {
    return {{"items", Json(Json::array_t(list))}};
}

TEST(PutBack, BringsBackWhatIsGoneAndDropsWhatIsNew) {
    const Json a{{"id", "a"}, {"last_step", 1}};
    const Json b{{"id", "b"}};
    EXPECT_EQ(put_back(items({a}), items({b})), items({a}));
    EXPECT_EQ(put_back(items({a}), nullptr), items({a}));
    EXPECT_EQ(put_back(nullptr, items({b})), nullptr);
}

TEST(PutBack, LeavesAloneWhatIsStillThere) {
    const Json then{{"id", "a"}, {"last_step", 1}};
    const Json now{{"id", "a"}, {"last_step", 7}};
    EXPECT_EQ(put_back(items({then}), items({now})), items({now}));
}

TEST(PutBack, TakesWhatIsHeldAsOneAsItWas) {
    EXPECT_EQ(put_back({{"pins", {"x"}}}, {{"pins", {"y", "x"}}}), Json({{"pins", {"x"}}}));
}

TEST(HeldSince, IsSaidOfEachThingAndOfAllThatIsHeldAsOne) {
    Enrollment enrollment{.account = AccountId{"amy"},
                          .verification = "app",
                          .data = items({{{"id", "a"}, {"added_at", millis(kNewYear)}}}),
                          .source = "user",
                          .changed_at = kNewYear + Hours{5}};
    EXPECT_EQ(held_since(enrollment, "a"), kNewYear);
    EXPECT_EQ(held_since(enrollment, "profile"), std::nullopt) << "it stands in the profile";
    enrollment.data = {{"pins", Json::array()}};
    EXPECT_EQ(held_since(enrollment, ""), kNewYear + Hours{5});
    enrollment.source = "import";
    EXPECT_EQ(held_since(enrollment, ""), TimePoint{}) << "others put it there";
}

}  // namespace
}  // namespace latchkey
