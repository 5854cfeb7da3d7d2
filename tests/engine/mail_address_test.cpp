#include "engine/mail_address.h"

#include <gtest/gtest.h>
#include <string>

namespace latchkey {
namespace {

using namespace std::string_literals;

std::string read(std::string_view text) {
    const auto address = parse_mail_address(text);
    return address ? address->text() : "";
}

TEST(MailAddress, IsADotStringAtADomain) {
    for (const char* text :
         {"a@b", "amy@example.org", "amy.lee@example.org", "Amy.Lee+reset@example.org",
          "!#$%&'*+-/=?^_`{|}~@example.org", "1@2.example", "amy@mail-1.example.org", "root@mail",
          "azAZ09@example.org"})
        EXPECT_EQ(read(text), text);
}

TEST(MailAddress, KeepsTheCaseOfItsLocalPartAndLowersItsDomain) {
    EXPECT_EQ(read("Amy@EXAMPLE.Org"), "Amy@example.org");
}

TEST(MailAddress, HasItsDomainInAscii) {
    EXPECT_EQ(read("amy@bücher.example"), "amy@xn--bcher-kva.example");
    EXPECT_EQ(read("amy@例え。テスト"), "amy@xn--r8jz45g.xn--zckzah");
    EXPECT_EQ(read("amy@faß.example"), "amy@xn--fa-hia.example");
    EXPECT_FALSE(parse_mail_address("amy@bücher.example")->international());
}

TEST(MailAddress, MayHaveAnInternationalLocalPart) {
    for (const char* text : {"josé@example.org", "用户@example.org", "пользователь@example.org",
                             "مستخدم@example.org", "🔑@example.org"}) {
        const auto address = parse_mail_address(text);
        ASSERT_TRUE(address) << text;
        EXPECT_TRUE(address->international());
        EXPECT_EQ(address->text(), text);
    }
}

TEST(MailAddress, ContainsNothingThatEndsACommandAHeaderOrAList) {
    const std::string forbidden = "\0\x01\t\n\r\x1b \"(),:;<>@[\\]\x7f"s;
    for (const char c : forbidden) {
        EXPECT_EQ(read("a"s + c + "b@example.org"), "") << int{c};
        EXPECT_EQ(read("ab@exa"s + c + "mple.org"), "") << int{c};
        EXPECT_EQ(read("ab@example.org"s + c), "") << int{c};
        EXPECT_EQ(read(c + "ab@example.org"s), "") << int{c};
    }
}

TEST(MailAddress, ContainsNothingThatHidesOrSeparates) {
    for (const char* text : {
             "a\xC2\x85z@example.org",      // NEL, a control character
             "a\xC2\xA0z@example.org",      // no-break space
             "a\xE2\x80\xA8z@example.org",  // line separator
             "a\xE2\x80\x8Bz@example.org",  // zero width space
             "a\xE2\x80\xAEz@example.org",  // right-to-left override
             "a\xEE\x80\x80z@example.org",  // private use
             "a\xEF\xBF\xBFz@example.org",  // not a character
             "a\xC0\xAEz@example.org",      // overlong
             "a\xED\xA0\x80z@example.org",  // half a surrogate pair
             "a\xFFz@example.org",
         })
        EXPECT_EQ(read(text), "") << text;
}

TEST(MailAddress, OfAnyOtherFormIsNone) {
    for (const char* text : {"",
                             "@",
                             "amy",
                             "amy@",
                             "@example.org",
                             "amy@@example.org",
                             ".amy@example.org",
                             "amy.@example.org",
                             "a..b@example.org",
                             "\"amy\"@example.org",
                             "amy@[192.0.2.1]",
                             "amy@192.0.2.1",
                             "amy@0x7f000001",
                             "amy@1.2.3.0x4",
                             "amy@example..org",
                             "amy@.example.org",
                             "amy@example.org.",
                             "amy@-example.org",
                             "amy@example-.org",
                             "amy@exam_ple.org",
                             "amy@xn--.example",
                             "Amy <amy@example.org>",
                             "amy@example.org,eve@example.org"})
        EXPECT_EQ(read(text), "") << text;
}

TEST(MailAddress, IsNoLongerThanAServerTakes) {
    const std::string domain =
        std::string(60, 'd') + '.' + std::string(60, 'e') + '.' + std::string(60, 'f') + ".example";
    EXPECT_NE(read(std::string(64, 'a') + "@example.org"), "");
    EXPECT_EQ(read(std::string(65, 'a') + "@example.org"), "");
    EXPECT_EQ(read("a@" + std::string(64, 'd') + ".example"), "");
    EXPECT_NE(read(std::string(254 - 1 - domain.size(), 'a') + '@' + domain), "");
    EXPECT_EQ(read(std::string(255 - 1 - domain.size(), 'a') + '@' + domain), "");
    EXPECT_EQ(read("amy@" + std::string(100'000, 'x')), "");
}

TEST(Mailbox, HasANameBesideItsAddress) {
    const auto name = [](std::string_view text) { return parse_mailbox(text)->name; };
    EXPECT_EQ(name("reset@example.org"), "");
    EXPECT_EQ(name("<reset@example.org>"), "");
    EXPECT_EQ(name("Example <reset@example.org>"), "Example");
    EXPECT_EQ(name("  Example Ltd.  <reset@example.org> "), "Example Ltd.");
    EXPECT_EQ(name("\"Example, \\\"Ltd.\\\" <x>\" <reset@example.org>"), "Example, \"Ltd.\" <x>");
    EXPECT_EQ(name("Zürich <reset@example.org>"), "Zürich");
    EXPECT_EQ(parse_mailbox("Example <reset@example.org>")->address.text(), "reset@example.org");
}

TEST(Mailbox, OfAnyOtherFormIsNone) {
    for (const char* text :
         {"", "Example", "Example <>", "Example <reset>", "Example <reset@example.org",
          "Example <reset@example.org> x", "\"Example <reset@example.org>",
          "\"a\"b <a@example.org>", "a\"b <a@example.org>", "a\\ \"<a@example.org>",
          "a\nb <a@example.org>", "a\x7f <a@example.org>", "a\xFF <a@example.org>"})
        EXPECT_FALSE(parse_mailbox(text)) << text;
}

TEST(AsciiDomain, IsAHostNameAndNoIpAddress) {
    EXPECT_EQ(ascii_domain("SMTP.Example.org"), "smtp.example.org");
    EXPECT_EQ(ascii_domain("localhost"), "localhost");
    EXPECT_EQ(ascii_domain("4chan.example"), "4chan.example");
    for (const char* text : {"", "192.0.2.1", "::1", "a b", "a/b", "a:25", "a\r\nb", "a%b"})
        EXPECT_EQ(ascii_domain(text), std::nullopt) << text;
}

TEST(AsciiDomain, IsNoLongerThanANameOfAHostMayBe) {
    const auto label = [](std::size_t length) { return std::string(length, 'd'); };
    const std::string three = label(63) + "." + label(63) + "." + label(63) + ".";
    EXPECT_TRUE(ascii_domain(three + label(61)));
    EXPECT_FALSE(ascii_domain(three + label(62)));
    // What is written wide is longer before it is read.
    const auto wide = [](std::size_t letters) {
        std::string out;
        for (std::size_t i = 0; i < letters; ++i) out += "ｄ";
        return out;
    };
    const std::string longest = wide(63) + "." + wide(21) + "d";
    ASSERT_EQ(longest.size(), 254U);
    EXPECT_EQ(ascii_domain(longest), label(63) + "." + label(22));
    EXPECT_FALSE(ascii_domain(longest + "d"));
}

TEST(ReadableDomain, IsAsPeopleWriteItUnlessNobodyCould) {
    EXPECT_EQ(readable_domain("xn--bcher-kva.example"), "bücher.example");
    EXPECT_EQ(readable_domain("example.org"), "example.org");
    for (const std::string& domain : {std::string(), std::string("xn--0.example"),
                                      std::string("XN--A..example"), std::string(300, 'd')})
        EXPECT_EQ(readable_domain(domain), domain);
}

}  // namespace
}  // namespace latchkey
