#include "verifications/recovery_codes.h"

#include "verifications/totp.h"

#include <algorithm>

namespace latchkey {
namespace {

constexpr std::size_t kBits = 80;
constexpr std::size_t kLength = kBits / 5;
constexpr std::size_t kLongestTyped = 60;  // with whatever stands between the groups

/// What was meant by what was typed: Crockford's base32 takes look-alikes for what they look like.
std::string meant_by(std::string_view typed) {
    std::string out;
    for (char c : typed) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == 'o') c = '0';
        if (c == 'i' || c == 'l') c = '1';
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out += c;
    }
    return out;
}

/// A keyed digest is enough: nobody can try 2^80 codes, with or without the key, so a slow hash
/// would cost time and protect nothing.
std::string digest(const Situation& s, std::string_view code) {
    return base32(
        s.crypto.keyed_digest(KeyUse::recovery, {s.subject.account.text(), meant_by(code)}));
}

std::size_t left_in(const Json& enrollment) {
    return enrollment.is_object() ? enrollment.at("left").size() : 0;
}

class EnterRecoveryCode final : public Dialogue {
 public:
    Prompt outline(const Json&) const override {
        return {.title = {"recovery_codes.enter.title", {}},
                .notices = {{{"recovery_codes.enter.lead", {}}}},
                .fields = {{.key = "code",
                            .label = {"recovery_codes.enter.code", {}},
                            .hint = {"recovery_codes.enter.hint", {}},
                            .min_length = kLength,
                            .max_length = kLongestTyped}}};
    }

    Turn open(const Situation& s) const override {
        return {.verdict = Verdict::ask, .prompt = outline(s.settings), .state = Json::object()};
    }

    Turn reply(const Situation& s, const Answers& answers) const override {
        const std::string typed = digest(s, answers["code"]);
        Json kept = Json::array();
        if (s.enrollment.is_object())
            for (const Json& one : s.enrollment.at("left"))
                if (!s.crypto.equal(one.get<std::string>(), typed)) kept.push_back(one);
        if (kept.size() == left_in(s.enrollment))
            return {.verdict = Verdict::refused,
                    .prompt = outline(s.settings),
                    .state = s.state,
                    .problems = {{"code", "wrong_answer", {"problem.recovery_codes_wrong", {}}}}};
        Json enrollment = s.enrollment;
        const auto left = static_cast<std::int64_t>(kept.size());
        enrollment["left"] = std::move(kept);
        return {.verdict = Verdict::passed,
                .enrollment = std::move(enrollment),
                .effects = {TellOwner{"recovery_code_used", {{"left", left}}}}};
    }
};

/// Shows new codes once, and keeps them when their owner says that they are in a safe place. Until
/// then the old ones work.
class IssueCodes final : public Dialogue {
 public:
    Prompt outline(const Json&) const override {
        return {.title = {"recovery_codes.issue.title", {}},
                .fields = {{.key = "saved",
                            .kind = FieldKind::flag,
                            .label = {"recovery_codes.issue.saved", {}}}},
                .submit = {"recovery_codes.issue.submit", {}}};
    }

    Turn open(const Situation& s) const override {
        Json digests = Json::array();
        std::string sheet;
        for (std::int64_t i = integer(s.settings, "count"); i > 0; --i) {
            const std::string code = random_token(s.random, kBits);
            digests.push_back(digest(s, code));
            sheet += (sheet.empty() ? "" : "\n") + in_groups_of_four(code, '-');
        }
        Prompt prompt = outline(s.settings);
        prompt.notices = {{{"recovery_codes.issue.lead", {}}}};
        if (s.enrollment.is_object())
            prompt.notices.push_back(
                {{"recovery_codes.issue.replace",
                  {{"left", static_cast<std::int64_t>(left_in(s.enrollment))}}}});
        prompt.notices.push_back({.text = {"recovery_codes.issue.codes", {}},
                                  .verbatim = std::move(sheet),
                                  .file = "recovery-codes.txt"});
        return {.verdict = Verdict::ask,
                .prompt = std::move(prompt),
                .state = {{"digests", std::move(digests)}}};
    }

    Turn reply(const Situation& s, const Answers& answers) const override {
        if (!s.state.is_object()) return open(s);
        if (answers["saved"].empty())
            return {.verdict = Verdict::refused,
                    .state = s.state,
                    .problems = {{"saved", "required", {"problem.required", {}}}}};
        return {.verdict = Verdict::passed,
                .enrollment = Json{{"left", s.state.at("digests")}, {"issued_at", millis(s.now)}}};
    }
};

class RecoveryCodes final : public Verification {
 public:
    const VerificationType& type() const override { return type_; }
    const Dialogue& challenge() const override { return enter_; }
    const Dialogue* enrollment() const override { return &issue_; }

    bool available(const Subject&, const Json& enrollment, const Json&) const override {
        return left_in(enrollment) > 0;
    }

    Text summary(const Json& enrollment) const override {
        return {"recovery_codes.left", {{"left", static_cast<std::int64_t>(left_in(enrollment))}}};
    }

    /// As many digests as a person begins with, made otherwise than by digest(): no code has one.
    Json decoy_enrollment(const Subject& subject, const Json& settings,
                          const Crypto& crypto) const override {
        Json left = Json::array();
        for (std::int64_t i = integer(settings, "count"); i > 0; --i)
            left.push_back(base32(crypto.keyed_digest(
                KeyUse::decoy, {"recovery_codes", subject.account.text(), std::to_string(i)})));
        return {{"left", std::move(left)}, {"issued_at", 0}};
    }

 private:
    VerificationType type_{
        .id = "recovery_codes",
        .name = {"recovery_codes.name", {}},
        .assurance = Assurance::high,
        .standing = {.alone = Standing::Alone::no, .first_of_two = true, .second_of_two = true},
        .assets = {Asset::recovery_codes},
        .settings = {{.key = "count",
                      .kind = SettingKind::integer,
                      .fallback = 10,
                      .at_least = 5,
                      .at_most = 20}},
        .renew = {"recovery_codes.renew", {}}};
    EnterRecoveryCode enter_;
    IssueCodes issue_;
};

}  // namespace

std::unique_ptr<Verification> make_recovery_codes() {
    return std::make_unique<RecoveryCodes>();
}

}  // namespace latchkey
