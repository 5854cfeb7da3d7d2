#include "engine/process.h"

#include "tests/support/builders.h"
#include "tests/support/problems.h"
#include "tests/support/type_table.h"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

using Lines = std::vector<std::string>;

const Registry& registry() {
    static const Registry kRegistry = registry_of_table();
    return kRegistry;
}

Lines faults(const ProcessBuilder& process) {
    return listed(process_faults(process.build(), registry(), ""));
}

Lines warnings(const ProcessBuilder& process) {
    return listed(process_warnings(process.build(), registry(), ""));
}

TEST(ProcessFaults, AcceptOneStrongVerification) {
    EXPECT_EQ(faults(ProcessBuilder().required("authenticator")), Lines{});
    EXPECT_EQ(faults(ProcessBuilder().required("push").assurance(Assurance::high)), Lines{});
    EXPECT_EQ(faults(ProcessBuilder().required("email_code")), Lines{});
}

TEST(ProcessFaults, RefuseAProcessWithoutVerifications) {
    EXPECT_EQ(faults(ProcessBuilder()), Lines{" no_verification"});
    EXPECT_EQ(faults(ProcessBuilder().purpose(Purpose::verify_identity)),
              Lines{" no_verification"});
}

TEST(ProcessFaults, RefuseAProcessThatNeedsNoneOfItsVerifications) {
    EXPECT_EQ(faults(ProcessBuilder().optional("authenticator")),
              Lines{"/verifications too_weak_together"});
    EXPECT_EQ(faults(ProcessBuilder().optional("authenticator").optional("push")),
              Lines{"/verifications too_weak_together"});
}

TEST(ProcessFaults, RefuseWeakOnesAloneForASensitivePurpose) {
    for (const char* type :
         {"soft_pin", "sms_code", "security_questions", "recovery_codes", "personal_data"})
        for (const auto purpose :
             {Purpose::reset_password, Purpose::unlock_account, Purpose::reset_and_unlock})
            EXPECT_EQ(
                faults(ProcessBuilder().required(type).purpose(purpose).assurance(Assurance::none)),
                Lines{"/verifications too_weak_together"})
                << type;
}

TEST(ProcessFaults, RefuseSecurityQuestionsTogetherWithPersonalData) {
    EXPECT_EQ(faults(ProcessBuilder()
                         .required("security_questions")
                         .required("personal_data")
                         .assurance(Assurance::none)),
              Lines{"/verifications too_weak_together"});
}

TEST(ProcessFaults, NameWhatIsTooWeakTogether) {
    const auto process = ProcessBuilder()
                             .required("security_questions")
                             .required("personal_data")
                             .assurance(Assurance::none)
                             .build();
    const auto found = process_faults(process, registry(), "");
    EXPECT_EQ(found.at(0).text.arguments.at("names"),
              Argument("security-questions + personal-data"));
}

TEST(ProcessFaults, LetASoftPinAloneVerifyButNotReset) {
    auto process = ProcessBuilder().required("soft_pin");
    EXPECT_EQ(faults(process), Lines{"/verifications too_weak_together"});
    EXPECT_EQ(faults(process.purpose(Purpose::verify_identity)), Lines{});
}

TEST(ProcessFaults, DoNotTakeTwoVerificationsOfOneTypeForTwoProofs) {
    EXPECT_EQ(faults(ProcessBuilder().required("soft_pin").required("soft_pin")),
              Lines{"/verifications too_weak_together"});
    EXPECT_EQ(faults(ProcessBuilder().required("recovery_codes").required("recovery_codes")),
              Lines{"/verifications too_weak_together"});
    EXPECT_EQ(faults(ProcessBuilder().required("email_code").required("email_code")), Lines{});
    EXPECT_EQ(faults(ProcessBuilder()
                         .optional("soft_pin")
                         .optional("soft_pin")
                         .optional("email_code")
                         .optional_needed(2)),
              Lines{"/verifications too_weak_together"})
        << "the two PINs are one of the ways";
}

TEST(ProcessFaults, JudgeEveryWayThrough) {
    EXPECT_EQ(
        faults(ProcessBuilder().optional("authenticator").optional("sms_code").optional_needed(1)),
        Lines{"/verifications too_weak_together"})
        << "somebody could choose the text message";
    EXPECT_EQ(faults(ProcessBuilder()
                         .required("security_questions")
                         .optional("email_code")
                         .optional("sms_code")
                         .optional_needed(1)),
              Lines{});
}

TEST(ProcessFaults, RefuseMoreOptionalOnesThanThereAre) {
    EXPECT_EQ(faults(ProcessBuilder().required("authenticator").optional_needed(1)),
              Lines{"/optional_needed too_many_optional_needed"});
    EXPECT_EQ(faults(ProcessBuilder().optional("authenticator").optional_needed(1)), Lines{});
}

TEST(ProcessFaults, RefuseAnAssuranceThatIsNotReached) {
    const auto process = ProcessBuilder().required("email_code");
    for (const auto level : {Assurance::none, Assurance::low, Assurance::medium})
        EXPECT_EQ(faults(ProcessBuilder(process).assurance(level)), Lines{});
    for (const auto level : {Assurance::high, Assurance::multi_factor})
        EXPECT_EQ(faults(ProcessBuilder(process).assurance(level)),
                  Lines{"/required_assurance assurance_not_reached"});
    EXPECT_EQ(
        faults(ProcessBuilder(process).required("soft_pin").assurance(Assurance::multi_factor)),
        Lines{});
}

TEST(ProcessFaults, RefuseATypeThatIsNotInstalled) {
    EXPECT_EQ(faults(ProcessBuilder().required("authenticator").optional("smoke_signals")),
              Lines{"/verifications/1 type_not_installed"});
}

TEST(ProcessFaults, KeepProfileDataOutOfPublicProcesses) {
    const auto process =
        ProcessBuilder().required("authenticator").required("personal_data_confirmation");
    EXPECT_EQ(faults(ProcessBuilder(process).audience({"service_desk", "public"})),
              Lines{"/verifications/1 not_for_public"});
    EXPECT_EQ(faults(ProcessBuilder(process).audience({"service_desk"})), Lines{});
}

TEST(ProcessFaults, RefuseMoreVerificationsThanCanBeWeighed) {
    // Each way through is judged: of forty choose twenty there are more than a hundred billion.
    auto process = ProcessBuilder().optional_needed(20);
    for (int i = 0; i < 40; ++i) process.optional("email_code");
    EXPECT_EQ(faults(process), Lines{"/verifications too_many_verifications"});
    EXPECT_EQ(warnings(process), Lines{});
    auto most = ProcessBuilder();
    for (std::size_t i = 0; i < kMostSteps; ++i) most.required("email_code");
    EXPECT_EQ(faults(most), Lines{});
    EXPECT_EQ(warnings(most), Lines{"/verifications one_asset_opens"});
}

TEST(ProcessWarnings, SayWhereOneAssetIsEnough) {
    EXPECT_EQ(warnings(ProcessBuilder().required("email_code")),
              Lines{"/verifications one_asset_opens"});
    EXPECT_EQ(warnings(ProcessBuilder().required("soft_pin").required("security_questions")),
              Lines{"/verifications one_asset_opens"});
    EXPECT_EQ(warnings(ProcessBuilder().required("email_code").required("soft_pin")), Lines{});
    EXPECT_EQ(
        warnings(
            ProcessBuilder().optional("email_code").optional("authenticator").optional_needed(1)),
        (Lines{"/verifications one_asset_opens", "/verifications one_asset_opens"}));
    EXPECT_EQ(warnings(ProcessBuilder().required("email_code").purpose(Purpose::verify_identity)),
              Lines{});
}

TEST(ProcessWarnings, DoNotTakeWhatEverybodyKnowsForAnAsset) {
    const auto process = ProcessBuilder().required("email_code").required("personal_data");
    EXPECT_EQ(warnings(process), Lines{"/verifications one_asset_opens"});
    const auto found = process_warnings(process.build(), registry(), "");
    EXPECT_EQ(found.at(0).text.arguments.at("asset"), Argument("mailbox"));
}

TEST(Process, FindsAStepByTheNameOfItsVerification) {
    const Process process = ProcessBuilder().required("email_code").optional("soft_pin").build();
    ASSERT_NE(process.step("soft-pin"), nullptr);
    EXPECT_FALSE(process.step("soft-pin")->required);
    EXPECT_EQ(process.step("soft_pin"), nullptr);
    EXPECT_EQ(process.step(""), nullptr);
}

TEST(Process, IsSensitiveUnlessItOnlyVerifies) {
    for (int i = 0; i < 4; ++i) {
        const auto purpose = static_cast<Purpose>(i);
        const Process process = ProcessBuilder().purpose(purpose).build();
        EXPECT_EQ(process.sensitive(), sets_password(purpose) || unlocks(purpose)) << name(purpose);
        EXPECT_EQ(name(purpose), kPurposes.at(static_cast<std::size_t>(i)));
    }
    EXPECT_TRUE(sets_password(Purpose::reset_and_unlock) && unlocks(Purpose::reset_and_unlock));
}

}  // namespace
}  // namespace latchkey
