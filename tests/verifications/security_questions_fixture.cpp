#include "tests/support/builders.h"
#include "tests/support/type_fixture.h"

namespace latchkey {
namespace {

/// The question as English readers see it: the same when it is chosen and when it is asked.
std::string english(const Text& question) {
    return std::get<Words>(question.arguments.at("question")).at("en");
}

/// Long enough for any minimum, and another one for each question.
std::string answer_to(const std::string& question) {
    return "zx" + base32(PlainCrypto().keyed_digest(KeyUse::session, {question}));
}

RawAnswers right(const Conversation& conversation) {
    RawAnswers raw;
    for (const Field& field : conversation.prompt().fields) {
        if (field.key == "question") {
            const Choice& first = field.choices.at(0);
            raw["question"] = first.value;
            raw["answer"] = answer_to(english(first.label));
        }
        if (field.key.starts_with("answer") && field.key != "answer")
            raw[field.key] = answer_to(english(field.label));
    }
    return raw;
}

const bool kRegistered = register_fixture(
    "security_questions",
    {.person = AccountBuilder("amy").with("email", "amy.lindqvist@example.org").subject(),
     .right = right,
     .enrolling_proves = false});

}  // namespace
}  // namespace latchkey
