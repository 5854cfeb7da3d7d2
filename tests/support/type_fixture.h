#pragma once

#include "tests/support/any_answer.h"
#include "tests/support/conversation.h"

#include <functional>
#include <map>
#include <string>

namespace latchkey {

/// What the contract test must know of a type besides what the type says of itself. Each type's own
/// test file registers one.
struct TypeFixture {
    /// Somebody whose profile lets them be verified by this type.
    Subject person;

    /// The right answer to the prompt that the conversation shows; while enrolling, one that leads
    /// on towards the end. `conversation` was opened by this type.
    std::function<RawAnswers(const Conversation& conversation)> right;

    /// A wrong answer; unset where any answer of the right form is almost surely wrong.
    std::function<RawAnswers(const Conversation& conversation, CountingRandom& chance)> wrong = {};

    /// False for what a person makes up (questions, a PIN): there is nothing to prove while
    /// enrolling it.
    bool enrolling_proves = true;

    RawAnswers wrong_answer(const Conversation& conversation, CountingRandom& chance) const {
        return wrong ? wrong(conversation, chance) : any_answer(conversation.prompt(), chance);
    }
};

inline std::map<std::string, TypeFixture>& type_fixtures() {
    static std::map<std::string, TypeFixture> fixtures;
    return fixtures;
}

/// For a constant at namespace scope: `const bool kRegistered = register_fixture("…", {…});`
inline bool register_fixture(const std::string& type, TypeFixture fixture) {
    return type_fixtures().emplace(type, std::move(fixture)).second;
}

}  // namespace latchkey
