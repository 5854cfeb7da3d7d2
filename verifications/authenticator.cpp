#include "verifications/authenticator.h"

#include "engine/intake.h"
#include "verifications/totp.h"

#include <algorithm>
#include <limits>

namespace latchkey {
namespace {

constexpr std::size_t kDigits = 6;
constexpr std::size_t kKeySize = 20;      // bytes, as many as SHA-1 gives (RFC 4226, section 4)
constexpr std::size_t kShortestKey = 16;  // bytes of an imported one (RFC 4226, section 4)
constexpr std::size_t kLongestKey = 64;   // bytes: no app takes longer ones
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

Json new_app(const Situation& s, std::size_t others, std::string_view name, std::string key,
             std::int64_t last_step) {
    return {{"id", random_token(s.random)},
            {"name", name.empty() ? "App " + std::to_string(others + 1) : std::string(name)},
            {"added_at", millis(s.now)},
            {"key", std::move(key)},
            {"last_step", last_step}};
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
            if (!item_counts(app, s.settings)) continue;
            const auto step =
                accepted_step(s, key_bytes(app.at("key").get<std::string>()), answers["code"]);
            if (!step || *step <= app.at("last_step").get<std::int64_t>()) continue;
            app["last_step"] = *step;
            Json enrollment = s.enrollment;
            enrollment["items"] = std::move(apps);
            return {.verdict = Verdict::passed,
                    .enrollment = std::move(enrollment),
                    .item = app.at("id").get<std::string>()};
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
        if (const Json* const imported = unconfirmed_item(s.enrollment)) return offer(*imported);
        return pair(s);
    }

    Turn reply(const Situation& s, const Answers& answers) const override {
        if (answers.action() == kRestart || !s.state.is_object()) return pair(s);
        if (s.state.contains("imported")) return confirm(s, answers);
        return take_key(s, answers);
    }

 private:
    static constexpr std::string_view kRestart = "restart";

    Turn pair(const Situation& s) const {
        std::string key(kKeySize, '\0');
        s.random.fill(std::as_writable_bytes(std::span(key)));
        const Json memory{{"key", key_text(key)}, {"until", millis(s.now + kPairingLasts)}};
        return {.verdict = Verdict::ask,
                .prompt = shown(s, memory),
                .state = memory,
                .forget_at = s.now + kPairingLasts};
    }

    /// Who has the app that somebody imported shows it by a code, and never sees the key.
    static Turn offer(const Json& app) {
        return {.verdict = Verdict::ask,
                .prompt = {.title = {"authenticator.imported.title", {}},
                           .notices = {{{"authenticator.imported.known",
                                         {{"name", app.at("name").get<std::string>()}}}}},
                           .fields = {code_field()},
                           .actions = {{std::string(kRestart),
                                        {"authenticator.imported.another", {}}}}},
                .state = {{"imported", app.at("id")}}};
    }

    Turn confirm(const Situation& s, const Answers& answers) const {
        Json apps = apps_of(s.enrollment);
        const auto app = std::ranges::find_if(
            apps, [&](const Json& other) { return other.at("id") == s.state.at("imported"); });
        if (app == apps.end()) return pair(s);  // removed meanwhile
        const auto key = key_bytes(app->at("key").get<std::string>());
        const auto step = accepted_step(s, key, answers["code"]);
        if (!step || *step <= app->at("last_step").get<std::int64_t>()) {
            Turn turn = offer(*app);
            turn.verdict = Verdict::refused;
            turn.problems = {problem("wrong_answer", "authenticator_wrong")};
            return turn;
        }
        app->erase(kImported);
        (*app)["last_step"] = *step;
        return {.verdict = Verdict::passed, .enrollment = Json{{"items", std::move(apps)}}};
    }

    Turn take_key(const Situation& s, const Answers& answers) const {
        if (millis(s.now) >= s.state.at("until").get<std::int64_t>()) {
            Turn turn = pair(s);
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
                  .problems = {std::move(why)},
                  .forget_at = from_millis(s.state.at("until").get<std::int64_t>())};
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
        apps.push_back(new_app(s, apps.size(), name, s.state.at("key").get<std::string>(), step));
        return {.verdict = Verdict::passed, .enrollment = Json{{"items", std::move(apps)}}};
    }
};

/// Keys of apps that people have from another system: the columns "key", in base32, and "name".
class KeyIntake final : public Intake {
 public:
    std::vector<Field> columns(const Json&) const override {
        return {{.key = "key", .kind = FieldKind::secret, .label = {}, .max_length = 200},
                {.key = "name", .label = {}, .max_length = kLongestName, .required = false}};
    }

    /// No code of before the import is taken: it may have been seen where the app was used.
    Imported take(const Situation& s, const Answers& record) const override {
        const auto key = read_key(record["key"]);
        if (!key || key->size() < kShortestKey || key->size() > kLongestKey)
            return {.problems = {{"key", "bad_key", {"problem.authenticator_bad_key", {}}}}};
        Json apps = apps_of(s.enrollment);
        for (const Json& app : apps)
            if (s.crypto.equal(app.at("key").get<std::string>(), key_text(*key))) return {};
        if (apps.size() >= kMostApps)
            return {
                .problems = {{"key", "too_many_devices", {"problem.authenticator_too_many", {}}}}};
        Json app = new_app(s, apps.size(), record["name"], key_text(*key), time_step(s.now));
        app[kImported] = true;
        apps.push_back(std::move(app));
        return {.enrollment = Json{{"items", std::move(apps)}}};
    }

    std::vector<HeldRecord> give(const Json& enrollment) const override {
        std::vector<HeldRecord> records;
        for (const Json& app : apps_of(enrollment))
            records.push_back(
                {{{"name", app.at("name").get<std::string>()}}, !app.value(kImported, false)});
        return records;
    }
};

class Authenticator final : public Verification {
 public:
    const VerificationType& type() const override { return type_; }
    const Dialogue& challenge() const override { return enter_; }
    const Dialogue* enrollment() const override { return &pair_; }
    const Intake* intake() const override { return &keys_; }

    bool available(const Subject&, const Json& enrollment, const Json& settings) const override {
        return std::ranges::any_of(apps_of(enrollment),
                                   [&](const Json& app) { return item_counts(app, settings); });
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
                      .at_most = 2},
                     use_imported_setting()}};
    EnterCode enter_;
    PairApp pair_;
    KeyIntake keys_;
};

}  // namespace

std::unique_ptr<Verification> make_authenticator() {
    return std::make_unique<Authenticator>();
}

}  // namespace latchkey
