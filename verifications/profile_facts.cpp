#include "verifications/profile_facts.h"

#include <algorithm>
#include <array>
#include <utility>

namespace latchkey {
namespace {

/// Those that have a name in every language: "fact.<attribute>".
constexpr std::array<std::string_view, 7> kNamed{
    "user_name", "email", "phone", "given_name", "family_name", "display_name", "employee_number"};

FieldKind kind_named(const std::string& name) {
    if (name == "digits") return FieldKind::digits;
    if (name == "date") return FieldKind::date;
    return FieldKind::text;
}

class FactsVerification final : public Verification {
 public:
    FactsVerification(VerificationType type, std::unique_ptr<Dialogue> challenge)
        : type_(std::move(type)), challenge_(std::move(challenge)) {}

    const VerificationType& type() const override { return type_; }
    const Dialogue& challenge() const override { return *challenge_; }

    std::vector<Problem> settings_faults(const Json& settings,
                                         const std::string& pointer) const override {
        return profile_facts_faults(settings, pointer);
    }

    bool available(const Subject& subject, const Json& enrollment,
                   const Json& settings) const override {
        return has_facts(subject, enrollment, settings);
    }

    Json decoy_enrollment(const Subject&, const Json&, const Crypto&) const override {
        return facts_of_nobody();
    }

 private:
    VerificationType type_;
    std::unique_ptr<Dialogue> challenge_;
};

}  // namespace

std::unique_ptr<Verification> make_facts_verification(VerificationType type,
                                                      std::unique_ptr<Dialogue> challenge) {
    return std::make_unique<FactsVerification>(std::move(type), std::move(challenge));
}

Setting profile_facts_setting(const char* attribute) {
    return {.key = "attributes",
            .kind = SettingKind::list,
            .fallback = Json::array(
                {{{"attribute", attribute}, {"kind", "text"}, {"label", Json::object()}}}),
            .at_least = 1,
            .at_most = 5,
            .members = {{.key = "attribute", .kind = SettingKind::name, .fallback = nullptr},
                        {.key = "kind",
                         .kind = SettingKind::choice,
                         .fallback = "text",
                         .choices = {"text", "digits", "date"}},
                        {.key = "label",
                         .kind = SettingKind::words,
                         .fallback = Json::object(),
                         .at_least = 0,
                         .at_most = 100}}};
}

std::vector<ProfileFact> profile_facts(const Json& settings) {
    std::vector<ProfileFact> facts;
    for (const Json& item : settings.at("attributes")) {
        ProfileFact fact{.attribute = text(item, "attribute"),
                         .kind = kind_named(text(item, "kind")),
                         .label = {}};
        if (const Json& label = item.at("label"); !label.empty())
            fact.label = {"personal_data.label", {{"label", label.get<Words>()}}};
        else
            fact.label = {"fact." + fact.attribute, {}};
        facts.push_back(std::move(fact));
    }
    return facts;
}

std::vector<Problem> profile_facts_faults(const Json& settings, const std::string& pointer) {
    std::vector<Problem> problems;
    const Json& items = settings.at("attributes");
    for (std::size_t i = 0; i < items.size(); ++i)
        if (items[i].at("label").empty() &&
            std::ranges::count(kNamed, text(items[i], "attribute")) == 0)
            problems.push_back({pointer + "/attributes/" + std::to_string(i) + "/label",
                                "missing",
                                {"definition.missing", {}}});
    return problems;
}

std::string value_of(const ProfileFact& fact, const Subject& subject) {
    return fact.attribute == "user_name" ? subject.user_name : subject.attribute(fact.attribute);
}

bool has_facts(const Subject& subject, const Json& enrollment, const Json& settings) {
    return enrollment == facts_of_nobody() ||
           std::ranges::all_of(profile_facts(settings), [&](const ProfileFact& fact) {
               return !value_of(fact, subject).empty();
           });
}

Json facts_of_nobody() {
    return {{"profile", nullptr}};
}

}  // namespace latchkey
