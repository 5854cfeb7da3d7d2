#include "verifications/authenticator.h"

#include "verifications/totp.h"

#include <algorithm>
#include <limits>

namespace latchkey {
namespace {

constexpr std::size_t kDigits = 6;
constexpr std::size_t kKeySize = 20;      // bytes, as many as SHA-1 gives (RFC 4226, section 4)
constexpr std::size_t kMostApps = 5;      // each one more makes a guess likelier to be right
constexpr std::size_t kLongestName = 40;  // code points
constexpr std::int64_t kNear = 20;        // steps: ten minutes
constexpr Minutes kPairingLasts{10};      // S30

/// The step at which the key gives that code, from `first` to `last`.
std::optional<std::int64_t> step_of(const Situation& s, std::string_view key,
                                    std::string_view typed, std::int64_t first, std::int64_t last) {
    std::optional<std::int64_t> found;
    for (std::int64_t step = first; step <= last; ++step)
        if (s.crypto.equal(hotp(s.crypto, key, static_cast<std::uint64_t>(step), kDigits), typed))
            found = step;
    return found;
}

/// The same while pairing and afterwards (R16.1): `drift` steps back, never more than one forward
/// (S27).
std::optional<std::int64_t> accepted_step(const Situation& s, std::string_view key,
                                          std::string_view typed) {
    const std::int64_t now = time_step(s.now);
    const std::int64_t drift = integer(s.settings, "drift");
    return step_of(s, key, typed, now - drift, now + std::min<std::int64_t>(drift, 1));
}

Field code_field() {
    return {.key = "code",
            .kind = FieldKind::digits,
            .label = {"authenticator.code", {}},
            .spoken = {"authenticator.spoken", {}},
            .min_length = kDigits,
            .max_length = kDigits,
            .autofill = "one-time-code"};
}

Problem problem(const std::string& code, const std::string& text) {
    return {"code", code, {"problem." + text, {}}};
}

Json apps_of(const Json& enrollment) {
    return enrollment.is_object() ? enrollment.value("items", Json::array()) : Json::array();
}

/// Takes the code of any of the person's apps.
class EnterCode final : public Dialogue {
 public:
    Prompt outline(const Json&) const override {
        return {.title = {"authenticator.enter.title", {}},
                .notices = {{{"authenticator.enter.lead", {}}}},
                .fields = {code_field()}};
    }

    Turn open(const Situation& s) const override {
        return {.verdict = Verdict::ask, .prompt = outline(s.settings), .state = {{"refusals", 0}}};
    }

    Turn reply(const Situation& s, const Answers& answers) const override {
        Json apps = apps_of(s.enrollment);
        for (Json& app : apps) {
            const auto step =
                accepted_step(s, key_bytes(app.at("key").get<std::string>()), answers["code"]);
            if (!step || *step <= app.at("last_step").get<std::int64_t>()) continue;
            app["last_step"] = *step;
            Json enrollment = s.enrollment;
            enrollment["items"] = std::move(apps);
            return {.verdict = Verdict::passed, .enrollment = std::move(enrollment)};
        }
        return refuse(s);
    }

 private:
    /// Every second time the clock is mentioned, whatever was typed: to say that a code is nearly
    /// right would tell a guesser when to come back with it (R16.2).
    Turn refuse(const Situation& s) const {
        const auto refusals = s.state.at("refusals").get<std::int64_t>() + 1;
        Turn turn{.verdict = Verdict::refused,
                  .prompt = outline(s.settings),
                  .state = {{"refusals", refusals}},
                  .problems = {problem("wrong_answer", "authenticator_wrong")}};
        if (refusals % 2 == 0) turn.prompt.notices.push_back({{"authenticator.enter.clock", {}}});
        return turn;
    }
};

/// Shows a new key, and keeps it once the app has given a code for it.
class PairApp final : public Dialogue {
 public:
    Prompt outline(const Json&) const override {
        return {.title = {"authenticator.pair.title", {}},
                .fields = {code_field(),
                           {.key = "name",
                            .label = {"authenticator.pair.name", {}},
                            .hint = {"authenticator.pair.name_hint", {}},
                            .max_length = kLongestName,
                            .required = false}},
                .submit = {"authenticator.pair.submit", {}}};
    }

    Turn open(const Situation& s) const override {
        std::string key(kKeySize, '\0');
        s.random.fill(std::as_writable_bytes(std::span(key)));
        const Json memory{{"key", key_text(key)}, {"until", millis(s.now + kPairingLasts)}};
        return {.verdict = Verdict::ask, .prompt = shown(s, memory), .state = memory};
    }

    Turn reply(const Situation& s, const Answers& answers) const override {
        if (answers.action() == kRestart || !s.state.is_object()) return open(s);
        if (millis(s.now) >= s.state.at("until").get<std::int64_t>()) {
            Turn turn = open(s);
            turn.problems = {problem("code_expired", "authenticator_late")};
            return turn;
        }
        const Json apps = apps_of(s.enrollment);
        if (apps.size() >= kMostApps)
            return refuse(s, answers, problem("too_many_devices", "authenticator_too_many"));
        const auto key = key_bytes(s.state.at("key").get<std::string>());
        const auto step = accepted_step(s, key, answers["code"]);
        if (!step) return refuse(s, answers, miss(s, key, answers["code"]));
        return keep(s, apps, *step, answers["name"]);
    }

 private:
    static constexpr std::string_view kRestart = "restart";

    Prompt shown(const Situation& s, const Json& memory) const {
        const auto key = memory.at("key").get<std::string>();
        Prompt prompt = outline(s.settings);
        prompt.notices = {
            {.text = {"authenticator.pair.scan", {}},
             .qr_payload = pairing_address(s.organisation, s.subject.user_name, key_bytes(key))},
            {.text = {"authenticator.pair.type", {}}, .verbatim = in_groups_of_four(key, ' ')}};
        prompt.actions = {{std::string(kRestart), {"authenticator.pair.restart", {}}}};
        prompt.expires_at = from_millis(memory.at("until").get<std::int64_t>());
        return prompt;
    }

    Turn refuse(const Situation& s, const Answers& answers, Problem why) const {
        Turn turn{.verdict = Verdict::refused,
                  .prompt = shown(s, s.state),
                  .state = s.state,
                  .problems = {std::move(why)}};
        turn.prompt.fields.back().value = answers["name"];
        return turn;
    }

    /// Who pairs sees the key anyway, so here a clock that is off may be called so, and how far.
    static Problem miss(const Situation& s, std::string_view key, std::string_view typed) {
        const std::int64_t now = time_step(s.now);
        const auto near = step_of(s, key, typed, now - kNear, now + kNear);
        if (!near) return problem("wrong_answer", "authenticator_wrong");
        const auto off = (*near > now ? *near - now : now - *near) * kTimeStep;
        Problem why = problem("wrong_answer", *near > now ? "authenticator_clock_ahead"
                                                          : "authenticator_clock_behind");
        why.text.arguments["minutes"] = std::int64_t{std::chrono::ceil<Minutes>(off).count()};
        return why;
    }

    static Turn keep(const Situation& s, Json apps, std::int64_t step, std::string_view name) {
        const std::string given =
            name.empty() ? "App " + std::to_string(apps.size() + 1) : std::string(name);
        apps.push_back({{"id", random_token(s.random)},
                        {"name", given},
                        {"added_at", millis(s.now)},
                        {"key", s.state.at("key")},
                        {"last_step", step}});
        return {.verdict = Verdict::passed, .enrollment = Json{{"items", std::move(apps)}}};
    }
};

class Authenticator final : public Verification {
 public:
    const VerificationType& type() const override { return type_; }
    const Dialogue& challenge() const override { return enter_; }
    const Dialogue* enrollment() const override { return &pair_; }

    bool available(const Subject&, const Json& enrollment, const Json&) const override {
        return !apps_of(enrollment).empty();
    }

    /// One app whose last step was the last of all: no code comes after it, the right one included.
    Json decoy_enrollment(const Subject& subject, const Json&,
                          const Crypto& crypto) const override {
        const auto chance =
            crypto.keyed_digest(KeyUse::decoy, {"authenticator", subject.account.text()});
        return {{"items",
                 {{{"id", base32(chance.substr(0, 16))},
                   {"name", ""},
                   {"added_at", 0},
                   {"key", key_text(chance.substr(0, kKeySize))},
                   {"last_step", std::numeric_limits<std::int64_t>::max()}}}}};
    }

 private:
    VerificationType type_{
        .id = "authenticator",
        .name = {"authenticator.name", {}},
        .assurance = Assurance::high,
        .standing = {.alone = Standing::Alone::yes, .first_of_two = true, .second_of_two = true},
        .assets = {Asset::authenticator},
        .settings = {{.key = "drift",
                      .kind = SettingKind::integer,
                      .fallback = 1,
                      .at_least = 0,
                      .at_most = 2}}};
    EnterCode enter_;
    PairApp pair_;
};

}  // namespace

std::unique_ptr<Verification> make_authenticator() {
    return std::make_unique<Authenticator>();
}

}  // namespace latchkey
