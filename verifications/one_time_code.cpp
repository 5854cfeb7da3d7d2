#include "verifications/one_time_code.h"

#include "engine/intake.h"
#include "verifications/device_intake.h"
#include "verifications/sent_code.h"

#include <algorithm>

namespace latchkey {
namespace {

// clang-format off
std::vector<Setting> settings_of(const CodeChannel& channel) {
    return {
        {.key = "code_length", .kind = SettingKind::integer, .fallback = 6, .at_least = 6, .at_most = 10},
        {.key = "expires_in", .kind = SettingKind::duration, .fallback = format_duration(channel.expires_in), .at_least = 60, .at_most = 600},
        {.key = "resend_after", .kind = SettingKind::duration, .fallback = "2m", .at_least = 30, .at_most = 3600},
        {.key = "max_per_day", .kind = SettingKind::integer, .fallback = 10, .at_least = 1, .at_most = 50},
        {.key = "use_profile", .kind = SettingKind::flag, .fallback = true},
        use_imported_setting(),
    };
}
// clang-format on

/// Sends a code to a device of the account and takes it.
class AskCode final : public Dialogue {
 public:
    explicit AskCode(const CodeChannel& channel) : channel_(channel) {}

    Prompt outline(const Json& settings) const override {
        return {.title = {channel_.type + ".enter.title", {}},
                .fields = {code_field(channel_, settings)}};
    }

    Turn open(const Situation& s) const override {
        const auto device = chosen(s);
        return send(next_code(nullptr, device.address, s), device, s);
    }

    Turn reply(const Situation& s, const Answers& answers) const override {
        const CodeSent sent = code_sent(s.state);
        const auto device = chosen(s);
        if (answers.action() == kResend && !device.address.empty())
            return send(next_code(&sent, device.address, s), device, s);
        // An address that was changed or removed meanwhile voids its codes (R11.4).
        const bool still_there = device.address == sent.address;
        const auto fault = code_fault(channel_, sent, answers["code"], s);
        if (!fault && still_there) return {.verdict = Verdict::passed, .item = s.destination};
        Turn turn{.verdict = Verdict::refused,
                  .prompt = code_prompt(channel_, sent, s),
                  .state = s.state};
        if (fault) {
            turn.state = remembering(*fault, s.state);
            turn.problems = {*fault};
        }
        return turn;
    }

 private:
    CodeDevice chosen(const Situation& s) const {
        const auto devices = code_devices(channel_, s.subject, s.enrollment, s.settings);
        return find_device(devices, s.destination).value_or(CodeDevice{});
    }

    Turn send(const CodeSent& sent, const CodeDevice& device, const Situation& s) const {
        return {.verdict = Verdict::ask,
                .prompt = code_prompt(channel_, sent, s),
                .state = to_memory(sent),
                .effects = {code_message(channel_, sent, device, "code", s)}};
    }

    const CodeChannel& channel_;
};

/// Takes an address and a name, sends a code there, takes the code, and keeps the device on submit.
class AddDevice final : public Dialogue {
 public:
    explicit AddDevice(const CodeChannel& channel) : channel_(channel) {}

    Prompt outline(const Json&) const override {
        return {.title = text("add.title"),
                .fields = {{.key = "address",
                            .label = text("add.address"),
                            .hint = text("add.address_hint"),
                            .max_length = 254,
                            .autofill = channel_.autofill},
                           {.key = "name",
                            .label = text("add.name"),
                            .hint = text("add.name_hint"),
                            .max_length = kLongestDeviceName,
                            .required = false}},
                .submit = text("add.submit")};
    }

    Turn open(const Situation& s) const override {
        if (const Json* waiting = unsubmitted(s.enrollment)) return confirm(*waiting, s.enrollment);
        if (const Json* imported = unconfirmed_item(s.enrollment)) return offer(*imported);
        return ask_address(s);
    }

    Turn reply(const Situation& s, const Answers& answers) const override {
        const std::string at = s.state.at("at").get<std::string>();
        if (answers.action() == kRestart) return ask_address(s);
        if (at == "address") return take_address(s, answers);
        if (at == "imported") return take_offer(s);
        if (at == "code") return take_code(s, answers);
        return submit(s);
    }

 private:
    static constexpr std::string_view kRestart = "restart";

    Text text(const std::string& id) const { return {channel_.type + "." + id, {}}; }

    static const Json* unsubmitted(const Json& enrollment) {
        if (!enrollment.is_object()) return nullptr;
        for (const Json& item : enrollment.at("items"))
            if (!item.at("submitted").get<bool>()) return &item;
        return nullptr;
    }

    static const Json* item_with(const Json& enrollment, const char* key, const Json& value) {
        if (enrollment.is_object())
            for (const Json& item : enrollment.at("items"))
                if (item.at(key) == value) return &item;
        return nullptr;
    }

    /// What somebody else entered for the person is theirs once they read a code there.
    Turn offer(const Json& item) const {
        const std::string address = item.at("address").get<std::string>();
        return {
            .verdict = Verdict::ask,
            .prompt = {.title = text("imported.title"),
                       .notices = {{{channel_.type + ".imported.known", {{"address", address}}}}},
                       .submit = text("add.submit"),
                       .actions = {{std::string(kRestart), text("prove.restart")}}},
            .state = {{"at", "imported"}, {"item", item.at("id")}}};
    }

    Turn take_offer(const Situation& s) const {
        const Json* const item = item_with(s.enrollment, "id", s.state.at("item"));
        if (!item) return ask_address(s);  // removed meanwhile
        const CodeDevice device{item->at("id").get<std::string>(),
                                item->at("name").get<std::string>(),
                                item->at("address").get<std::string>()};
        return send(next_code(nullptr, device.address, s), device, s);
    }

    Turn ask_address(const Situation& s, std::vector<Problem> problems = {},
                     const Answers* typed = nullptr) const {
        Turn turn{.verdict = Verdict::ask,
                  .prompt = outline(s.settings),
                  .state = {{"at", "address"}},
                  .problems = std::move(problems)};
        if (typed)
            for (Field& field : turn.prompt.fields) field.value = (*typed)[field.key];
        return turn;
    }

    Turn take_address(const Situation& s, const Answers& answers) const {
        const auto refuse = [&](const std::string& code) {
            return ask_address(s, {{"address", code, {"problem." + code, {}}}}, &answers);
        };
        const auto address = channel_.canonical(answers["address"]);
        if (!address)
            return refuse(channel_.type +
                          (channel_.fault ? channel_.fault(answers["address"]) : "_bad_address"));
        const auto devices = code_devices(channel_, s.subject, s.enrollment, s.settings);
        if (contains_address(channel_, devices, *address)) return refuse("already_enrolled");
        if (devices.size() >= kMostDevices) return refuse("too_many_devices");
        const Json* const known = item_with(s.enrollment, "address", *address);
        const std::string name(answers["name"].empty() ? *address : answers["name"]);
        const CodeDevice device{known ? known->at("id").get<std::string>() : random_token(s.random),
                                name, *address};
        return send(next_code(nullptr, *address, s), device, s);
    }

    Turn send(const CodeSent& sent, const CodeDevice& device, const Situation& s) const {
        Json memory = to_memory(sent);
        memory["at"] = "code";
        memory["device"] = {{"id", device.id}, {"name", device.name}};
        return {.verdict = Verdict::ask,
                .prompt = enter_prompt(sent, s),
                .state = std::move(memory),
                .effects = {code_message(channel_, sent, device, "enroll_code", s)}};
    }

    Prompt enter_prompt(const CodeSent& sent, const Situation& s) const {
        Prompt prompt = code_prompt(channel_, sent, s);
        prompt.title = text("prove.title");
        prompt.submit = text("prove.submit");
        prompt.actions.push_back({std::string(kRestart), text("prove.restart")});
        return prompt;
    }

    Turn take_code(const Situation& s, const Answers& answers) const {
        const CodeSent sent = code_sent(s.state);
        const Json& kept = s.state.at("device");
        const CodeDevice device{kept.at("id").get<std::string>(),
                                kept.at("name").get<std::string>(), sent.address};
        if (answers.action() == kResend) return send(next_code(&sent, sent.address, s), device, s);
        if (const auto fault = code_fault(channel_, sent, answers["code"], s))
            return {.verdict = Verdict::refused,
                    .prompt = enter_prompt(sent, s),
                    .state = remembering(*fault, s.state),
                    .problems = {*fault}};
        const Json item{
            {"id", device.id},           {"name", device.name},        {"address", device.address},
            {"added_at", millis(s.now)}, {"proved_at", millis(s.now)}, {"submitted", false}};
        Json enrollment = s.enrollment.is_object() ? s.enrollment : Json{{"items", Json::array()}};
        Json& items = enrollment["items"];
        const auto same = std::ranges::find_if(
            items, [&](const Json& other) { return other.at("id") == device.id; });
        if (same == items.end())
            items.push_back(item);
        else
            *same = item;
        return confirm(item, enrollment);
    }

    /// Proved and kept; one button from being used.
    Turn confirm(const Json& item, const Json& enrollment) const {
        const std::string address = item.at("address").get<std::string>();
        return {
            .verdict = Verdict::ask,
            .prompt = {.title = text("confirm.title"),
                       .notices = {{{channel_.type + ".confirm.proved", {{"address", address}}}}},
                       .submit = text("confirm.submit")},
            .state = {{"at", "confirm"}, {"item", item.at("id")}},
            .enrollment = enrollment};
    }

    Turn submit(const Situation& s) const {
        Json enrollment = s.enrollment;
        if (enrollment.is_object())
            for (Json& item : enrollment.at("items"))
                if (item.at("id") == s.state.at("item")) {
                    item["submitted"] = true;
                    return {.verdict = Verdict::passed, .enrollment = enrollment};
                }
        return ask_address(s);  // removed meanwhile
    }

    const CodeChannel& channel_;
};

class OneTimeCode final : public Verification {
 public:
    OneTimeCode(CodeChannel channel, VerificationType type)
        : channel_(std::move(channel)),
          type_(std::move(type)),
          ask_(channel_),
          add_(channel_),
          intake_(channel_) {
        type_.id = channel_.type;
        type_.name = {channel_.type + ".name", {}};
        type_.sends = true;
        type_.settings = settings_of(channel_);
    }

    const VerificationType& type() const override { return type_; }
    const Dialogue& challenge() const override { return ask_; }
    const Dialogue* enrollment() const override { return &add_; }
    const Intake* intake() const override { return &intake_; }

    bool available(const Subject& subject, const Json& enrollment,
                   const Json& settings) const override {
        return !code_devices(channel_, subject, enrollment, settings).empty();
    }

    std::vector<Destination> destinations(const Subject& subject, const Json& enrollment,
                                          const Json& settings) const override {
        std::vector<Destination> places;
        for (const auto& device : code_devices(channel_, subject, enrollment, settings))
            places.push_back(
                {device.id, {channel_.type + ".choose", {{"to", channel_.mask(device.address)}}}});
        return places;
    }

    /// One address, for some a second one: two alone must not tell that somebody is real (S03).
    Json decoy_enrollment(const Subject& subject, const Json& settings,
                          const Crypto& crypto) const override {
        const auto chance = crypto.keyed_digest(KeyUse::decoy, {"devices", subject.account.text()});
        const bool second = static_cast<unsigned char>(chance[0]) < 32;  // one in eight
        const bool use_profile = flag(settings, "use_profile");
        const std::string on_file = subject.attribute(channel_.attribute);
        const bool invented = on_file.empty() && channel_.invent;
        const std::string own = invented ? channel_.invent(chance.substr(2)) : on_file;
        Json items = Json::array();
        // What stands in a person's profile is offered under that name.
        if (!use_profile || invented)
            items.push_back(decoy_item(crypto, "first", own, invented && use_profile));
        if (second) items.push_back(decoy_item(crypto, "second", channel_.other(own, chance)));
        if (items.empty()) return nullptr;
        return {{"items", std::move(items)}};
    }

    std::vector<Contact> contacts(const Subject& subject, const Json& enrollment,
                                  const Json& settings) const override {
        std::vector<Contact> contacts;
        for (const auto& device : code_devices(channel_, subject, enrollment, settings))
            contacts.push_back({channel_.channel, device.address});
        return contacts;
    }

 private:
    static Json decoy_item(const Crypto& crypto, std::string_view which, const std::string& address,
                           bool of_profile = false) {
        const auto id = crypto.keyed_digest(KeyUse::decoy, {"device", which, address});
        return {{"id", of_profile ? std::string(kProfileDevice) : base32(id.substr(0, 16))},
                {"name", ""},
                {"address", address},
                {"submitted", true}};
    }

    CodeChannel channel_;
    VerificationType type_;
    AskCode ask_;
    AddDevice add_;
    DeviceIntake intake_;
};

}  // namespace

std::unique_ptr<Verification> make_one_time_code(CodeChannel channel, VerificationType type) {
    return std::make_unique<OneTimeCode>(std::move(channel), std::move(type));
}

}  // namespace latchkey
