#include "verifications/security_questions.h"

#include "tests/support/any_answer.h"
#include "tests/support/builders.h"
#include "tests/support/conversation.h"
#include "tests/support/problems.h"
#include "verifications/weak_answer.h"

#include <gtest/gtest.h>
#include <set>

namespace latchkey {
namespace {

using Lines = std::vector<std::string>;

const Verification& type() {
    static const auto kType = make_security_questions();
    return *kType;
}

Json settings(const Json& given = nullptr) {
    std::vector<Problem> problems;
    Json complete = checked_settings(type().type().settings, given, "/settings", problems);
    EXPECT_EQ(listed(problems), Lines{});
    return complete;
}

Subject amy() {
    return AccountBuilder("amy.lee")
        .with("email", "amy.lee@example.org")
        .with("display_name", "Amy Solberg Lee")
        .subject();
}

class SecurityQuestions : public testing::Test {
 protected:
    Conversation enrolling(const Json& with = nullptr) {
        Conversation conversation(world, *type().enrollment(), amy(), settings(with), nullptr);
        conversation.open();
        return conversation;
    }

    static Turn choose(Conversation& conversation, const std::string& answer,
                       std::size_t choice = 0) {
        return conversation.reply(
            {{"question", conversation.prompt().fields.at(0).choices.at(choice).value},
             {"answer", answer}});
    }

    /// The n-th question of the bank is answered "Granite Harbour n".
    Json held(const Json& with = nullptr) {
        auto conversation = enrolling(with);
        Turn turn;
        for (int i = 0; i < 10 && turn.verdict != Verdict::passed; ++i)
            turn = choose(conversation, "Granite Harbour " + std::to_string(i));
        EXPECT_EQ(turn.verdict, Verdict::passed);
        return conversation.enrollment();
    }

    Conversation asking(const Json& enrollment, const Json& with = nullptr) {
        Conversation conversation(world, type().challenge(), amy(), settings(with), enrollment);
        conversation.open();
        return conversation;
    }

    /// The right answers as the bank's order and held() give them, changed by `write`.
    template <class Write>
    static RawAnswers answers(const Conversation& conversation, Write&& write) {
        RawAnswers raw;
        const Json& bank = conversation.situation().settings.at("bank");
        for (const Field& field : conversation.prompt().fields)
            for (std::size_t i = 0; i < bank.size(); ++i)
                if (std::get<Words>(field.label.arguments.at("question")) ==
                    bank[i].at("text").get<Words>())
                    raw[field.key] = write("Granite Harbour " + std::to_string(i));
        return raw;
    }
    static RawAnswers right(const Conversation& conversation) {
        return answers(conversation, [](std::string answer) { return answer; });
    }

    static std::set<std::string> posed(const Conversation& conversation) {
        std::set<std::string> questions;
        for (const Field& field : conversation.prompt().fields)
            questions.insert(Json(field.label).dump());
        return questions;
    }

    World world;
};

TEST_F(SecurityQuestions, AreFiveOfWhichThreeAreAsked) {
    const Json enrollment = held();
    EXPECT_EQ(enrollment.at("questions").size(), 5U);
    EXPECT_EQ(asking(enrollment).prompt().fields.size(), 3U);
}

TEST_F(SecurityQuestions, AreAnsweredHoweverPeopleWrite) {
    auto conversation = asking(held());
    const auto written = answers(conversation, [](const std::string& answer) {
        return " gRANITE\u00a0 HARBOUR " + answer.substr(answer.size() - 1) + " ";
    });
    EXPECT_EQ(conversation.reply(written).verdict, Verdict::passed);
}

TEST_F(SecurityQuestions, GetOneVerdictAndCostTheSameWhateverIsWrong) {
    const Json enrollment = held();
    std::set<std::string> turns;
    for (int wrong = 1; wrong < 8; ++wrong) {
        auto conversation = asking(enrollment);
        auto raw = right(conversation);
        int bit = 1;
        for (auto& [key, value] : raw) {
            if (wrong & bit) value = wrong == 5 ? "\u200b" : "something else";
            bit *= 2;
        }
        const auto before = world.crypto.slow_hashes();
        const Turn turn = conversation.reply(raw);
        EXPECT_EQ(turn.verdict, Verdict::refused);
        EXPECT_EQ(world.crypto.slow_hashes() - before, 3U);
        turns.insert(Json(turn.prompt).dump() + turn.state.dump() +
                     testing::PrintToString(listed(turn.problems)));
    }
    EXPECT_EQ(turns.size(), 1U) << "nothing says which one was wrong";
}

TEST_F(SecurityQuestions, AreTheSameInEveryRequestUntilADayHasPassed) {
    const Json enrollment = held();
    const auto first = posed(asking(enrollment));
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(posed(asking(enrollment)), first);
        world.clock.advance(Minutes{28});
    }
    std::set<std::set<std::string>> later;
    for (int day = 0; day < 20; ++day) {
        world.clock.advance(Hours{24});
        later.insert(posed(asking(enrollment)));
    }
    EXPECT_GT(later.size(), 3U);
}

TEST_F(SecurityQuestions, AreDrawnAnewOnceTheyWereAnswered) {
    Json enrollment = held();
    std::set<std::set<std::string>> sets;
    for (int i = 0; i < 20; ++i) {
        auto conversation = asking(enrollment);
        sets.insert(posed(conversation));
        ASSERT_EQ(conversation.reply(right(conversation)).verdict, Verdict::passed);
        enrollment = conversation.enrollment();
    }
    EXPECT_GT(sets.size(), 3U);
}

TEST_F(SecurityQuestions, OfADecoyAreTakenByNoAnswer) {
    const Json real = held();
    const Json fake = type().decoy_enrollment(amy(), settings(), world.crypto);
    EXPECT_EQ(fake.dump().find("hash"), std::string::npos);
    for (const char* answer : {"x", " ", "\u200b", "nothing-has-this-digest"}) {
        auto conversation = asking(fake);
        ASSERT_EQ(conversation.prompt().fields.size(), 3U);
        RawAnswers raw;
        for (const Field& field : conversation.prompt().fields) raw[field.key] = answer;
        const auto before = world.crypto.slow_hashes();
        EXPECT_EQ(conversation.reply(raw).verdict, Verdict::refused);
        EXPECT_EQ(world.crypto.slow_hashes() - before, 3U);
    }
}

TEST_F(SecurityQuestions, ThatWereEnrolledAnewAreAskedAnew) {
    auto conversation = asking(held());
    const auto old = right(conversation);
    conversation.enrollment() = held();
    const auto before = world.crypto.slow_hashes();
    EXPECT_EQ(conversation.reply(old).verdict, Verdict::refused);
    EXPECT_EQ(world.crypto.slow_hashes() - before, 3U);
    EXPECT_EQ(conversation.reply(right(conversation)).verdict, Verdict::passed);
}

TEST_F(SecurityQuestions, GoOnBeingAskedWhenTheyAreRetiredOrGone) {
    const Json enrollment = held();
    Json bank = settings().at("bank");
    for (Json& question : bank) question["retired"] = bank[0] != question && bank[1] != question;
    auto retired = settings();
    retired["bank"] = bank;
    EXPECT_TRUE(type().available(amy(), enrollment, retired));
    bank.erase(bank.begin(), bank.begin() + 5);
    auto conversation = asking(enrollment, {{"bank", bank}});
    EXPECT_EQ(conversation.prompt().fields.size(), 3U);
    for (const Field& field : conversation.prompt().fields)
        EXPECT_EQ(std::get<Words>(field.label.arguments.at("question")).count("es"), 1U);
}

TEST_F(SecurityQuestions, MayBeWrittenByTheirOwnerWhereThatIsAllowed) {
    auto without = enrolling();
    for (const Choice& choice : without.prompt().fields.at(0).choices)
        EXPECT_NE(choice.value, "+own");
    auto with = enrolling({{"own_questions", true}});
    const auto write = [&](const std::string& question, const std::string& answer) {
        return listed(
            with.reply({{"question", "+own"}, {"own_question", question}, {"answer", answer}})
                .problems);
    };
    EXPECT_EQ(write("", "Granite Harbour"), Lines{"own_question required"});
    EXPECT_EQ(write("Where is my boat?", "my boat"), Lines{"answer answer_in_question"});
    EXPECT_EQ(write("Where is my boat?", "Granite Harbour"), Lines{});
    EXPECT_EQ(write("WHERE  is my boat?", "Cobalt Lantern"),
              Lines{"own_question question_used_twice"});
}

TEST_F(SecurityQuestions, RefuseAnAnswerThatWasGivenBefore) {
    auto conversation = enrolling();
    choose(conversation, "Granite Harbour");
    const Turn turn = choose(conversation, "granite  HARBOUR");
    EXPECT_EQ(listed(turn.problems), Lines{"answer answer_used_twice"});
    EXPECT_EQ(turn.verdict, Verdict::ask);
    EXPECT_FALSE(turn.enrollment);
}

TEST_F(SecurityQuestions, CanBeginAgainAndOfferEachQuestionOnce) {
    auto conversation = enrolling();
    const auto all = conversation.prompt().fields.at(0).choices.size();
    choose(conversation, "Granite Harbour");
    EXPECT_EQ(conversation.prompt().fields.at(0).choices.size(), all - 1);
    conversation.reply(press("restart"));
    EXPECT_EQ(conversation.prompt().fields.at(0).choices.size(), all);
}

TEST_F(SecurityQuestions, OfTwoPeopleWithOneAnswerRestDifferently) {
    const Json one = held();
    const Json other = held();
    for (std::size_t i = 0; i < 5; ++i)
        EXPECT_NE(one.at("questions")[i].at("hash"), other.at("questions")[i].at("hash"));
}

TEST(WeakAnswer, IsRefusedWithItsReason) {
    const std::vector<std::string> questions{"What was your first boat called?",
                                             "¿Cómo se llamaba tu primer barco?"};
    const std::pair<const char*, const char*> table[] = {
        {"", "too_short"},
        {"ab", "too_short"},
        {"boat", "answer_in_question"},
        {"first boat", "answer_in_question"},
        {"barco", "answer_in_question"},
        {"amy.lee", "answer_in_profile"},
        {"solberg", "answer_in_profile"},
        {"amy solberg lee", "answer_in_profile"},
        {"amy.lee@example.org", "answer_in_profile"},
        {"blue", "answer_common"},
        {"gato", "answer_common"},
        {"123456", "answer_common"},
        {"zzzzz", "answer_common"},
        {"granite harbour", ""},
        {"sol", ""},
    };
    for (const auto& [answer, code] : table) {
        const auto fault = weak_answer(answer, questions, amy(), 3);
        EXPECT_EQ(fault ? fault->code : "", code) << answer;
    }
}

TEST(SecurityQuestionSettings, AreJudgedTogether) {
    const auto faults = [](const Json& given) {
        return listed(type().settings_faults(settings(given), "/settings"));
    };
    const Json bank = Json::array({{{"id", "a"}, {"text", {{"en", "A?"}}}},
                                   {{"id", "b"}, {"text", {{"en", "B?"}}}},
                                   {{"id", "c"}, {"text", {{"en", "C?"}}}}});
    EXPECT_EQ(faults(nullptr), Lines{});
    EXPECT_EQ(faults({{"asked", 6}}), Lines{"/settings/asked too_many_questions"});
    EXPECT_EQ(faults({{"bank", bank}}), Lines{"/settings/enrolled too_many_questions"});
    EXPECT_EQ(faults({{"bank", bank}, {"enrolled", 3}}), Lines{});
    EXPECT_EQ(faults({{"bank", bank}, {"own_questions", true}}), Lines{});
    EXPECT_EQ(faults({{"bank", bank}, {"own_questions", true}, {"asked", 4}}),
              Lines{"/settings/asked too_many_questions"});
}

}  // namespace
}  // namespace latchkey
