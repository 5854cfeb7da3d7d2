#include "engine/factors.h"

#include "engine/intake.h"
#include "tests/support/builders.h"

#include <gtest/gtest.h>
#include <algorithm>

namespace latchkey {
namespace {

TEST(Readiness, CountsOptionalOnesAsFarAsTheyAreNeeded) {
    const Process process = ProcessBuilder()
                                .required("email_code")
                                .optional("soft_pin")
                                .optional("authenticator")
                                .optional_needed(1)
                                .build();
    const auto missing = [&](const std::vector<std::string>& usable) {
        const auto ready = readiness(process, [&](const Step& step) {
            return std::ranges::count(usable, step.verification.type) > 0;
        });
        EXPECT_EQ(ready.needed, 2);
        return ready.missing;
    };
    EXPECT_EQ(missing({}), 2);
    EXPECT_EQ(missing({"email_code"}), 1);
    EXPECT_EQ(missing({"email_code", "soft_pin"}), 0);
    EXPECT_EQ(missing({"soft_pin", "authenticator"}), 1) << "none of them stands for the other";
    EXPECT_EQ(missing({"email_code", "soft_pin", "authenticator"}), 0);
}

TEST(Serving, IsForThoseInItsGroupsWhileItIsEnabled) {
    Process process = ProcessBuilder().required("email_code").build();
    process.groups = {"staff"};
    const Account staff = AccountBuilder("amy").in_group("staff").build();
    const Account guest = AccountBuilder("ben").in_group("guests").build();
    const auto use = [&](const Account& account) {
        return uses({.processes = {process}}, account, "email-code");
    };
    EXPECT_TRUE(serves(process, staff) && use(staff));
    EXPECT_FALSE(serves(process, guest) || use(guest));
    EXPECT_FALSE(uses({.processes = {process}}, staff, "soft-pin"));
    process.enabled = false;
    EXPECT_FALSE(serves(process, staff) || use(staff));
}

TEST(Counting, IsForWhatIsActiveOrImportedWhereThatIsEnough) {
    const Json taken{{"use_imported", true}};
    const Json not_taken{{"use_imported", false}};
    using enum EnrollmentState;
    EXPECT_TRUE(counts(active, not_taken));
    EXPECT_TRUE(counts(imported, taken));
    EXPECT_FALSE(counts(imported, not_taken));
    for (const auto state : {proved, expired, revoked}) EXPECT_FALSE(counts(state, taken));
}

TEST(UnconfirmedItem, IsTheFirstThatAFileBrought) {
    const Json own{{"id", "a"}};
    const Json brought{{"id", "b"}, {"imported", true}};
    const Json both{{"items", Json(Json::array_t{own, brought})}};
    EXPECT_EQ(*unconfirmed_item(both), brought);
    for (const Json& none :
         {Json(), Json::object(), Json("items"), Json{{"items", Json(Json::array_t{own})}}})
        EXPECT_EQ(unconfirmed_item(none), nullptr) << none;
}

}  // namespace
}  // namespace latchkey
