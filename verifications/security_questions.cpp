#include "verifications/security_questions.h"

#include "engine/unicode.h"
#include "verifications/question_bank.h"
#include "verifications/weak_answer.h"

#include <algorithm>
#include <tuple>

namespace latchkey {
namespace {

constexpr std::size_t kLongestAnswer = 200;       // code points
constexpr std::size_t kShortestOwnQuestion = 10;  // code points
constexpr std::string_view kOwn = "+own";         // no id of a question can be this
constexpr std::string_view kRestart = "restart";
constexpr Hours kSameQuestionsFor{24};

std::size_t count(const Json& settings, std::string_view key) {
    return static_cast<std::size_t>(integer(settings, key));
}

/// Those that may still be chosen: a retired one is only asked of whoever chose it before.
std::vector<const Json*> open_questions(const Json& settings) {
    std::vector<const Json*> open;
    for (const Json& question : settings.at("bank"))
        if (!flag(question, "retired")) open.push_back(&question);
    return open;
}

std::size_t to_enroll(const Json& settings) {
    const std::size_t wanted = count(settings, "enrolled");
    if (flag(settings, "own_questions")) return wanted;
    return std::min(wanted, open_questions(settings).size());
}

std::size_t to_ask(const Json& settings) {
    return std::min(count(settings, "asked"), count(settings, "enrolled"));
}

/// The question as the bank words it now; as it was when it was chosen if it is there no more
/// (R14.4).
Text wording(const Json& question, const Json& settings) {
    if (question.contains("own"))
        return {"security_questions.question",
                {{"question", question.at("own").get<std::string>()}}};
    for (const Json& other : settings.at("bank"))
        if (other.at("id") == question.at("id"))
            return {"security_questions.question", {{"question", other.at("text").get<Words>()}}};
    return {"security_questions.question", {{"question", question.at("text").get<Words>()}}};
}

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
        if (positions.size() < to_ask(s.settings)) positions.push_back(position);
    return positions;
}

/// Asks some of the questions at once and judges all answers together.
class AskQuestions final : public Dialogue {
 public:
    Prompt outline(const Json& settings) const override {
        Prompt prompt = empty();
        for (std::size_t i = 0; i < to_ask(settings); ++i)
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
        const std::string_view choice = answers["question"];
        Json question = chosen(s, answers);
        std::vector<Problem> problems;
        if (const char* fault = question_fault(question, taken, s.settings))
            problems.push_back({choice == kOwn ? "own_question" : "question",
                                fault,
                                {"problem." + std::string(fault), {}}});
        const std::string answer = fold_answer(answers["answer"]).value_or("");
        const auto least = count(s.settings, "min_length");
        std::vector<std::string> texts = texts_of(question);
        if (auto fault = weak_answer(answer, texts, s.subject, least))
            problems.push_back(std::move(*fault));
        else if (problems.empty() && used_before(answer, taken, s.crypto))
            problems.push_back({"answer", "answer_used_twice", {"problem.answer_used_twice", {}}});
        if (!problems.empty()) {
            Turn turn = ask(s, taken);
            turn.problems = std::move(problems);
            for (Field& field : turn.prompt.fields)
                if (field.kind != FieldKind::secret) field.value = answers[field.key];
            return turn;
        }
        question["hash"] = s.crypto.hash_secret(answer);
        taken.push_back(std::move(question));
        if (taken.size() < to_enroll(s.settings)) return ask(s, taken);
        return {.verdict = Verdict::passed,
                .enrollment = Json{{"id", random_token(s.random)},
                                   {"since", millis(s.now)},
                                   {"round", 0},
                                   {"questions", std::move(taken)}}};
    }

 private:
    static Turn ask(const Situation& s, const Json& taken) {
        return {.verdict = Verdict::ask,
                .prompt = prompt(s.settings, taken),
                .state = {{"taken", taken}}};
    }

    static Prompt prompt(const Json& settings, const Json& taken) {
        const auto total = to_enroll(settings);
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
            question.choices.push_back({std::string(kOwn), {"security_questions.choose.own", {}}});
        prompt.fields.push_back(std::move(question));
        if (own)
            prompt.fields.push_back({.key = "own_question",
                                     .label = {"security_questions.choose.own_question", {}},
                                     .min_length = kShortestOwnQuestion,
                                     .required = false});
        prompt.fields.push_back(answer_field("answer", {"security_questions.choose.answer", {}}));
        prompt.fields.back().hint = {"security_questions.choose.hint", {}};
        prompt.fields.back().min_length = count(settings, "min_length");
        if (taken.size() + 1 == total) prompt.submit = {"security_questions.choose.save", {}};
        if (!taken.empty())
            prompt.actions.push_back(
                {std::string(kRestart), {"security_questions.choose.restart", {}}});
        return prompt;
    }

    static bool is_taken(const Json& question, const Json& taken) {
        return std::ranges::any_of(taken, [&](const Json& other) {
            return other.value("id", "") == question.at("id").get<std::string>();
        });
    }

    /// What is kept of the question: its id and its words of today, or what the person wrote. Null
    /// if it is not there.
    static Json chosen(const Situation& s, const Answers& answers) {
        if (answers["question"] == kOwn) return {{"own", answers["own_question"]}};
        for (const Json* open : open_questions(s.settings))
            if (open->at("id") == answers["question"])
                return {{"id", open->at("id")}, {"text", open->at("text")}};
        return nullptr;
    }

    static const char* question_fault(const Json& question, const Json& taken,
                                      const Json& settings) {
        if (question.is_null()) return "not_a_choice";
        if (!question.contains("own"))
            return is_taken(question, taken) ? "question_used_twice" : nullptr;
        if (!flag(settings, "own_questions")) return "not_a_choice";
        const auto text = fold_answer(question.at("own").get<std::string>());
        if (!text || text->empty()) return "required";
        for (const Json& other : taken)
            for (const std::string& before : texts_of(other))
                if (fold_answer(before) == text) return "question_used_twice";
        return nullptr;
    }

    static std::vector<std::string> texts_of(const Json& question) {
        std::vector<std::string> texts;
        if (!question.is_object()) return texts;
        if (question.contains("own")) texts.push_back(question.at("own").get<std::string>());
        if (question.contains("text"))
            for (const auto& text : question.at("text")) texts.push_back(text.get<std::string>());
        return texts;
    }

    static bool used_before(const std::string& answer, const Json& taken, const Crypto& crypto) {
        return std::ranges::any_of(taken, [&](const Json& other) {
            return crypto.match_secret(other.at("hash").get<std::string>(), answer).equal;
        });
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
    };
}
// clang-format on

class SecurityQuestions final : public Verification {
 public:
    const VerificationType& type() const override { return type_; }
    const Dialogue& challenge() const override { return ask_; }
    const Dialogue* enrollment() const override { return &choose_; }

    std::vector<Problem> settings_faults(const Json& settings,
                                         const std::string& pointer) const override {
        const auto too_many = [&](const char* key, std::size_t most) {
            return Problem{
                pointer + "/" + key,
                "too_many_questions",
                {"definition.too_many_questions", {{"most", static_cast<std::int64_t>(most)}}}};
        };
        const std::size_t bank = open_questions(settings).size();
        if (!flag(settings, "own_questions") && count(settings, "enrolled") > bank)
            return {too_many("enrolled", bank)};
        // A decoy has none but those of the bank, so there must be enough of them in any case.
        const std::size_t most = std::min(bank, count(settings, "enrolled"));
        if (count(settings, "asked") > most) return {too_many("asked", most)};
        return {};
    }

    bool available(const Subject&, const Json& enrollment, const Json& settings) const override {
        return enrollment.is_object() && to_ask(settings) > 0 &&
               enrollment.at("questions").size() >= to_ask(settings);
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
            if (questions.size() < std::max(to_enroll(settings), to_ask(settings)))
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
};

}  // namespace

std::unique_ptr<Verification> make_security_questions() {
    return std::make_unique<SecurityQuestions>();
}

}  // namespace latchkey
