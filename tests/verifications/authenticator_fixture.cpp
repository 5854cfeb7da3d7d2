#include "tests/support/builders.h"
#include "tests/support/type_fixture.h"
#include "verifications/totp.h"

namespace latchkey {
namespace {

std::string code_now(const World& world, const std::string& key) {
    return hotp(world.crypto, key_bytes(key),
                static_cast<std::uint64_t>(time_step(world.clock.now())));
}

RawAnswers right(const Conversation& conversation) {
    if (const Json& state = conversation.state(); state.contains("key"))
        return {{"code", code_now(conversation.world(), state.at("key").get<std::string>())},
                {"name", "My phone"}};
    const Json& app = conversation.enrollment().at("items").at(0);
    // The code that paired the app is used up.
    if (app.at("last_step").get<std::int64_t>() >= time_step(conversation.world().clock.now()))
        conversation.world().clock.advance(kTimeStep);
    return {{"code", code_now(conversation.world(), app.at("key").get<std::string>())}};
}

const bool kRegistered = register_fixture(
    "authenticator",
    {.person = AccountBuilder("amy").with("given_name", "Amelia").subject(), .right = right});

}  // namespace
}  // namespace latchkey
