#include "engine/activity.h"

#include "engine/unicode.h"
#include "tests/support/fixed_clock.h"
#include "tests/support/plain_crypto.h"

#include <gtest/gtest.h>
#include <set>

namespace latchkey {
namespace {

Activity entry() {
    return {.type = ActivityType::answer_wrong,
            .at = kNewYear,
            .actor = "person",
            .account = AccountId{"account-1"},
            .request = RequestId{"request-1"},
            .channel = "web",
            .network = "192.0.2.7",
            .reason = "expired",
            .details = {{"verification", "email-code"}}};
}

std::string repeated(std::size_t count, const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += text;
    return out;
}

constexpr auto kLast = ActivityType::enrollment_restored;

TEST(ActivityName, IsItsOwnForEveryType) {
    std::set<std::string_view> names;
    for (int type = 0; type <= static_cast<int>(kLast); ++type) {
        const auto text = name(static_cast<ActivityType>(type));
        EXPECT_EQ(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz._"), std::string_view::npos);
        EXPECT_NE(text.find('.'), std::string_view::npos) << text;
        EXPECT_TRUE(names.insert(text).second) << text;
    }
    EXPECT_THROW(name(static_cast<ActivityType>(static_cast<int>(kLast) + 1)), std::out_of_range)
        << "a type was added at the end: name it as the last one here";
}

TEST(ActivityName, BelongsToItsType) {
    // Names are in another list than types: one of each row shows that they did not shift.
    EXPECT_EQ(name(ActivityType::request_started), "request.started");
    EXPECT_EQ(name(ActivityType::request_locked), "request.locked");
    EXPECT_EQ(name(ActivityType::challenge_opened), "challenge.opened");
    EXPECT_EQ(name(ActivityType::answer_right), "answer.right");
    EXPECT_EQ(name(ActivityType::answer_wrong), "answer.wrong");
    EXPECT_EQ(name(ActivityType::verification_blocked), "verification.blocked");
    EXPECT_EQ(name(ActivityType::password_changed), "password.changed");
    EXPECT_EQ(name(ActivityType::enrollment_proved), "enrollment.proved");
    EXPECT_EQ(name(ActivityType::session_signed_in), "session.signed_in");
    EXPECT_EQ(name(ActivityType::account_changed), "account.changed");
    EXPECT_EQ(name(ActivityType::message_refused), "message.refused");
    EXPECT_EQ(name(ActivityType::account_erased), "account.erased");
}

TEST(ActivityLine, HoldsItsMembersInAFixedOrder) {
    EXPECT_EQ(activity_line(entry()),
              R"({"type":"answer.wrong","at":"2026-01-01T00:00:00Z","actor":"person",)"
              R"("account":"account-1","request":"request-1","channel":"web",)"
              R"("network":"192.0.2.7","reason":"expired",)"
              R"("details":{"verification":"email-code"}})");
}

TEST(ActivityLine, LeavesOutDetailsWhereThereAreNone) {
    Activity plain = entry();
    for (const Json& none : {Json(), Json::object()}) {
        plain.details = none;
        EXPECT_EQ(activity_line(plain).find("details"), std::string::npos);
    }
}

TEST(ActivityLine, IsOneLineOfPlainJsonWhateverIsPutIntoIt) {
    const std::string hostile[] = {"\n{\"type\":\"forged\"}\n",
                                   "\r\n",
                                   "\"}\n",
                                   "\",\"type\":\"request.completed",
                                   "\\",
                                   "\\\"",
                                   "\x1b[2J\x1b[31m",
                                   std::string("\0\1\2", 3),
                                   "\x7f",
                                   "\u0085\u2028\u2029",
                                   "\u202e\u2066",
                                   "${jndi:ldap://x}",
                                   "=cmd|' /C calc'!A0",
                                   "<script>alert(1)</script>",
                                   "%0a%0d",
                                   "\xff\xfe",
                                   "\xc3",
                                   "\xed\xa0\x80",
                                   "😀"};
    for (const auto& text : hostile) {
        Activity activity = entry();
        activity.actor = activity.channel = activity.network = activity.reason = text;
        activity.details = {{"value", text}, {text, 1}, {"list", {text, {{"deep", text}}}}};

        const std::string line = activity_line(activity);

        for (const char byte : line)
            ASSERT_TRUE(byte >= 0x20 && byte < 0x7F) << testing::PrintToString(line);
        const Json parsed = Json::parse(line);
        EXPECT_EQ(parsed.at("type"), "answer.wrong");
        EXPECT_EQ(parsed.at("account"), "account-1");
        EXPECT_EQ(parsed.size(), 9U) << line;
        if (to_nfc(text)) {
            EXPECT_EQ(parsed.at("actor"), text);
        }
    }
}

TEST(ActivityLine, CutsLongTextsAtACodePoint) {
    for (const std::string& letter : {std::string("a"), std::string("é"), std::string("😀")}) {
        Activity activity = entry();
        activity.actor = repeated(200, letter);
        activity.reason = repeated(201, letter);
        activity.details = {{"kept", repeated(200, letter)},
                            {"cut", repeated(300, letter)},
                            {"list", {repeated(300, letter)}},
                            {"deep", {{"er", repeated(300, letter)}}}};

        const Json line = Json::parse(activity_line(activity));

        const std::string cut = repeated(200, letter) + "…";
        EXPECT_EQ(line.at("actor"), repeated(200, letter));
        EXPECT_EQ(line.at("reason"), cut);
        EXPECT_EQ(line.at("details").at("kept"), repeated(200, letter));
        EXPECT_EQ(line.at("details").at("cut"), cut);
        EXPECT_EQ(line.at("details").at("list").at(0), cut);
        EXPECT_EQ(line.at("details").at("deep").at("er"), cut);
    }
}

TEST(ActivityLine, IsShortWhateverBytesAreSent) {
    for (const std::string& byte :
         {std::string("\x80"), std::string("\xff"), std::string("a\x80")}) {
        Activity activity = entry();
        activity.network = repeated(1'000'000, byte);
        EXPECT_LT(activity_line(activity).size(), 10'000U) << testing::PrintToString(byte);
    }
}

TEST(ActivityLine, KeepsNumbersAndFlagsOfDetails) {
    Activity activity = entry();
    activity.details = {{"count", 7}, {"right", false}, {"none", nullptr}};
    EXPECT_EQ(Json::parse(activity_line(activity)).at("details"), activity.details);
}

TEST(ChainLink, ChangesWithEveryPart) {
    const PlainCrypto crypto;
    const PlainCrypto elsewhere(2);
    const std::string link = chain_link(crypto, 7, "before", "line");
    EXPECT_EQ(chain_link(crypto, 7, "before", "line"), link);
    EXPECT_EQ(link.size(), 32U);
    EXPECT_NE(chain_link(elsewhere, 7, "before", "line"), link);
    EXPECT_NE(chain_link(crypto, 8, "before", "line"), link);
    EXPECT_NE(chain_link(crypto, 7, "befora", "line"), link);
    EXPECT_NE(chain_link(crypto, 7, "before", "lina"), link);
    EXPECT_NE(chain_link(crypto, 7, "beforel", "ine"), link) << "parts do not run together";
    EXPECT_NE(chain_link(crypto, 7, "", "line"), chain_link(crypto, 7, "line", ""));
}

TEST(ChainLink, IsOfItsOwnKey) {
    const PlainCrypto crypto;
    EXPECT_NE(chain_link(crypto, 7, "before", "line"),
              crypto.keyed_digest(KeyUse::code, {"7", "before", "line"}));
}

}  // namespace
}  // namespace latchkey
