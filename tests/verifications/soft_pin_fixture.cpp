#include "tests/support/builders.h"
#include "tests/support/type_fixture.h"

namespace latchkey {
namespace {

RawAnswers right(const Conversation& conversation) {
    RawAnswers raw;
    for (const Field& field : conversation.prompt().fields) raw[field.key] = "480615";
    return raw;
}

const bool kRegistered = register_fixture(
    "soft_pin",
    {.person = AccountBuilder("amy").subject(), .right = right, .enrolling_proves = false});

}  // namespace
}  // namespace latchkey
