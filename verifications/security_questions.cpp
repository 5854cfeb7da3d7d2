#include "verifications/security_questions.h"

#include "engine/unicode.h"
#include "verifications/question_bank.h"
#include "verifications/question_intake.h"
#include "verifications/question_set.h"

#include <algorithm>
#include <tuple>

namespace latchkey {
namespace {

constexpr std::string_view kRestart = "restart";
constexpr Hours kSameQuestionsFor{24};

std::string key_of_answer(std::size_t index) {
    return "answer" + std::to_string(index + 1);
}

Field answer_field(std::string key, Text label) {
    return {.key = std::move(key),
            .kind = FieldKind::secret,
            .label = std::move(label),
            .max_length = kLongestAnswer};
}

/// Which of the enrolled questions are asked, by position: drawn by a keyed digest, so that every
/// request of a day draws the same ones and nothing must be kept (S22). A set that was answered is
/// followed by another one.
std::vector<std::size_t> drawn(const Situation& s) {
    const Json& questions = s.enrollment.at("questions");
    const TimePoint since = from_millis(s.enrollment.at("since").get<std::int64_t>());
    const auto day = std::chrono::floor<Hours>(s.now - since) / kSameQuestionsFor;
    const std::string round = std::to_string(s.enrollment.at("round").get<std::int64_t>());
    std::vector<std::pair<std::string, std::size_t>> lots;
    for (std::size_t i = 0; i < questions.size(); ++i)
        lots.emplace_back(
            s.crypto.keyed_digest(KeyUse::code, {"security_questions", s.subject.account.text(),
                                                 s.enrollment.at("id").get<std::string>(), round,
                                                 std::to_string(day), std::to_string(i)}),
            i);
    std::ranges::sort(lots);
    std::vector<std::size_t> positions;
    for (const auto& [lot, position] : lots)
        if (positions.size() < questions_to_ask(s.settings)) positions.push_back(position);
    return positions;
}

/// Asks some of the questions at once and judges all answers together.
class AskQuestions final : public Dialogue {
 public:
    Prompt outline(const Json& settings) const override {
        Prompt prompt = empty();
        for (std::size_t i = 0; i < questions_to_ask(settings); ++i)
            prompt.fields.push_back(answer_field(
                key_of_answer(i),
                {"security_questions.ask.answer", {{"number", static_cast<std::int64_t>(i + 1)}}}));
        return prompt;
    }

    Turn open(const Situation& s) const override {
        Prompt prompt = empty();
        const auto posed = drawn(s);
        for (std::size_t i = 0; i < posed.size(); ++i)
            prompt.fields.push_back(answer_field(
                key_of_answer(i), wording(s.enrollment.at("questions").at(posed[i]), s.settings)));
        return {.verdict = Verdict::ask,
                .prompt = std::move(prompt),
                .state = {{"set", s.enrollment.at("id")}, {"posed", posed}}};
    }

    Turn reply(const Situation& s, const Answers& answers) const override {
        const auto posed = s.state.at("posed").get<std::vector<std::size_t>>();
        const bool same_set = s.enrollment.at("id") == s.state.at("set");
        Json kept = s.enrollment;
        bool right = same_set && !posed.empty();
        // One slow hash for each, whatever is wrong: time tells nothing (S22).
        for (std::size_t i = 0; i < posed.size(); ++i) {
            const Json question =
                same_set ? kept.at("questions").at(posed[i]) : Json(Json::object());
            const auto typed = fold_answer(answers[key_of_answer(i)]);
            const std::string hash = question.contains("hash")
                                         ? question.at("hash").get<std::string>()
                                         : s.crypto.unmatchable_hash();
            const Match match = s.crypto.match_secret(hash, typed.value_or(""));
            right = match.equal && typed && !typed->empty() && right;
            if (match.equal && match.outdated) kept["questions"][posed[i]]["old"] = *typed;
        }
        if (!right) return refused(s, same_set);
        kept["round"] = kept.at("round").get<std::int64_t>() + 1;
        kept["since"] = millis(s.now);
        for (Json& question : kept["questions"])
            if (const auto old = question.find("old"); old != question.end()) {
                question["hash"] = s.crypto.hash_secret(old->get<std::string>());
                question.erase("old");
            }
        return {.verdict = Verdict::passed, .enrollment = std::move(kept)};
    }

 private:
    static Prompt empty() {
        return {.title = {"security_questions.ask.title", {}},
                .notices = {{.text = {"security_questions.ask.how", {}}}}};
    }

    Turn refused(const Situation& s, bool same_set) const {
        Turn turn = same_set ? Turn{.state = s.state} : open(s);
        turn.verdict = Verdict::refused;
        turn.problems = {{"", "wrong_answer", {"problem.wrong_answers", {}}}};
        return turn;
    }
};

/// One question after the other: chosen, answered, hashed. Kept when all are there.
class ChooseQuestions final : public Dialogue {
 public:
    Prompt outline(const Json& settings) const override { return prompt(settings, Json::array()); }

    Turn open(const Situation& s) const override { return ask(s, Json::array()); }

    Turn reply(const Situation& s, const Answers& answers) const override {
        if (!s.state.is_object() || answers.action() == kRestart) return ask(s, Json::array());
        Json taken = s.state.at("taken");
        auto problems = add_question(
            s, {answers["question"], answers["own_question"], answers["answer"]}, taken);
        if (!problems.empty()) {
            Turn turn = ask(s, taken);
            turn.problems = std::move(problems);
            for (Field& field : turn.prompt.fields)
                if (field.kind != FieldKind::secret) field.value = answers[field.key];
            return turn;
        }
        if (taken.size() < questions_to_enroll(s.settings)) return ask(s, taken);
        return {.verdict = Verdict::passed, .enrollment = question_set(s, std::move(taken))};
    }

 private:
    static Turn ask(const Situation& s, const Json& taken) {
        return {.verdict = Verdict::ask,
                .prompt = prompt(s.settings, taken),
                .state = {{"taken", taken}}};
    }

    static Prompt prompt(const Json& settings, const Json& taken) {
        const auto total = questions_to_enroll(settings);
        const bool own = flag(settings, "own_questions");
        Prompt prompt{
            .title = {"security_questions.choose.title", {}},
            .notices = {{.text = {"security_questions.choose.progress",
                                  {{"number", static_cast<std::int64_t>(taken.size() + 1)},
                                   {"of", static_cast<std::int64_t>(total)}}}}}};
        Field question{.key = "question",
                       .kind = FieldKind::choice,
                       .label = {"security_questions.choose.question", {}}};
        for (const Json* open : open_questions(settings))
            if (!is_taken(*open, taken))
                question.choices.push_back(
                    {open->at("id").get<std::string>(), wording(*open, settings)});
        if (own)
            question.choices.push_back(
                {std::string(kOwnQuestion), {"security_questions.choose.own", {}}});
        prompt.fields.push_back(std::move(question));
        if (own)
            prompt.fields.push_back({.key = "own_question",
                                     .label = {"security_questions.choose.own_question", {}},
                                     .min_length = kShortestOwnQuestion,
                                     .required = false});
        prompt.fields.push_back(answer_field("answer", {"security_questions.choose.answer", {}}));
        prompt.fields.back().hint = {"security_questions.choose.hint", {}};
        prompt.fields.back().min_length = how_many(settings, "min_length");
        if (taken.size() + 1 == total) prompt.submit = {"security_questions.choose.save", {}};
        if (!taken.empty())
            prompt.actions.push_back(
                {std::string(kRestart), {"security_questions.choose.restart", {}}});
        return prompt;
    }
};

// clang-format off
std::vector<Setting> settings() {
    return {
        {.key = "bank", .kind = SettingKind::list, .fallback = default_question_bank(), .at_least = 3, .at_most = 100,
         .members = {
             {.key = "id", .kind = SettingKind::name, .fallback = nullptr},
             {.key = "text", .kind = SettingKind::words, .fallback = nullptr, .at_least = 1, .at_most = 200},
             {.key = "retired", .kind = SettingKind::flag, .fallback = false},
         }},
        {.key = "enrolled", .kind = SettingKind::integer, .fallback = 5, .at_least = 1, .at_most = 10},
        {.key = "asked", .kind = SettingKind::integer, .fallback = 3, .at_least = 1, .at_most = 10},
        {.key = "min_length", .kind = SettingKind::integer, .fallback = 3, .at_least = 1, .at_most = 20},
        {.key = "own_questions", .kind = SettingKind::flag, .fallback = false},
        use_imported_setting(),
    };
}
// clang-format on

class SecurityQuestions final : public Verification {
 public:
    const VerificationType& type() const override { return type_; }
    const Dialogue& challenge() const override { return ask_; }
    const Dialogue* enrollment() const override { return &choose_; }
    const Intake* intake() const override { return &sets_; }

    std::vector<Problem> settings_faults(const Json& settings,
                                         const std::string& pointer) const override {
        const auto too_many = [&](const char* key, std::size_t most) {
            return Problem{
                pointer + "/" + key,
                "too_many_questions",
                {"definition.too_many_questions", {{"most", static_cast<std::int64_t>(most)}}}};
        };
        const std::size_t bank = open_questions(settings).size();
        if (!flag(settings, "own_questions") && how_many(settings, "enrolled") > bank)
            return {too_many("enrolled", bank)};
        // A decoy has none but those of the bank, so there must be enough of them in any case.
        const std::size_t most = std::min(bank, how_many(settings, "enrolled"));
        if (how_many(settings, "asked") > most) return {too_many("asked", most)};
        return {};
    }

    bool available(const Subject&, const Json& enrollment, const Json& settings) const override {
        return enrollment.is_object() && questions_to_ask(settings) > 0 &&
               enrollment.at("questions").size() >= questions_to_ask(settings);
    }

    /// Questions of the bank without answers; a reply hashes against nothing instead.
    Json decoy_enrollment(const Subject& subject, const Json& settings,
                          const Crypto& crypto) const override {
        const std::string& account = subject.account.text();
        std::vector<std::tuple<bool, std::string, const Json*>> lots;  // retired ones last
        for (const Json& question : settings.at("bank"))
            lots.emplace_back(
                flag(question, "retired"),
                crypto.keyed_digest(KeyUse::decoy, {"question", account, text(question, "id")}),
                &question);
        std::ranges::sort(lots);
        Json questions = Json::array();
        for (const auto& [retired, lot, question] : lots)
            if (questions.size() <
                std::max(questions_to_enroll(settings), questions_to_ask(settings)))
                questions.push_back({{"id", question->at("id")}, {"text", question->at("text")}});
        const auto chance = crypto.keyed_digest(KeyUse::decoy, {"questions", account});
        const auto hour = static_cast<unsigned char>(chance[0]) % kSameQuestionsFor.count();
        return {{"id", base32(chance.substr(0, 16))},
                {"since", Milliseconds{Hours{hour}}.count()},
                {"round", 0},
                {"questions", std::move(questions)}};
    }

 private:
    VerificationType type_{
        .id = "security_questions",
        .name = {"security_questions.name", {}},
        .assurance = Assurance::low,
        .standing = {.alone = Standing::Alone::no, .first_of_two = true, .second_of_two = false},
        .assets = {Asset::memorised_secret},
        .settings = settings(),
        .renew = {"security_questions.renew", {}},
        .after_a_proof = true};
    AskQuestions ask_;
    ChooseQuestions choose_;
    QuestionIntake sets_;
};

}  // namespace

std::unique_ptr<Verification> make_security_questions() {
    return std::make_unique<SecurityQuestions>();
}

}  // namespace latchkey
