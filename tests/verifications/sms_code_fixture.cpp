#include "tests/support/builders.h"
#include "tests/support/type_fixture.h"

namespace latchkey {
namespace {

RawAnswers right(const Conversation& conversation) {
    RawAnswers raw;
    for (const Field& field : conversation.prompt().fields) {
        if (field.key == "address") raw["address"] = "(202) 555-0147";
        if (field.key == "name") raw["name"] = "My mobile";
        if (field.key == "code")
            raw["code"] = conversation.sent().back().data.at("code").get<std::string>();
    }
    return raw;
}

const bool kRegistered = register_fixture(
    "sms_code",
    {.person = AccountBuilder("amy").with("phone", "+1 202 555 0101").subject(), .right = right});

}  // namespace
}  // namespace latchkey
