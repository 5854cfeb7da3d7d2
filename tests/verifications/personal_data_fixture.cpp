#include "tests/support/builders.h"
#include "tests/support/type_fixture.h"

namespace latchkey {
namespace {

RawAnswers every_field(const Conversation& conversation, const std::string& value) {
    RawAnswers raw;
    for (const Field& field : conversation.prompt().fields) raw[field.key] = value;
    return raw;
}

const Subject kPerson =
    AccountBuilder("amy.lindqvist").with("email", "amy.lindqvist@example.org").subject();

const bool kTyped =
    register_fixture("personal_data", {.person = kPerson, .right = [](const Conversation& asked) {
                                           return every_field(asked, "amy.lindqvist");
                                       }});

const bool kConfirmed = register_fixture(
    "personal_data_confirmation",
    {.person = kPerson,
     .right = [](const Conversation& asked) { return every_field(asked, "stated"); },
     .wrong = [](const Conversation& asked,
                 CountingRandom&) { return every_field(asked, "other"); }});

}  // namespace
}  // namespace latchkey
