#include "verifications/personal_data_confirmation.h"

#include "verifications/profile_facts.h"

namespace latchkey {
namespace {

constexpr std::string_view kStated = "stated";

std::string key_of_statement(std::size_t index) {
    return "stated" + std::to_string(index + 1);
}

/// What the profile says now, in the order of the settings.
Json values(const Situation& s) {
    Json values = Json::array();
    for (const ProfileFact& fact : profile_facts(s.settings))
        values.push_back(value_of(fact, s.subject));
    return values;
}

class ConfirmFacts final : public Dialogue {
 public:
    Prompt outline(const Json& settings) const override {
        Prompt prompt{.title = {"personal_data_confirmation.title", {}},
                      .notices = {{.text = {"personal_data_confirmation.how", {}}}}};
        const auto facts = profile_facts(settings);
        for (std::size_t i = 0; i < facts.size(); ++i)
            prompt.fields.push_back(
                {.key = key_of_statement(i),
                 .kind = FieldKind::choice,
                 .label = facts[i].label,
                 .choices = {{std::string(kStated), {"personal_data_confirmation.stated", {}}},
                             {"other", {"personal_data_confirmation.other", {}}}}});
        return prompt;
    }

    Turn open(const Situation& s) const override {
        Turn turn{.verdict = Verdict::ask,
                  .prompt = outline(s.settings),
                  .state = {{"shown", values(s)}}};
        for (std::size_t i = 0; i < turn.prompt.fields.size(); ++i)
            turn.prompt.fields[i].hint = {
                "personal_data_confirmation.value",
                {{"value", turn.state.at("shown").at(i).get<std::string>()}}};
        return turn;
    }

    Turn reply(const Situation& s, const Answers& answers) const override {
        // The profile was changed meanwhile: what was confirmed is not what stands there.
        if (s.state.at("shown") != values(s)) return open(s);
        const std::size_t facts = s.state.at("shown").size();
        bool right = s.enrollment != facts_of_nobody() && facts > 0;
        for (std::size_t i = 0; i < facts; ++i)
            right = answers[key_of_statement(i)] == kStated && right;
        if (right) return {.verdict = Verdict::passed};
        return {.verdict = Verdict::refused,
                .state = s.state,
                .problems = {{"", "wrong_answer", {"problem.caller_unconfirmed", {}}}}};
    }
};

}  // namespace

std::unique_ptr<Verification> make_personal_data_confirmation() {
    return make_facts_verification({.id = "personal_data_confirmation",
                                    .name = {"personal_data_confirmation.name", {}},
                                    .assurance = Assurance::none,
                                    .assets = {Asset::public_facts, Asset::service_desk_agent},
                                    .settings = {profile_facts_setting("email")},
                                    .public_use = false},
                                   std::make_unique<ConfirmFacts>());
}

}  // namespace latchkey
