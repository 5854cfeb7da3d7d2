#include "tests/support/builders.h"
#include "tests/support/type_fixture.h"

namespace latchkey {
namespace {

RawAnswers right(const Conversation& conversation) {
    RawAnswers raw;
    for (const Field& field : conversation.prompt().fields) {
        if (field.key == "address") raw["address"] = "amy@home.example";
        if (field.key == "name") raw["name"] = "At home";
        if (field.key == "code")
            raw["code"] = conversation.sent().back().data.at("code").get<std::string>();
    }
    return raw;
}

const bool kRegistered = register_fixture(
    "email_code",
    {.person = AccountBuilder("amy").with("email", "amy.lindqvist@example.org").subject(),
     .right = right});

}  // namespace
}  // namespace latchkey
