#include "engine/sign_in.h"

#include "engine/casework.h"

namespace latchkey {
namespace {

constexpr std::int64_t kTries = 5;
constexpr Hours kFailuresAreRemembered{24};
const std::vector<std::string> kNames{"user_name", "email"};

}  // namespace

Result<Account> SignIn::enter(std::string_view user_name, const Secret& password,
                              const Origin& origin) {
    const auto canonical = canonical_identifier(user_name);
    if (!canonical || password.empty()) return Error{Errc::wrong_credentials};
    const TimePoint now = parts_.clock.now();
    const auto person = identify(parts_, *canonical, kNames, {});
    auto blocks = parts_.budgets.blocks(person.id);
    // A freeze concerns resets: whoever has the link must not keep the owner out.
    std::erase_if(blocks, [](const Block& block) { return block.verification.empty(); });
    const std::string door(kPasswordDoor);
    if (const auto until = blocked_until(blocks, door, now)) return Error{Errc::blocked, {}, until};

    const std::string failures = failures_key(person.id, door);
    const auto spent = parts_.budgets.spend(
        {{.key = failures, .limit = kTries, .window = kFailuresAreRemembered}}, now);
    if (spent.refused) return Error{Errc::blocked, {}, spent.until};

    const auto opened = parts_.credentials.sign_in(person.id, password);
    const bool welcome = opened.has_value() && person.account.has_value();
    Change change;
    if (welcome) {
        change.clear.push_back(failures);
    } else if (spent.used.front() >= kTries) {
        const auto settings = parts_.processes.definitions();
        change.blocks.push_back(
            next_block(blocks, person.id, door, settings->settings, kFailuresAreRemembered, now));
    }
    const auto type = welcome ? ActivityType::session_signed_in : ActivityType::session_refused;
    const std::string reason = !person.account ? person.reason : welcome ? "" : "wrong_password";
    change.activities.push_back(activity(type, now, person.id, {}, origin, reason));
    if (auto committed = parts_.changes.commit(change); !committed) return committed.error();
    if (!welcome) return Error{Errc::wrong_credentials};
    return *person.account;
}

}  // namespace latchkey
