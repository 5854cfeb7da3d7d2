#include "verifications/personal_data.h"

#include "engine/unicode.h"
#include "verifications/profile_facts.h"

namespace latchkey {
namespace {

std::string key_of(std::size_t index) {
    return "value" + std::to_string(index + 1);
}

/// The form in which two spellings of one value are the same.
std::string compared(const ProfileFact& fact, std::string_view value) {
    if (fact.kind == FieldKind::date) return std::string(trimmed(value));
    if (fact.kind == FieldKind::digits)
        if (auto digits = to_ascii_digits(value)) return *digits;
    return fold_answer(value).value_or("");
}

/// One verdict for all values (S25).
class AskFacts final : public Dialogue {
 public:
    Prompt outline(const Json& settings) const override {
        Prompt prompt{.title = {"personal_data.title", {}}};
        const auto facts = profile_facts(settings);
        for (std::size_t i = 0; i < facts.size(); ++i)
            prompt.fields.push_back(
                {.key = key_of(i), .kind = facts[i].kind, .label = facts[i].label});
        return prompt;
    }

    Turn open(const Situation& s) const override {
        return {.verdict = Verdict::ask, .prompt = outline(s.settings)};
    }

    Turn reply(const Situation& s, const Answers& answers) const override {
        const auto facts = profile_facts(s.settings);
        bool right = s.enrollment != facts_of_nobody() && !facts.empty();
        for (std::size_t i = 0; i < facts.size(); ++i) {
            const std::string known = compared(facts[i], value_of(facts[i], s.subject));
            const std::string typed = compared(facts[i], answers[key_of(i)]);
            right = s.crypto.equal(known, typed) && !known.empty() && right;
        }
        if (right) return {.verdict = Verdict::passed};
        const std::string code = facts.size() == 1 ? "wrong_answer" : "wrong_answers";
        return {.verdict = Verdict::refused,
                .problems = {{"", "wrong_answer", {"problem." + code, {}}}}};
    }
};

}  // namespace

std::unique_ptr<Verification> make_personal_data() {
    return make_facts_verification({.id = "personal_data",
                                    .name = {"personal_data.name", {}},
                                    .assurance = Assurance::none,
                                    .assets = {Asset::public_facts},
                                    .settings = {profile_facts_setting("user_name")},
                                    .after_a_proof = true},
                                   std::make_unique<AskFacts>());
}

}  // namespace latchkey
