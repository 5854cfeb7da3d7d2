#include "web/http/cookies.h"

#include <gtest/gtest.h>
#include <stdexcept>

namespace latchkey::http {
namespace {

TEST(SetCookie, IsBoundToThisHostWhenTheConnectionIsEncrypted) {
    EXPECT_EQ(set_cookie("session", "abc-123", SameSite::lax, true),
              "__Host-session=abc-123; Path=/; HttpOnly; SameSite=Lax; Secure");
    EXPECT_EQ(set_cookie("console", "x", SameSite::strict, true),
              "__Host-console=x; Path=/; HttpOnly; SameSite=Strict; Secure");
}

TEST(SetCookie, HasNoPrefixOnPlainHttpWhereBrowsersWouldRefuseIt) {
    EXPECT_EQ(set_cookie("session", "x", SameSite::lax, false),
              "session=x; Path=/; HttpOnly; SameSite=Lax");
}

TEST(SetCookie, RefusesWhatWouldSayMoreThanAValue) {
    for (const std::string value :
         {"a;b", "a b", "a,b", "a\"b", "a\\b", "a\r\nb", "\x7f", "\xc3\xa9"})
        EXPECT_THROW(set_cookie("a", value, SameSite::lax, true), std::invalid_argument) << value;
    EXPECT_THROW(set_cookie("a b", "c", SameSite::lax, true), std::invalid_argument);
    EXPECT_THROW(set_cookie("", "c", SameSite::lax, true), std::invalid_argument);
    EXPECT_THROW(set_cookie("a=b", "c", SameSite::lax, true), std::invalid_argument);
}

TEST(ForgetCookie, EndsItAtOnce) {
    EXPECT_EQ(forget_cookie("session", SameSite::lax, true),
              "__Host-session=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0");
}

TEST(Cookies, AreFoundByTheNameThatTheyWereSetUnder) {
    const Cookies cookies("a=1; __Host-a=2;b=3;  c=");
    EXPECT_EQ(cookies.find("a", true), "2");
    EXPECT_EQ(cookies.find("a", false), "1");
    EXPECT_EQ(cookies.find("b", false), "3");
    EXPECT_EQ(cookies.find("c", false), "");
    EXPECT_EQ(cookies.find("b", true), std::nullopt);
}

TEST(Cookies, GivenTwiceCountAsAbsent) {
    EXPECT_EQ(Cookies("a=1; a=2").find("a", false), std::nullopt);
    EXPECT_EQ(Cookies("a=1; a=1").find("a", false), std::nullopt);
    EXPECT_EQ(Cookies("a=1; b=2; a=\"").find("a", false), std::nullopt);
    EXPECT_EQ(Cookies("a=\"; a=1").find("a", false), std::nullopt);
    EXPECT_EQ(Cookies("a=1; a=2; a=3").find("a", false), std::nullopt);
}

TEST(Cookies, ThatAreMalformedAreIgnoredAndTheOthersNot) {
    const Cookies cookies("; a; =b; c d=1; e=f g; h=\"i\"; j=\xc3\xa9; k=l=m; n=1;");
    EXPECT_EQ(cookies.find("a", false), std::nullopt);
    EXPECT_EQ(cookies.find("c d", false), std::nullopt);
    EXPECT_EQ(cookies.find("e", false), std::nullopt);
    EXPECT_EQ(cookies.find("h", false), std::nullopt);
    EXPECT_EQ(cookies.find("j", false), std::nullopt);
    EXPECT_EQ(cookies.find("k", false), "l=m");
    EXPECT_EQ(cookies.find("n", false), "1");
}

}  // namespace
}  // namespace latchkey::http
