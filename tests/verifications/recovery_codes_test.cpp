#include "verifications/recovery_codes.h"

#include "tests/support/any_answer.h"
#include "tests/support/builders.h"
#include "tests/support/conversation.h"
#include "tests/support/problems.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <set>
#include <sstream>

namespace latchkey {
namespace {

using Lines = std::vector<std::string>;

const Verification& type() {
    static const auto kType = make_recovery_codes();
    return *kType;
}

Json settings(const Json& given = nullptr) {
    std::vector<Problem> none;
    return checked_settings(type().type().settings, given, "", none);
}

class RecoveryCodes : public testing::Test {
 protected:
    Conversation issuing(const Json& held = nullptr, const Json& with = nullptr) {
        Conversation conversation(world, *type().enrollment(), AccountBuilder("amy").subject(),
                                  settings(with), held);
        conversation.open();
        return conversation;
    }

    static Lines codes(const Conversation& conversation) {
        std::istringstream sheet(conversation.prompt().notices.back().verbatim);
        Lines lines;
        for (std::string line; std::getline(sheet, line);) lines.push_back(line);
        return lines;
    }

    Conversation asking(const Json& held, const char* who = "amy") {
        Conversation conversation(world, type().challenge(), AccountBuilder(who).subject(),
                                  settings(), held);
        conversation.open();
        return conversation;
    }

    static bool passes(Conversation& conversation, const std::string& typed) {
        return conversation.reply({{"code", typed}}).verdict == Verdict::passed;
    }

    /// Ten codes that are kept, and what is kept of them.
    std::pair<Lines, Json> issued(const Json& before = nullptr) {
        auto conversation = issuing(before);
        const Lines all = codes(conversation);
        EXPECT_EQ(conversation.reply({{"saved", "true"}}).verdict, Verdict::passed);
        return {all, conversation.enrollment()};
    }

    World world;
};

TEST_F(RecoveryCodes, AreTenDifferentOnesOf80BitsInGroups) {
    std::set<std::string> seen;
    for (int i = 0; i < 50; ++i)
        for (const auto& code : codes(issuing())) {
            EXPECT_EQ(code.size(), 19U);
            for (std::size_t at = 0; at < code.size(); ++at)
                EXPECT_EQ(code[at] == '-', at % 5 == 4) << code;
            EXPECT_TRUE(seen.insert(code).second);
        }
    EXPECT_EQ(seen.size(), 500U);
    EXPECT_EQ(codes(issuing(nullptr, {{"count", 20}})).size(), 20U);
}

TEST_F(RecoveryCodes, AreKeptOnlyAsDigestsAndOnlyWhenTheirOwnerHasSavedThem) {
    auto conversation = issuing();
    const Lines all = codes(conversation);
    EXPECT_EQ(listed(conversation.reply({{"saved", "false"}}).problems), Lines{"saved required"});
    EXPECT_TRUE(conversation.enrollment().is_null());
    conversation.reply({{"saved", "true"}});
    const std::string kept = conversation.enrollment().dump();
    EXPECT_EQ(conversation.enrollment().at("left").size(), 10U);
    for (const auto& code : all) {
        std::string bare = code;
        std::erase(bare, '-');
        EXPECT_EQ(kept.find(code), std::string::npos);
        EXPECT_EQ(kept.find(bare), std::string::npos);
    }
}

TEST_F(RecoveryCodes, WorkOnceEachInAnyOrder) {
    auto [all, held] = issued();
    std::ranges::reverse(all);
    auto conversation = asking(held);
    std::int64_t left = 10;
    for (const auto& code : all) {
        EXPECT_TRUE(type().available({}, conversation.enrollment(), settings()));
        EXPECT_TRUE(passes(conversation, code));
        EXPECT_EQ(conversation.told().back().wording, "recovery_code_used");
        EXPECT_EQ(conversation.told().back().data.at("left"), --left);
        EXPECT_EQ(type().summary(conversation.enrollment()).arguments.at("left"), Argument(left));
        conversation.open();
        EXPECT_FALSE(passes(conversation, code)) << "used";
    }
    EXPECT_FALSE(type().available({}, conversation.enrollment(), settings()));
    EXPECT_EQ(conversation.told().size(), 10U);
}

TEST_F(RecoveryCodes, AreTakenAsPeopleTypeThem) {
    const auto [all, held] = issued();
    for (std::string typed : all) {
        std::ranges::replace(typed, '-', ' ');
        for (char& c : typed) {
            if (c == '0') c = 'O';
            if (c == '1') c = 'l';
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        }
        auto conversation = asking(held);
        EXPECT_TRUE(passes(conversation, " " + typed + " ")) << typed;
    }
}

TEST_F(RecoveryCodes, ReplaceThoseThatWereIssuedBeforeOnceTheyAreSaved) {
    const auto [old_codes, old_held] = issued();
    auto conversation = issuing(old_held);
    EXPECT_EQ(conversation.prompt().notices.size(), 3U) << "says that the old ones end";
    EXPECT_EQ(conversation.enrollment(), old_held);
    const auto [codes, held] = issued(old_held);
    auto asked = asking(held);
    EXPECT_FALSE(passes(asked, old_codes.at(0)));
    EXPECT_TRUE(passes(asked, codes.at(0)));
}

TEST_F(RecoveryCodes, BelongToOneAccount) {
    const auto [all, held] = issued();
    auto conversation = asking(held, "omar");
    for (const auto& code : all) EXPECT_FALSE(passes(conversation, code));
}

TEST_F(RecoveryCodes, AreRefusedWithoutAnyMessageWhenWrong) {
    const auto [all, held] = issued();
    auto conversation = asking(held);
    const Turn turn = conversation.reply({{"code", "0000-0000-0000-0000"}});
    EXPECT_EQ(listed(turn.problems), Lines{"code wrong_answer"});
    EXPECT_TRUE(turn.effects.empty());
    EXPECT_FALSE(turn.enrollment);
}

}  // namespace
}  // namespace latchkey
