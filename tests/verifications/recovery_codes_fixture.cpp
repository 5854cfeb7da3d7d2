#include "tests/support/builders.h"
#include "tests/support/type_fixture.h"

namespace latchkey {
namespace {

/// The first of the codes that were shown last: they are shown once.
std::string& first_code() {
    static std::string code;
    return code;
}

RawAnswers right(const Conversation& conversation) {
    for (const Notice& notice : conversation.prompt().notices)
        if (!notice.verbatim.empty())
            first_code() = notice.verbatim.substr(0, notice.verbatim.find('\n'));
    if (conversation.prompt().fields.at(0).key == "saved") return {{"saved", "true"}};
    return {{"code", first_code()}};
}

RawAnswers wrong(const Conversation& conversation, CountingRandom& chance) {
    if (conversation.prompt().fields.at(0).key == "saved") return {{"saved", "false"}};
    return {{"code", "zzzz" + random_token(chance, 64)}};
}

const bool kRegistered = register_fixture(
    "recovery_codes", {.person = AccountBuilder("amy").with("given_name", "Amelia").subject(),
                       .right = right,
                       .wrong = wrong,
                       .enrolling_proves = false});

}  // namespace
}  // namespace latchkey
