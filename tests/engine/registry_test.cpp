#include "engine/registry.h"

#include "tests/support/builders.h"
#include "tests/support/plain_crypto.h"
#include "tests/support/stub_verification.h"

#include <gtest/gtest.h>
#include <stdexcept>

namespace latchkey {
namespace {

TEST(Registry, FindsATypeByItsWholeId) {
    Registry registry;
    registry.add(make_stub({.id = "email_code"}));
    registry.add(make_stub({.id = "email"}));
    ASSERT_NE(registry.find("email_code"), nullptr);
    EXPECT_EQ(registry.find("email_code")->type().id, "email_code");
    EXPECT_EQ(registry.find("email")->type().id, "email");
    for (const char* id : {"", "email_", "Email", "email_code ", "sms_code"})
        EXPECT_EQ(registry.find(id), nullptr) << id;
}

TEST(Registry, KeepsTheOrderInWhichTypesWereAdded) {
    Registry registry;
    for (const char* id : {"c", "a", "b"}) registry.add(make_stub({.id = id}));
    std::string order;
    for (const auto& type : registry.all()) order += type->type().id;
    EXPECT_EQ(order, "cab");
}

TEST(Registry, RefusesTwoTypesOfOneIdAndKeepsTheFirst) {
    Registry registry;
    registry.add(make_stub({.id = "a", .assurance = Assurance::high}));
    EXPECT_THROW(registry.add(make_stub({.id = "a"})), std::logic_error);
    EXPECT_EQ(registry.all().size(), 1U);
    EXPECT_EQ(registry.find("a")->type().assurance, Assurance::high);
}

TEST(Dialogue, ThatOnlyListensToThePersonLeavesEverythingAsItIsOnNewsFromOutside) {
    const StubVerification stub({.id = "stub"});
    const Subject subject = AccountBuilder("amy").subject();
    const Json settings = Json::object();
    const Json nothing;
    const Json state{{"kept", 1}};
    CountingRandom random;
    const PlainCrypto crypto;
    const Situation situation{.subject = subject,
                              .settings = settings,
                              .enrollment = nothing,
                              .state = state,
                              .now = kNewYear,
                              .random = random,
                              .crypto = crypto};

    const Turn turn = stub.signal(situation, {.name = "approved", .payload = {{"ok", true}}});

    EXPECT_EQ(turn.verdict, Verdict::ask) << "it goes on waiting for an answer";
    EXPECT_EQ(turn.state, state);
    EXPECT_TRUE(turn.prompt.title.empty()) << "what is in front of the person stays there";
    EXPECT_TRUE(turn.effects.empty());
    EXPECT_FALSE(turn.enrollment);
}

}  // namespace
}  // namespace latchkey
