#include "verifications/soft_pin.h"

#include "engine/intake.h"

#include <algorithm>
#include <array>

namespace latchkey {
namespace {

constexpr std::size_t kDigits = 6;
constexpr std::size_t kMostTyped = 20;   // so that a wrong length is named beside the other rules
constexpr std::size_t kLongestRow = 2;   // of one digit, and of a sequence
constexpr std::size_t kRemembered = 5;   // the present one included
constexpr std::size_t kShortNumber = 3;  // digits: fewer stand in half of all PINs
constexpr std::string_view kType = "soft_pin";

/// What leaked lists show again and again, and what the fingers draw on a keypad (S16).
constexpr std::array<std::string_view, 75> kCommon{
    "007007", "010101", "020202", "070707", "100100", "101010", "102030", "110011", "110110",
    "112112", "112211", "112233", "113355", "121212", "131313", "134679", "135790", "135791",
    "141414", "142536", "147147", "147258", "147369", "147852", "151515", "159357", "159753",
    "161616", "171717", "181818", "191919", "200200", "202020", "212121", "223344", "232323",
    "242424", "246810", "246824", "252525", "258147", "258258", "258369", "258852", "272727",
    "292513", "303030", "313131", "314159", "323232", "332211", "334455", "343434", "357159",
    "369258", "420420", "445566", "454545", "505050", "520520", "525252", "556677", "565656",
    "667788", "676767", "696969", "741852", "753951", "778899", "787878", "898989", "909090",
    "911911", "951753", "963852"};
static_assert(std::ranges::is_sorted(kCommon));

std::string digits_of(std::string_view text) {
    std::string digits;
    for (const char c : text)
        if (c >= '0' && c <= '9') digits += c;
    return digits;
}

/// A day as people write it; `date` begins with year, month and day.
std::vector<std::string> writings_of(std::string_view date) {
    const std::string digits = digits_of(date);
    if (digits.size() < 8) return {digits};
    const std::string year = digits.substr(0, 4);
    const std::string month = digits.substr(4, 2);
    const std::string day = digits.substr(6, 2);
    const std::string brief = year.substr(2);
    return {year + month + day, day + month + year, month + day + year, day + month + brief,
            month + day + brief};
}

bool named_in(std::string_view pin, std::string_view number) {
    const std::string digits = digits_of(number);
    if (digits.find(pin) != std::string::npos) return true;
    return digits.size() >= kShortNumber && digits.size() < pin.size() &&
           pin == std::string(pin.size() - digits.size(), '0') + digits;
}

/// How many digits in a row go on by `step` at most.
std::size_t longest_row(std::string_view digits, int step) {
    std::size_t longest = digits.empty() ? 0 : 1;
    std::size_t row = 1;
    for (std::size_t i = 1; i < digits.size(); ++i) {
        row = digits[i] - digits[i - 1] == step ? row + 1 : 1;
        longest = std::max(longest, row);
    }
    return longest;
}

Text text(const std::string& id) {
    return {std::string(kType) + "." + id, {}};
}

Problem problem(const std::string& code, const std::string& field = "pin") {
    return {field, code, {"problem." + code, {}}};
}

std::vector<std::string> kept_hashes(const Json& enrollment) {
    if (!enrollment.is_object()) return {};
    return enrollment.at("pins").get<std::vector<std::string>>();
}

class AskPin final : public Dialogue {
 public:
    Prompt outline(const Json&) const override {
        return {.title = text("enter.title"),
                .fields = {{.key = "pin",
                            .kind = FieldKind::digits,
                            .label = text("enter.pin"),
                            .spoken = text("enter.spoken"),
                            .min_length = kDigits,
                            .max_length = kDigits,
                            .autofill = "current-password"}}};
    }

    Turn open(const Situation& s) const override {
        return {.verdict = Verdict::ask, .prompt = outline(s.settings)};
    }

    /// One slow hash, whoever it is and whatever they hold.
    Turn reply(const Situation& s, const Answers& answers) const override {
        auto pins = kept_hashes(s.enrollment);
        const auto present = pins.empty() ? s.crypto.unmatchable_hash() : pins.front();
        const Match match = s.crypto.match_secret(present, answers["pin"]);
        if (!match.equal || pins.empty())
            return {.verdict = Verdict::refused,
                    .prompt = outline(s.settings),
                    .problems = {problem("wrong_answer")}};
        Turn turn{.verdict = Verdict::passed};
        if (match.outdated) {
            pins.front() = s.crypto.hash_secret(answers["pin"]);
            turn.enrollment = Json{{"pins", pins}};
        }
        return turn;
    }
};

bool used_before(const Situation& s, std::string_view pin) {
    return std::ranges::any_of(kept_hashes(s.enrollment), [&](const std::string& hash) {
        return s.crypto.match_secret(hash, pin).equal;
    });
}

/// What is held when a PIN of that hash comes before all others.
Json with_pin(const Situation& s, std::string hash) {
    auto pins = kept_hashes(s.enrollment);
    pins.insert(pins.begin(), std::move(hash));
    if (pins.size() > kRemembered) pins.resize(kRemembered);
    return {{"pins", std::move(pins)}};
}

bool is_common(const Situation& s, std::string_view pin) {
    return std::ranges::binary_search(common_pins(), pin) || stands_in_profile(pin, s.subject);
}

class ChoosePin final : public Dialogue {
 public:
    Prompt outline(const Json&) const override {
        const auto field = [](const std::string& key, const std::string& spoken) {
            return Field{.key = key,
                         .kind = FieldKind::digits,
                         .label = text("choose." + key),
                         .spoken = text(spoken),
                         .max_length = kMostTyped,
                         .autofill = "new-password"};
        };
        Prompt prompt{
            .title = text("choose.title"),
            .notices = {{text("choose.what_for")}},
            .fields = {field("pin", "choose.pin_spoken"), field("again", "choose.again_spoken")},
            .submit = text("choose.submit")};
        prompt.fields[0].hint = text("choose.rules");
        return prompt;
    }

    Turn open(const Situation& s) const override { return ask(s, nullptr, {}); }

    Turn reply(const Situation& s, const Answers& answers) const override {
        const std::string pin(answers["pin"]);
        std::vector<Problem> problems;
        for (const auto& rule : broken_pin_rules(pin)) problems.push_back(problem(rule));
        // Whatever breaks the rules above never was anybody's PIN: no need to compare it.
        if (problems.empty() && used_before(s, pin))
            problems.push_back(problem("soft_pin_used_before"));
        const std::string choice = latchkey::text(s.settings, "common_pins");
        const bool common = choice != "allow" && is_common(s, pin);
        if (common && choice == "refuse") problems.push_back(problem("soft_pin_common"));
        if (!s.crypto.equal(pin, answers["again"]))
            problems.push_back(problem("soft_pin_differs", "again"));
        if (!problems.empty()) return ask(s, s.state, std::move(problems));

        if (!common) return keep(s, s.crypto.hash_secret(pin));
        // Taken when the very same one comes a second time; only its hash is remembered for that.
        const bool advised =
            s.state.is_object() &&
            s.crypto.match_secret(s.state.at("advised").get<std::string>(), pin).equal;
        if (advised) return keep(s, s.state.at("advised").get<std::string>());
        return ask(s, {{"advised", s.crypto.hash_secret(pin)}}, {problem("soft_pin_advice")});
    }

 private:
    Turn ask(const Situation& s, Json state, std::vector<Problem> problems) const {
        return {.verdict = problems.empty() ? Verdict::ask : Verdict::refused,
                .prompt = outline(s.settings),
                .state = std::move(state),
                .problems = std::move(problems)};
    }

    static Turn keep(const Situation& s, std::string hash) {
        return {.verdict = Verdict::passed, .enrollment = with_pin(s, std::move(hash))};
    }
};

/// PINs from another system: the column "pin". Somebody else has seen such a PIN, so its owner
/// confirms it by choosing another one.
class PinIntake final : public Intake {
 public:
    std::vector<Field> columns(const Json&) const override {
        return {{.key = "pin", .kind = FieldKind::digits, .label = {}, .max_length = kMostTyped}};
    }

    Imported take(const Situation& s, const Answers& record) const override {
        const std::string pin(record["pin"]);
        Imported taken;
        for (const auto& rule : broken_pin_rules(pin)) taken.problems.push_back(problem(rule));
        if (taken.problems.empty() && latchkey::text(s.settings, "common_pins") == "refuse" &&
            is_common(s, pin))
            taken.problems.push_back(problem("soft_pin_common"));
        if (!taken.problems.empty()) return taken;
        const auto pins = kept_hashes(s.enrollment);
        if (!pins.empty() && s.crypto.match_secret(pins.front(), pin).equal) return {};
        if (used_before(s, pin)) return {.problems = {problem("soft_pin_used_before")}};
        return {.enrollment = with_pin(s, s.crypto.hash_secret(pin))};
    }

    std::vector<HeldRecord> give(const Json& enrollment) const override {
        return std::vector<HeldRecord>(enrollment.is_object() ? 1 : 0);
    }
};

std::vector<Setting> pin_settings() {
    std::vector<Setting> settings{{.key = "common_pins",
                                   .kind = SettingKind::choice,
                                   .fallback = "warn",
                                   .choices = {"allow", "warn", "refuse"}},
                                  wrong_in_a_row_setting(),
                                  use_imported_setting()};
    for (Setting& setting : lifetime_settings()) settings.push_back(std::move(setting));
    return settings;
}

class SoftPin final : public Verification {
 public:
    const VerificationType& type() const override { return type_; }
    const Dialogue& challenge() const override { return ask_; }
    const Dialogue* enrollment() const override { return &choose_; }
    const Intake* intake() const override { return &pins_; }

    bool available(const Subject&, const Json& enrollment, const Json&) const override {
        return enrollment.is_object();
    }

    Json decoy_enrollment(const Subject&, const Json&, const Crypto&) const override {
        return {{"pins", Json::array()}};
    }

    /// The last five PINs stay the last five, whoever ended the enrollment.
    Json remains(const Json& enrollment) const override { return enrollment; }

 private:
    VerificationType type_{
        .id = std::string(kType),
        .name = {"soft_pin.name", {}},
        .assurance = Assurance::medium,
        .standing = {.alone = Standing::Alone::only_to_verify,
                     .first_of_two = true,
                     .second_of_two = true},
        .assets = {Asset::memorised_secret},
        .settings = pin_settings(),
        .properties = {{.key = "soft_pin.enrollment.enabled",
                        .kind = SettingKind::flag,
                        .fallback = true}},
        .gate = EnrollmentGate{.installed = "voice_agents.installed",
                               .enabled = "soft_pin.enrollment.enabled",
                               .closed = {"soft_pin.enrollment.closed", {}}},
        .proof_to_replace = Asset::mailbox,
        .expiry = ExpiryWords{.why = text("expiry.why"), .otherwise = text("expiry.otherwise")},
        .renew = {"soft_pin.renew", {}},
    };
    AskPin ask_;
    ChoosePin choose_;
    PinIntake pins_;
};

}  // namespace

std::vector<std::string> broken_pin_rules(std::string_view digits) {
    std::vector<std::string> broken;
    if (digits.size() != kDigits) broken.emplace_back("soft_pin_length");
    if (longest_row(digits, 0) > kLongestRow) broken.emplace_back("soft_pin_repeated");
    if (std::max(longest_row(digits, 1), longest_row(digits, -1)) > kLongestRow)
        broken.emplace_back("soft_pin_sequence");
    return broken;
}

std::span<const std::string_view> common_pins() {
    return kCommon;
}

bool stands_in_profile(std::string_view pin, const Subject& subject) {
    for (const char* name : {"phone", "employee_number"})
        if (named_in(pin, subject.attribute(name))) return true;
    for (const char* name : {"birth_date", "date_of_birth", "birthdate", "birthday"})
        for (const auto& written : writings_of(subject.attribute(name)))
            if (written.find(pin) != std::string::npos) return true;
    return false;
}

std::unique_ptr<Verification> make_soft_pin() {
    return std::make_unique<SoftPin>();
}

}  // namespace latchkey
