// Enrollments from files: what is taken, what is refused and why, and that nothing counts before
// its owner has confirmed it (R27.3).
#include "engine/enrollment_import.h"
#include "engine/enrollment_desk.h"
#include "tests/journeys/world.h"
#include "tests/support/builders.h"
#include "tests/support/test_database.h"
#include "verifications/make_registry.h"
#include "verifications/question_bank.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey {
namespace {

using Outcome = EnrollmentImport::Outcome;
using testing::ElementsAre;
using testing::IsEmpty;

class EnrollmentImports : public OnBothDatabases {
 protected:
    void SetUp() override {
        amy = world.stores.add(AccountBuilder("amy").build());
        ben = world.stores.add(AccountBuilder("ben").with("email", "ben@example.org").build());
    }

    static Json definitions(bool use_imported = false) {
        const Json settings{{"use_imported", use_imported}};
        return DefinitionsBuilder()
            .verification("mail", "email_code", settings)
            .verification("app", "authenticator", settings)
            .verification("pin", "soft_pin", settings)
            .verification("codes", "recovery_codes")
            .verification("bank", "security_questions", {{"enrolled", 2}, {"asked", 2}})
            .verification("any", "security_questions",
                          {{"enrolled", 2}, {"asked", 2}, {"own_questions", true}})
            .process("reset", {"mail"})
            .process("check", {"pin"}, {{"purpose", "verify_identity"}})
            .process("other", {"app"})
            .build();
    }

    /// The outcome, or the codes of what is wrong.
    std::string take(EnrollmentImport& import, const std::string& user,
                     const std::string& verification, const RawAnswers& values) {
        const auto taken = import.take({++line, user, verification, values});
        if (taken)
            return *taken == Outcome::added      ? "added"
                   : *taken == Outcome::replaced ? "replaced"
                                                 : "unchanged";
        std::string codes;
        for (const Problem& problem : taken.error().problems)
            codes += (codes.empty() ? "" : " ") + problem.code;
        return codes;
    }
    std::string import_one(const std::string& user, const std::string& verification,
                           const RawAnswers& values, bool replace = false) {
        EnrollmentImport import(world.parts, replace, {.actor = "command:test"});
        std::string outcome = take(import, user, verification, values);
        EXPECT_THAT(import.commit([](std::size_t) {}), IsEmpty());
        return outcome;
    }

    std::optional<Enrollment> held(const Account& account, const std::string& verification) {
        for (const auto& enrollment : world.stores.enrollments.of(account.id))
            if (enrollment.verification == verification) return enrollment;
        return {};
    }

    /// Where a stranger's request for `user` could send a code.
    std::vector<std::string> places(const std::string& user) {
        const RequestId id{"request-" + std::to_string(++line)};
        const auto begun = world.conductor.begin({"reset", user, id, SessionId{"s"}}, {});
        std::vector<std::string> shown;
        for (const auto& place : begun.value().offers.at(0).destinations)
            shown.push_back(std::get<std::string>(place.label.arguments.at("to")));
        return shown;
    }
    /// Amy's way to make her imported address count.
    void confirm_mail() {
        const auto offered = desk.open(amy, "mail", {}, "", {});
        ASSERT_TRUE(offered);
        EXPECT_EQ(offered->prompt.title.id, "email_code.imported.title");
        const auto asked = desk.reply(amy, "mail", {}, {});
        ASSERT_TRUE(asked && *asked);
        const auto sent = world.stores.messages.claim("w", 1, world.stores.clock.now(), Minutes{1});
        ASSERT_EQ(sent.size(), 1U);
        const std::string code = sent[0].message.data.at("code").get<std::string>();
        ASSERT_TRUE(desk.reply(amy, "mail", {{"code", code}}, {}));
        EXPECT_NE(held(amy, "mail")->state, EnrollmentState::active) << "proved, not submitted";
        const auto end = desk.reply(amy, "mail", {}, {});
        ASSERT_TRUE(end && !*end);
    }
    std::size_t messages() {
        return static_cast<std::size_t>(
            world.stores.number(Query{"SELECT COUNT(*) FROM message WHERE decoy = 0"}));
    }

    JourneyWorld world{*database, make_registry(), definitions()};
    EnrollmentDesk desk{world.parts};
    Account amy, ben;
    std::size_t line = 1;
};

TEST_P(EnrollmentImports, AreKeptAsImportedAndTheSameAgainChangesNothing) {
    const RawAnswers home{{"address", "Amy@Home.example"}, {"name", "Home"}};
    EXPECT_EQ(import_one("AMY", "mail", home), "added");
    const auto first = held(amy, "mail").value();
    EXPECT_EQ(first.state, EnrollmentState::imported);
    EXPECT_EQ(first.source, "import");
    EXPECT_EQ(import_one("amy", "mail", home), "unchanged");
    EXPECT_EQ(held(amy, "mail")->version, first.version);
    EXPECT_EQ(import_one("amy", "mail", {{"address", "amy@work.example"}}), "added");
    EXPECT_EQ(held(amy, "mail")->data.at("items").size(), 2U);
}

TEST_P(EnrollmentImports, DoNotCountForAnybodyBeforeTheirOwnerConfirmsThem) {
    import_one("amy", "mail", {{"address", "zed@home.example"}});
    import_one("ben", "mail", {{"address", "zed@home.example"}});
    EXPECT_THAT(places("ben"), ElementsAre("b••••@e••••.org"));
    EXPECT_THAT(places("amy"), testing::Not(testing::Contains("z••••@h••••.example")));
}

TEST_P(EnrollmentImports, CountAtOnceWhereTheAdministratorSaysSo) {
    world.define(definitions(true));
    import_one("amy", "mail", {{"address", "zed@home.example"}});
    EXPECT_THAT(places("amy"), ElementsAre("z••••@h••••.example"));
}

TEST_P(EnrollmentImports, AreConfirmedByTheirOwnerWithACodeAndThenCount) {
    import_one("amy", "mail", {{"address", "zed@home.example"}, {"name", "Home"}});
    confirm_mail();
    EXPECT_EQ(held(amy, "mail")->state, EnrollmentState::active);
    EXPECT_EQ(held(amy, "mail")->data.at("items").size(), 1U);
    EXPECT_THAT(places("amy"), ElementsAre("z••••@h••••.example"));
}

TEST_P(EnrollmentImports, LeaveWhatTheirOwnerConfirmedUsable) {
    import_one("amy", "mail", {{"address", "one@home.example"}});
    confirm_mail();
    EXPECT_EQ(import_one("amy", "mail", {{"address", "two@home.example"}}), "added");
    EXPECT_EQ(held(amy, "mail")->state, EnrollmentState::active);
    EXPECT_THAT(places("amy"), ElementsAre("o••••@h••••.example"));
}

TEST_P(EnrollmentImports, ExpireLikeWhatPeopleEnroll) {
    Json with_lifetime = definitions();
    with_lifetime["settings"]["service_desk.contact"] = "extension 4357";
    with_lifetime["verifications"][2]["settings"]["expires"] = true;
    world.define(with_lifetime);
    EXPECT_EQ(import_one("amy", "pin", {{"pin", "718350"}}), "added");
    EXPECT_EQ(held(amy, "pin")->expires_at, world.stores.clock.now() + std::chrono::days{90});
}

TEST_P(EnrollmentImports, SayWhatIsWrong) {
    EnrollmentImport import(world.parts, false, {});
    const RawAnswers good{{"address", "a@b.example"}};
    EXPECT_EQ(take(import, "nobody", "mail", good), "no_user");
    EXPECT_EQ(take(import, "", "mail", good), "no_user");
    EXPECT_EQ(take(import, "amy", "male", good), "no_verification");
    EXPECT_EQ(take(import, "amy", "codes", good), "takes_none");
    EXPECT_EQ(take(import, "amy", "mail", {{"address", "a@b.example"}, {"pin", "1"}}),
              "column_not_taken");
    EXPECT_EQ(take(import, "amy", "mail", {}), "required");
    EXPECT_EQ(take(import, "amy", "mail", {{"address", "no address"}}), "email_code_bad_address");
    EXPECT_EQ(take(import, "amy", "app", {{"key", "not base 32 !"}}), "bad_key");
    EXPECT_EQ(take(import, "amy", "app", {{"key", "JBSWY3DPEHPK3PXP"}}), "bad_key") << "too short";
    EXPECT_EQ(take(import, "amy", "pin", {{"pin", "111234"}}),
              "soft_pin_repeated soft_pin_sequence");
    for (const char* name : {"1", "2", "3", "4", "5"})
        EXPECT_EQ(take(import, "amy", "mail", {{"address", name + std::string("@b.example")}}),
                  "added");
    EXPECT_EQ(take(import, "amy", "mail", {{"address", "6@b.example"}}), "too_many_devices");
    EXPECT_FALSE(held(amy, "mail")) << "nothing is written before it is committed";
}

TEST_P(EnrollmentImports, OfAPinReplaceOnlyWhatIsNotTheOwnersOrWhatIsMeantTo) {
    EXPECT_EQ(import_one("ben", "pin", {{"pin", "274915"}}), "added");
    EXPECT_EQ(held(ben, "pin")->data.dump().find("274915"), std::string::npos);
    EXPECT_EQ(import_one("ben", "pin", {{"pin", "274915"}}), "unchanged");
    EXPECT_EQ(import_one("ben", "pin", {{"pin", "593027"}}), "added")
        << "nobody confirmed the first";

    const RawAnswers own{{"pin", "860492"}, {"again", "860492"}};
    ASSERT_TRUE(desk.open(ben, "pin", {}, "mail", {}));
    const auto set = desk.reply(ben, "pin", own, {});
    ASSERT_TRUE(set && !*set);
    const auto told = messages();
    EXPECT_EQ(import_one("ben", "pin", {{"pin", "718350"}}), "held_already");
    EXPECT_EQ(held(ben, "pin")->state, EnrollmentState::active);
    EXPECT_EQ(import_one("ben", "pin", {{"pin", "718350"}}, true), "replaced");
    static const Query kReplaced{"SELECT line FROM activity ORDER BY sequence DESC LIMIT 1"};
    EXPECT_THAT(world.stores.text(kReplaced), testing::HasSubstr("\"reason\":\"replaced\""));
    EXPECT_EQ(held(ben, "pin")->state, EnrollmentState::imported);
    EXPECT_GT(messages(), told) << "the owner is told";
}

TEST_P(EnrollmentImports, OfQuestionsAreWholeSetsAndJudgedAsOnThePage) {
    const std::string known = default_question_bank().at(0).at("id");
    const RawAnswers set{{"question1", known},
                         {"answer1", "Blue Harbour"},
                         {"question2", "What is painted on my door?"},
                         {"answer2", "three herons"}};
    const auto with = [&](const std::string& column, const std::string& value) {
        RawAnswers other = set;
        other[column] = value;
        return other;
    };
    EXPECT_EQ(import_one("ben", "any", with("question2", "")), "required");
    EXPECT_EQ(import_one("ben", "any", with("question2", "My door?")), "too_short");
    EXPECT_EQ(import_one("ben", "any", with("question2", known)), "question_used_twice");
    EXPECT_EQ(import_one("ben", "any", with("answer2", "BLUE  harbour")), "answer_used_twice");
    EXPECT_EQ(import_one("ben", "any", with("answer2", "ben")), "answer_in_profile");
    EXPECT_EQ(import_one("ben", "any", with("answer3", "one too many")), "column_not_taken");
    EXPECT_EQ(import_one("ben", "bank", set), "not_a_choice") << "no questions of one's own";

    EXPECT_EQ(import_one("ben", "any", set), "added");
    const auto kept = held(ben, "any").value();
    EXPECT_EQ(kept.state, EnrollmentState::imported);
    EXPECT_EQ(kept.data.dump().find("erons"), std::string::npos);
    EXPECT_EQ(import_one("ben", "any", with("answer1", "blue harbour")), "unchanged");
    EXPECT_EQ(import_one("ben", "any", with("answer1", "red harbour")), "added");
    EXPECT_NE(held(ben, "any")->data.at("id"), kept.data.at("id"));
}

TEST_P(EnrollmentImports, OfAnAppAreConfirmedByACodeThatWasNotSeenBefore) {
    const std::string key = "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ";  // RFC 6238, appendix B
    EXPECT_EQ(import_one("amy", "app", {{"key", key}, {"name", "Old"}}), "added");
    EXPECT_EQ(import_one("amy", "app", {{"key", "gezdgnbvgy3tqojqgezdgnbvgy3tqojq"}}), "unchanged");
    const auto offered = desk.open(amy, "app", {}, "", {});
    ASSERT_TRUE(offered);
    EXPECT_EQ(Json(offered->prompt).dump().find("GEZD"), std::string::npos);
    const auto wrong = desk.reply(amy, "app", {{"code", "000000"}}, {});
    ASSERT_TRUE(wrong && *wrong);
    EXPECT_EQ((*wrong)->problems.size(), 1U);
    EXPECT_EQ(held(amy, "app")->state, EnrollmentState::imported);
}

TEST_P(EnrollmentImports, LoseOnlyTheLineThatSomebodyElseChangedMeanwhile) {
    EnrollmentImport import(world.parts, false, {});
    EXPECT_EQ(take(import, "amy", "mail", {{"address", "a@b.example"}}), "added");
    const std::size_t lost = line;
    EXPECT_EQ(take(import, "ben", "mail", {{"address", "b@b.example"}}), "added");
    EXPECT_EQ(import_one("amy", "mail", {{"address", "other@b.example"}}), "added");
    EXPECT_THAT(import.commit([](std::size_t) {}), ElementsAre(lost));
    EXPECT_EQ(held(ben, "mail")->data.at("items").size(), 1U);
}

TEST_P(EnrollmentImports, OfTwoPinsForOnePersonTheSecondIsRefused) {
    EnrollmentImport import(world.parts, false, {});
    EXPECT_EQ(take(import, "amy", "pin", {{"pin", "274915"}}), "added");
    EXPECT_EQ(take(import, "amy", "pin", {{"pin", "593027"}}), "stands_twice");
}

ON_BOTH_DATABASES(EnrollmentImports);

}  // namespace
}  // namespace latchkey
