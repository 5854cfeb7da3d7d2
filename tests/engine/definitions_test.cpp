#include "engine/definitions.h"

#include "tests/support/builders.h"
#include "tests/support/problems.h"
#include "tests/support/type_table.h"

#include <gtest/gtest.h>
#include <stdexcept>

namespace latchkey {
namespace {

using Lines = std::vector<std::string>;

/// The types of the table; email codes have settings whose length is at first `code_length`.
Registry make_types(int code_length = 6) {
    Registry registry;
    for (auto& type : type_table()) {
        if (type.id == "email_code")
            type.settings = {{.key = "code_length",
                              .kind = SettingKind::integer,
                              .fallback = code_length,
                              .at_least = 6,
                              .at_most = 10},
                             {.key = "expires_in",
                              .kind = SettingKind::duration,
                              .fallback = "10m",
                              .at_least = 60,
                              .at_most = 600},
                             {.key = "resend_after",
                              .kind = SettingKind::duration,
                              .fallback = "2m",
                              .at_least = 30,
                              .at_most = 3600},
                             {.key = "max_per_day",
                              .kind = SettingKind::integer,
                              .fallback = 10,
                              .at_least = 1,
                              .at_most = 50}};
        registry.add(make_stub(std::move(type)));
    }
    return registry;
}

const Registry& types() {
    static const Registry kTypes = make_types();
    return kTypes;
}

/// The example of the documentation, less the parts that are not there yet.
const char* const kExample = R"({
  "verifications": [
    { "name": "email-code", "type": "email_code", "title": {"en": "Email code"},
      "settings": { "code_length": 6, "expires_in": "10m", "resend_after": "2m", "max_per_day": 10 } },
    { "name": "soft-pin", "type": "soft_pin", "title": {"en": "Soft PIN"} }
  ],
  "processes": [
    { "name": "reset", "slug": "reset", "title": {"en": "Reset my password"}, "purpose": "reset_password",
      "audience": ["public", "api"], "identify_by": ["user_name", "email"],
      "credential_store": "local", "required_assurance": "medium",
      "verifications": [ { "verification": "email-code", "required": true },
                         { "verification": "soft-pin", "required": false } ],
      "optional_needed": 0, "limits": { "expires_in": "10m", "attempts": 3, "retry_window": "24h" },
      "password": { "mode": "chosen", "must_change": false } }
  ]
})";

Definitions parsed(const Json& json) {
    auto result = parse_definitions(json, types());
    EXPECT_EQ(listed(result), Lines{});
    return result ? *result : Definitions{};
}

std::string exported(const Definitions& definitions) {
    return definitions_json(definitions, types()).dump(2);
}

/// Two verifications and a process that is accepted.
DefinitionsBuilder sound() {
    return DefinitionsBuilder()
        .verification("email-code", "email_code")
        .verification("soft-pin", "soft_pin")
        .process("reset", {"email-code"});
}

TEST(Definitions, OfTheExampleAreAccepted) {
    const Definitions definitions = parsed(Json::parse(kExample));
    ASSERT_EQ(definitions.processes.size(), 1U);
    const Process& reset = definitions.processes[0];
    EXPECT_EQ(reset.slug, "reset");
    EXPECT_EQ(reset.purpose, Purpose::reset_password);
    EXPECT_TRUE(reset.open_to("public") && reset.open_to("api") && !reset.open_to("signed_in"));
    EXPECT_EQ(reset.identify_by, (Lines{"user_name", "email"}));
    EXPECT_EQ(duration(reset.limits, "expires_in"), Minutes{10});
    ASSERT_EQ(reset.steps.size(), 2U);
    EXPECT_TRUE(reset.steps[0].required);
    EXPECT_FALSE(reset.steps[1].required);
    EXPECT_EQ(reset.steps[0].verification.type, "email_code");
    EXPECT_EQ(integer(reset.steps[0].verification.settings, "code_length"), 6);
    EXPECT_EQ(listed(definitions.warnings), Lines{"/processes/0/verifications one_asset_opens"});
}

TEST(Definitions, OfNothingAreAccepted) {
    const Definitions definitions = parsed(Json::object());
    EXPECT_TRUE(definitions.processes.empty());
    EXPECT_EQ(integer(definitions.settings, "limits.requests_per_day"), 10);
}

TEST(Definitions, FillInWhatAProcessLeavesOut) {
    const Process reset = parsed(sound().build()).processes.at(0);
    EXPECT_EQ(reset.slug, "reset");
    EXPECT_TRUE(reset.enabled);
    EXPECT_EQ(reset.purpose, Purpose::reset_password);
    EXPECT_EQ(reset.audience, Lines{"public"});
    EXPECT_EQ(reset.identify_by, Lines{"user_name"});
    EXPECT_EQ(reset.required_assurance, Assurance::medium);
    EXPECT_EQ(reset.optional_needed, 0);
    EXPECT_TRUE(reset.steps.at(0).required);
    EXPECT_EQ(duration(reset.limits, "expires_in"), Minutes{20});
    EXPECT_EQ(integer(reset.limits, "attempts"), 3);
    EXPECT_EQ(integer(reset.password, "min_length"), 15);
}

TEST(Definitions, KeepACopyOfEachVerificationInItsProcess) {
    const auto definitions = parsed(DefinitionsBuilder()
                                        .verification("v", "email_code", {{"code_length", 8}})
                                        .process("p", {"v"})
                                        .build());
    const auto& copy = definitions.processes.at(0).steps.at(0).verification;
    EXPECT_EQ(copy.name, "v");
    EXPECT_EQ(integer(copy.settings, "code_length"), 8);
    EXPECT_EQ(duration(copy.settings, "expires_in"), Minutes{10});
}

struct Mistake {
    const char* pointer;  // where in a sound file
    Json value;           // what is put there
    Lines problems;
};

TEST(Definitions, NameEachMistakeWhereItIs) {
    const std::string v = "/verifications/0";
    const std::string p = "/processes/0";
    const std::vector<Mistake> table{
        {"/settings",
         {{"limits.requests_per_day", 0}},
         {"/settings/limits.requests_per_day not_an_integer"}},
        {"/settings", {{"x/y", 1}}, {"/settings/x~1y unknown_name"}},
        {"/settings", Json::array(), {"/settings not_an_object"}},
        {"/verifications",
         "x",
         {"/verifications not_a_list", p + "/verifications/0/verification unknown_name"}},
        {"/verifications/0",
         7,
         {v + " not_an_object", v + "/name missing", v + "/type missing", v + "/title missing",
          p + "/verifications/0/verification unknown_name"}},
        {"/verifications/1/name", nullptr, {"/verifications/1/name missing"}},
        {"/verifications/1/name", "Soft PIN", {"/verifications/1/name not_a_name"}},
        {"/verifications/1/name", "", {"/verifications/1/name not_a_name"}},
        {"/verifications/1/name", std::string(61, 'a'), {"/verifications/1/name not_a_name"}},
        {"/verifications/1/name", "(password)", {"/verifications/1/name not_a_name"}},
        {"/verifications/1/name", "a/b", {"/verifications/1/name not_a_name"}},
        {"/verifications/1/name", "email-code", {"/verifications/1/name used_twice"}},
        {"/verifications/0/type", "smoke_signals", {v + "/type type_not_installed"}},
        {"/verifications/0/type", 7, {v + "/type not_a_name"}},
        {"/verifications/0/title", nullptr, {v + "/title missing"}},
        {"/verifications/0/title", Json::object(), {v + "/title not_words"}},
        {"/verifications/0/title", "Email code", {v + "/title not_words"}},
        {"/verifications/0/title", {{"en", 7}}, {v + "/title not_words"}},
        {"/verifications/0/title", {{"en", "a\nb"}}, {v + "/title not_words"}},
        {"/verifications/0/title", {{"en", std::string(201, 'a')}}, {v + "/title not_words"}},
        {"/verifications/0/settings",
         {{"code_length", 5}},
         {v + "/settings/code_length not_an_integer"}},
        {"/verifications/0/settings",
         {{"code_lenght", 6}},
         {v + "/settings/code_lenght unknown_name"}},
        {"/verifications/0/colour", "red", {v + "/colour unknown_name"}},
        {"/processes", 7, {"/processes not_a_list"}},
        {"/processes/0/name", nullptr, {p + "/name missing"}},
        {"/processes/0/slug", "Reset Me", {p + "/slug not_a_name"}},
        {"/processes/0/title", nullptr, {p + "/title missing"}},
        {"/processes/0/description", 7, {p + "/description not_words"}},
        {"/processes/0/enabled", "yes", {p + "/enabled not_a_flag"}},
        {"/processes/0/order", 1001, {p + "/order not_an_integer"}},
        {"/processes/0/order", -1, {p + "/order not_an_integer"}},
        {"/processes/0/order", 1.5, {p + "/order not_an_integer"}},
        {"/processes/0/order", 18446744073709551615U, {p + "/order not_an_integer"}},
        {"/processes/0/purpose", "reset", {p + "/purpose not_a_choice"}},
        {"/processes/0/audience", {"everybody"}, {p + "/audience not_choices"}},
        {"/processes/0/audience", {"public", "public"}, {p + "/audience not_choices"}},
        {"/processes/0/audience", "public", {p + "/audience not_choices"}},
        {"/processes/0/groups", {"a b"}, {p + "/groups not_names"}},
        {"/processes/0/groups", {7}, {p + "/groups not_names"}},
        {"/processes/0/identify_by", Json::array(), {p + "/identify_by not_names"}},
        {"/processes/0/credential_store", "ldap", {p + "/credential_store not_a_choice"}},
        {"/processes/0/required_assurance", "huge", {p + "/required_assurance not_a_choice"}},
        {"/processes/0/required_assurance",
         "high",
         {p + "/required_assurance assurance_not_reached"}},
        {"/processes/0/optional_needed", 1, {p + "/optional_needed too_many_optional_needed"}},
        {"/processes/0/optional_needed", 20, {p + "/optional_needed too_many_optional_needed"}},
        {"/processes/0/optional_needed", 21, {p + "/optional_needed not_an_integer"}},
        {"/processes/0/verifications", Json::array(), {p + " no_verification"}},
        {"/processes/0/verifications", Json::object(), {p + "/verifications not_a_list"}},
        {"/processes/0/verifications/0",
         "email-code",
         {p + "/verifications/0 not_an_object", p + "/verifications/0/verification missing"}},
        {"/processes/0/verifications/0/verification",
         "email_code",
         {p + "/verifications/0/verification unknown_name"}},
        {"/processes/0/verifications/0/verification",
         "soft-pin",
         {p + "/verifications too_weak_together"}},
        {"/processes/0/verifications/0/required", 1, {p + "/verifications/0/required not_a_flag"}},
        {"/processes/0/verifications/0/need", true, {p + "/verifications/0/need unknown_name"}},
        {"/processes/0/verifications",
         {{{"verification", "email-code"}}, {{"verification", "email-code"}}},
         {p + "/verifications/1/verification used_twice"}},
        {"/processes/0/limits", {{"attempts", 11}}, {p + "/limits/attempts not_an_integer"}},
        {"/processes/0/limits", {{"expires_in", "1s"}}, {p + "/limits/expires_in not_a_duration"}},
        {"/processes/0/limits", {{"atempts", 3}}, {p + "/limits/atempts unknown_name"}},
        {"/processes/0/password", {{"mode", "emailed"}}, {p + "/password/mode not_a_choice"}},
        {"/processes/0/password", {{"min_length", 7}}, {p + "/password/min_length not_an_integer"}},
        {"/processes/0/version", 3, {p + "/version unknown_name"}},
        {"/questions", Json::array(), {"/questions unknown_name"}},
        {"/procesess", Json::array(), {"/procesess unknown_name"}},
    };
    for (const auto& [pointer, value, problems] : table) {
        Json json = sound().build();
        json[Json::json_pointer(pointer)] = value;
        EXPECT_EQ(listed(parse_definitions(json, types())), problems) << pointer << " " << value;
    }
}

TEST(Definitions, SayWhatThereIsToChooseFrom) {
    const auto choices = [](const char* key, const Json& value) {
        Json json = sound().build();
        json["processes"][0][key] = value;
        const auto refused = parse_definitions(json, types());
        return std::get<std::string>(refused.error().problems.at(0).text.arguments.at("choices"));
    };
    EXPECT_EQ(choices("audience", {"everybody"}), "public, signed_in, service_desk, api");
    EXPECT_EQ(choices("required_assurance", "huge"), "none, low, medium, high, multi_factor");
}

TEST(Definitions, HaveTitlesOfTwoHundredCharactersAtMost) {
    const auto with_title = [](std::size_t length) {
        Json json = sound().build();
        json["processes"][0]["title"]["en"] = std::string(length, 'a');
        return listed(parse_definitions(json, types()));
    };
    EXPECT_EQ(with_title(200), Lines{});
    EXPECT_EQ(with_title(201), Lines{"/processes/0/title not_words"});
}

TEST(Definitions, AreNotReadFromWhatIsNoObject) {
    for (const Json& json : {Json(), Json::array(), Json("x"), Json(7)})
        EXPECT_EQ(listed(parse_definitions(json, types())), Lines{" not_an_object"}) << json;
}

TEST(Definitions, HaveEachNameAndSlugOnce) {
    auto json = sound().process("reset", {"email-code"}, {{"slug", "other"}}).build();
    EXPECT_EQ(listed(parse_definitions(json, types())), Lines{"/processes/1/name used_twice"});
    json = sound().process("second", {"email-code"}, {{"slug", "reset"}}).build();
    EXPECT_EQ(listed(parse_definitions(json, types())), Lines{"/processes/1/slug used_twice"});
}

TEST(Definitions, NameTheNearestKnownName) {
    Json json = sound().build();
    json["processes"][0]["verifications"][0]["verification"] = "email-cod";
    json["processes"][0]["audiance"] = "public";
    const auto refused = parse_definitions(json, types());
    ASSERT_EQ(refused.error().problems.size(), 2U);
    EXPECT_EQ(refused.error().problems[0].text.arguments.at("nearest"), Argument("email-code"));
    EXPECT_EQ(refused.error().problems[1].text.arguments.at("nearest"), Argument("audience"));
}

TEST(Definitions, ListEveryProblemAtOnce) {
    Json json = sound().build();
    json["settings"]["nonsense"] = 1;
    json["verifications"][1].erase("title");
    json["processes"][0]["order"] = "first";
    EXPECT_EQ(listed(parse_definitions(json, types())),
              (Lines{"/settings/nonsense unknown_name", "/verifications/1/title missing",
                     "/processes/0/order not_an_integer"}));
}

TEST(ExportedDefinitions, AreTheSameBytesWhenTheyAreReadAndExportedAgain) {
    const Json files[] = {
        Json::object(), Json::parse(kExample), sound().build(),
        sound()
            .setting("limits.requests_per_day", 7)
            .setting("service_desk.contact", "Call 1234 «ext. 5»")
            .setting("freeze.lasts", "48h")
            .verification("long", "email_code", {{"code_length", 8}, {"expires_in", "300s"}})
            .process("verify", {"soft-pin", "long"},
                     {{"slug", "v"},
                      {"title", {{"en", "Verify"}, {"es", "Verificar"}, {"ja", "確認"}}},
                      {"description", {{"en", "…"}}},
                      {"enabled", false},
                      {"order", 9},
                      {"purpose", "verify_identity"},
                      {"audience", {"api", "service_desk"}},
                      {"groups", {"staff", "guests"}},
                      {"identify_by", {"employee_number"}},
                      {"required_assurance", "multi_factor"},
                      {"limits", {{"attempts", 5}, {"success_wait", "1h"}}},
                      {"password", {{"must_change", true}, {"history", 0}}}})
            .build()};
    for (const Json& file : files) {
        const std::string once = exported(parsed(file));
        EXPECT_EQ(exported(parsed(Json::parse(once))), once);
    }
}

TEST(ExportedDefinitions, LeaveDefaultsOut) {
    const Json file = Json::parse(exported(parsed(Json::parse(kExample))));
    EXPECT_FALSE(file.contains("settings"));
    EXPECT_FALSE(file.at("verifications").at(0).contains("settings"));
    EXPECT_EQ(file.at("processes").at(0).at("limits"), Json({{"expires_in", "10m"}}));
    EXPECT_FALSE(file.at("processes").at(0).contains("password"));
}

TEST(ExportedDefinitions, DoNotDependOnTheOrderOfMembers) {
    const char* const other_order = R"({
      "processes": [{"verifications": [{"required": true, "verification": "v"}],
                     "title": {"es": "b", "en": "a"}, "name": "p"}],
      "verifications": [{"title": {"en": "V"}, "type": "email_code", "name": "v"}]})";
    const char* const one_order = R"({
      "verifications": [{"name": "v", "type": "email_code", "title": {"en": "V"}}],
      "processes": [{"name": "p", "title": {"en": "a", "es": "b"},
                     "verifications": [{"verification": "v", "required": true}]}]})";
    EXPECT_EQ(exported(parsed(Json::parse(other_order))), exported(parsed(Json::parse(one_order))));
}

std::string stored(const Process& process, const Registry& registry = types()) {
    return process_json(process, registry).dump();
}

TEST(StoredProcess, IsReadBackAsItWas) {
    const Json full = sound()
                          .process("full", {"email-code", "soft-pin"},
                                   {{"slug", "f"},
                                    {"description", {{"en", "…"}}},
                                    {"enabled", false},
                                    {"order", 9},
                                    {"purpose", "reset_and_unlock"},
                                    {"audience", {"service_desk"}},
                                    {"groups", {"staff"}},
                                    {"identify_by", {"email", "employee_number"}},
                                    {"required_assurance", "high"},
                                    {"limits", {{"attempts", 5}}},
                                    {"password", {{"must_change", true}}}})
                          .build();
    Json high = full;
    high["processes"][1]["required_assurance"] = "multi_factor";
    for (const Process& process : parsed(high).processes) {
        const Process again = process_from_json(Json::parse(stored(process)), types());
        EXPECT_EQ(stored(again), stored(process));
        EXPECT_EQ(again.name, process.name);
        EXPECT_EQ(again.purpose, process.purpose);
        EXPECT_EQ(again.groups, process.groups);
        EXPECT_EQ(again.steps.size(), process.steps.size());
        EXPECT_EQ(again.limits, process.limits);
    }
}

TEST(StoredProcess, SpellsOutEverySetting) {
    const Json json = Json::parse(stored(parsed(sound().build()).processes.at(0)));
    for (const Setting& setting : process_limit_settings())
        EXPECT_EQ(json.at("process").at("limits").at(setting.key), setting.fallback);
    for (const Setting& setting : process_password_settings())
        EXPECT_EQ(json.at("process").at("password").at(setting.key), setting.fallback);
    EXPECT_EQ(json.at("verifications").at(0).at("settings").at("code_length"), 6);
}

TEST(StoredProcess, StaysAsItWasWhenADefaultChanges) {
    const Registry later = make_types(8);
    const Process process = parsed(sound().build()).processes.at(0);
    const Process again = process_from_json(Json::parse(stored(process)), later);
    EXPECT_EQ(integer(again.steps.at(0).verification.settings, "code_length"), 6);
    EXPECT_EQ(stored(again, later), stored(process));
}

TEST(StoredProcess, IsKeptWithoutATypeThatIsNoLongerInstalled) {
    const Process process = parsed(sound().build()).processes.at(0);
    const Registry nothing;
    const Process again = process_from_json(Json::parse(stored(process)), nothing);
    ASSERT_EQ(again.steps.size(), 1U);
    EXPECT_EQ(again.steps[0].verification.type, "email_code");
    EXPECT_EQ(listed(process_faults(again, nothing, "")),
              Lines{"/verifications/0 type_not_installed"});
}

TEST(StoredProcess, IsNotReadFromAnythingElse) {
    const Json good = Json::parse(stored(parsed(sound().build()).processes.at(0)));
    EXPECT_NO_THROW(process_from_json(good, types()));
    for (const char* pointer :
         {"/verifications", "/process", "/process/name", "/process/title", "/process/purpose",
          "/process/verifications/0/verification", "/process/limits/attempts",
          "/verifications/0/settings/code_length"})
        for (const Json& wrong : {Json(), Json(-7), Json("no such thing"), Json::array({7})}) {
            Json bad = good;
            bad[Json::json_pointer(pointer)] = wrong;
            const bool left_out = wrong.is_null();  // null is as good as missing: a default
            const bool has_default = std::string_view(pointer) == "/process/purpose" ||
                                     std::string_view(pointer) == "/process/limits/attempts" ||
                                     std::string_view(pointer).ends_with("code_length");
            if (left_out && has_default) continue;
            EXPECT_THROW(process_from_json(bad, types()), std::logic_error) << pointer << wrong;
        }
    for (const char* text : {"null", "[]", "{}", "7", R"({"process": {}})"})
        EXPECT_THROW(process_from_json(Json::parse(text), types()), std::logic_error) << text;
}

}  // namespace
}  // namespace latchkey
