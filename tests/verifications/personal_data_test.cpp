#include "verifications/personal_data.h"

#include "engine/definitions.h"
#include "tests/support/builders.h"
#include "tests/support/conversation.h"
#include "tests/support/problems.h"
#include "verifications/make_registry.h"
#include "verifications/personal_data_confirmation.h"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

using Lines = std::vector<std::string>;

Json settings(const Verification& type, const Json& given) {
    std::vector<Problem> problems;
    Json complete = checked_settings(type.type().settings, given, "", problems);
    EXPECT_EQ(listed(problems), Lines{});
    EXPECT_EQ(listed(type.settings_faults(complete, "")), Lines{});
    return complete;
}

Subject amy() {
    return AccountBuilder("amy.lee")
        .with("email", "amy.lee@example.org")
        .with("employee_number", "10-01")
        .with("birth_date", "1990-02-28")
        .subject();
}

const Json kThree{
    {"attributes",
     Json::array({{{"attribute", "user_name"}},
                  {{"attribute", "employee_number"}, {"kind", "digits"}},
                  {{"attribute", "birth_date"}, {"kind", "date"}, {"label", {{"en", "Born"}}}}})}};

TEST(PersonalData, IsComparedAsPeopleWriteIt) {
    World world;
    const auto type = make_personal_data();
    const std::tuple<const char*, const char*, const char*, bool> table[] = {
        {"amy.lee", "1001", "1990-02-28", true},
        {" AMY.Lee ", "１0 01", "1990-02-28", true},
        {"amy.le", "1001", "1990-02-28", false},
        {"amy.lee", "1002", "1990-02-28", false},
        {"amy.lee", "1001", "1990-02-27", false}};
    for (const auto& [name, number, born, right] : table) {
        Conversation asked(world, type->challenge(), amy(), settings(*type, kThree), nullptr);
        asked.open();
        const Turn turn = asked.reply({{"value1", name}, {"value2", number}, {"value3", born}});
        EXPECT_EQ(turn.verdict == Verdict::passed, right) << name << number << born;
        EXPECT_EQ(listed(turn.problems), right ? Lines{} : Lines{" wrong_answer"})
            << "one verdict for all";
    }
}

TEST(PersonalData, NeedsAProfileThatHasIt) {
    const auto type = make_personal_data();
    EXPECT_TRUE(type->available(amy(), nullptr, settings(*type, kThree)));
    EXPECT_FALSE(
        type->available(AccountBuilder("bob").subject(), nullptr, settings(*type, kThree)));
}

TEST(PersonalData, NeedsALabelForWhatHasNoName) {
    const auto type = make_personal_data();
    std::vector<Problem> problems;
    const Json with = checked_settings(
        type->type().settings, {{"attributes", Json::array({{{"attribute", "shoe_size"}}})}}, "",
        problems);
    EXPECT_EQ(listed(type->settings_faults(with, "/s")), Lines{"/s/attributes/0/label missing"});
}

TEST(PersonalDataConfirmation, ConfirmsOnlyWhatWasShown) {
    World world;
    const auto type = make_personal_data_confirmation();
    Conversation asked(world, type->challenge(), amy(), settings(*type, nullptr), nullptr);
    asked.open();
    EXPECT_NE(Json(asked.prompt()).dump().find("amy.lee@example.org"), std::string::npos);
    EXPECT_EQ(asked.reply({{"stated1", "other"}}).verdict, Verdict::refused);
    asked.subject().attributes["email"] = "amy.new@example.org";
    EXPECT_EQ(asked.reply({{"stated1", "stated"}}).verdict, Verdict::ask);
    EXPECT_NE(Json(asked.prompt()).dump().find("amy.new@example.org"), std::string::npos);
    EXPECT_EQ(asked.reply({{"stated1", "stated"}}).verdict, Verdict::passed);
}

/// What the product says of these types, with the types themselves.
class Publication : public testing::Test {
 protected:
    static Lines refused(const Lines& verifications, const Json& members = Json::object()) {
        const auto registry = make_registry();
        const Json json = DefinitionsBuilder()
                              .verification("questions", "security_questions")
                              .verification("data", "personal_data")
                              .verification("confirmation", "personal_data_confirmation")
                              .verification("mail", "email_code")
                              .process("p", verifications, members)
                              .build();
        return listed(parse_definitions(json, registry));
    }
};

TEST_F(Publication, IsRefusedForWhatIsTooWeak) {
    const Lines too_weak{"/processes/0/verifications too_weak_together"};
    for (const Lines& ways : {Lines{"questions"}, Lines{"data"}, Lines{"questions", "data"}})
        for (const char* purpose :
             {"reset_password", "unlock_account", "reset_and_unlock", "verify_identity"})
            EXPECT_EQ(refused(ways, {{"purpose", purpose}, {"required_assurance", "none"}}),
                      too_weak)
                << testing::PrintToString(ways) << purpose;
    EXPECT_EQ(refused({"confirmation", "questions", "data"},
                      {{"audience", {"service_desk"}}, {"required_assurance", "none"}}),
              too_weak);
}

TEST_F(Publication, IsRefusedForAConfirmationWithPublicAccess) {
    EXPECT_EQ(refused({"confirmation", "mail"}),
              Lines{"/processes/0/verifications/0 not_for_public"});
    EXPECT_EQ(refused({"confirmation", "mail"}, {{"audience", {"service_desk"}}}), Lines{});
}

TEST_F(Publication, IsRefusedWhereMoreIsAskedThanIsEnrolled) {
    const auto json =
        DefinitionsBuilder()
            .verification("questions", "security_questions", {{"enrolled", 1}, {"asked", 2}})
            .build();
    EXPECT_EQ(listed(parse_definitions(json, make_registry())),
              Lines{"/verifications/0/settings/asked too_many_questions"});
}

TEST_F(Publication, IsAllowedBesideSomethingStronger) {
    EXPECT_EQ(refused({"data", "mail"}), Lines{});
    EXPECT_EQ(refused({"questions", "mail"}), Lines{});
    EXPECT_EQ(refused({"questions", "data", "mail"}), Lines{});
}

TEST(LateTypes, AreOfferedToStrangersOnlyAfterAProof) {
    const auto registry = make_registry();
    for (const char* late : {"security_questions", "personal_data"})
        for (const bool is_public : {true, false}) {
            const Process process = ProcessBuilder()
                                        .required(late)
                                        .required("email_code")
                                        .audience({is_public ? "public" : "service_desk"})
                                        .build();
            auto request = request_for(process);
            const std::string name = process.steps[0].verification.name;
            EXPECT_EQ(offered_steps(request, process, registry),
                      is_public ? Lines{"email-code"} : (Lines{name, "email-code"}));
            request.steps[1].state = StepState::passed;
            EXPECT_EQ(offered_steps(request, process, registry), Lines{name});
        }
}

}  // namespace
}  // namespace latchkey
