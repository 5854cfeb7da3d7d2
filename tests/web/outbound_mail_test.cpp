#include "web/outbound/mail.h"

#include "tests/support/messages.h"
#include "tests/support/smtp_peer.h"
#include "web/outbound/mail_encoding.h"
#include "web/outbound/smtp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Mail a_mail() {
    return {MessageId("k3v9"), *parse_mailbox("Example <reset@example.org>"),
            *parse_mail_address("amy@example.com"), kNewYear + Hours{27} + Minutes{4} + Seconds{5},
            plain_words()};
}

TEST(Mail, IsWrittenExactlySo) {
    EXPECT_EQ(mail_text(a_mail()),
              "Date: Fri, 2 Jan 2026 03:04:05 +0000\r\n"
              "Message-ID: <k3v9@example.org>\r\n"
              "From: \"Example\"\r\n"
              " <reset@example.org>\r\n"
              "To: amy@example.com\r\n"
              "Subject: Your code\r\n"
              "Auto-Submitted: auto-generated\r\n"
              "MIME-Version: 1.0\r\n"
              "Content-Language: en\r\n"
              "Content-Type: multipart/alternative; boundary=\"=_k3v9\"\r\n"
              "\r\n"
              "--=_k3v9\r\n"
              "Content-Type: text/plain; charset=utf-8\r\n"
              "Content-Transfer-Encoding: quoted-printable\r\n"
              "\r\n"
              "Your code is 123456.\r\n"
              "\r\n"
              "--=_k3v9\r\n"
              "Content-Type: text/html; charset=utf-8\r\n"
              "Content-Transfer-Encoding: quoted-printable\r\n"
              "\r\n"
              "<p>Your code is <b>123456</b>.</p>\r\n"
              "\r\n"
              "--=_k3v9--\r\n");
}

TEST(Mail, WithoutHtmlIsPlainText) {
    Mail mail = a_mail();
    mail.words.html.clear();
    EXPECT_THAT(mail_text(mail), HasSubstr("Content-Language: en\r\n"
                                           "Content-Type: text/plain; charset=utf-8\r\n"
                                           "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                                           "Your code is 123456.\r\n"));
    EXPECT_THAT(mail_text(mail), Not(HasSubstr("multipart")));
}

TEST(Mail, WithAnythingButOneLineInAHeaderIsRefused) {
    const auto refused = [](auto&& change) {
        Mail mail = a_mail();
        change(mail);
        EXPECT_THROW(mail_text(mail), std::invalid_argument);
    };
    for (const char* bad : {"a\r\nBcc: eve@example.org", "a\nb", "a\rb", "a\tb", "a\x7f",
                            "a\x1b[31m", "a\xC2\x85z", "not \xFF UTF-8"}) {
        refused([&](Mail& mail) { mail.words.subject = bad; });
        refused([&](Mail& mail) { mail.from.name = bad; });
        refused([&](Mail& mail) { mail.words.language = bad; });
        refused([&](Mail& mail) { mail.id = MessageId(bad); });
    }
    refused([](Mail& mail) { mail.words.subject = std::string("a\0b", 3); });
    refused([](Mail& mail) { mail.id = MessageId(); });
    refused([](Mail& mail) { mail.id = MessageId("a@b"); });
    refused([](Mail& mail) { mail.words.language = ""; });
}

/// What people may find in a header, in many scripts and lengths.
std::vector<std::string> header_texts() {
    std::vector<std::string> texts{
        "Your code",
        "",
        "C\xC3\xB3"
        "digo",
        "Ihr Code für die Zurücksetzung",
        "認証コードのお知らせ:"
        "パスワードの再設定を続けるには、このメールのコードを入力してください。"
        "心当たりがない場合は無視してください。",
        "رمز التحقق الخاص بك لإعادة تعيين كلمة المرور",
        "🔐🔐🔐 code 🔐",
        "looks =?UTF-8?B?encoded?= but is not",
        "quotes \" and \\ and <angle@example.org>, commas; and (comments)",
        "a..b",
        "two  blanks",
    };
    for (std::size_t length = 60; length < 80; ++length) {
        texts.emplace_back(length, 'x');
        std::string wide;
        for (std::size_t at = 0; at < length; ++at) wide += "é";
        texts.push_back(wide);
        texts.push_back("x" + wide);
    }
    texts.emplace_back(900, 'y');
    return texts;
}

TEST(Mail, IsReadBackWithoutADefectByAnIndependentParser) {
    SmtpPeer peer("plain");
    for (const auto& text : header_texts()) {
        SmtpSettings settings{.host = "127.0.0.1",
                              .port = peer.port(),
                              .tls = SmtpTls::none,
                              .user = "",
                              .password = {},
                              .from = {text, *parse_mail_address("reset@example.org")},
                              .hello = "",
                              .ca_file = ""};
        Composed words = plain_words();
        words.subject = text;
        words.text =
            text + "\n.leading dot\ntrailing blank \n\ttab\n" + std::string(2000, 'z') + "\n";
        words.html = "<p style=\"color: red\">" + text + "</p>\n";
        ASSERT_EQ(make_smtp_transport(std::move(settings))
                      ->deliver(code_message("m1"), words, {Seconds{10}})
                      .kind,
                  Outcome::Kind::accepted);
        const Json mail = peer.mails().back();
        EXPECT_EQ(mail["defects"], Json::array()) << text;
        EXPECT_EQ(mail["names"],
                  Json({"Date", "Message-ID", "From", "To", "Subject", "Auto-Submitted",
                        "MIME-Version", "Content-Language", "Content-Type"}));
        EXPECT_EQ(mail["headers"]["subject"], text);
        EXPECT_EQ(mail["from"], Json({text, "reset@example.org"})) << text;
        EXPECT_EQ(mail["addressed_to"], Json::array({{"", "amy@example.org"}}));
        EXPECT_EQ(mail["headers"]["auto-submitted"], "auto-generated");
        EXPECT_EQ(mail["headers"]["content-language"], "en");
        EXPECT_EQ(mail["structure"], "multipart/alternative");
        ASSERT_EQ(mail["parts"].size(), 2U);
        EXPECT_EQ(mail["parts"][0]["type"], "text/plain");
        EXPECT_EQ(mail["parts"][1]["type"], "text/html");
        for (const auto& part : mail["parts"]) {
            EXPECT_EQ(part["charset"], "utf-8");
            EXPECT_EQ(part["encoding"], "quoted-printable");
        }
        std::string read = mail["parts"][0]["text"];
        std::erase(read, '\r');
        EXPECT_EQ(read, words.text);
        EXPECT_TRUE(mail["ascii"].get<bool>());
        EXPECT_LE(mail["longest_line"].get<int>(), 78);
        EXPECT_EQ(mail["bare_line_ends"], 0);
    }
}

TEST(QuotedPrintable, KeepsLinesWithinSeventySixCharacters) {
    for (std::size_t length = 70; length < 90; ++length)
        for (const std::string ending : {"", " ", "=", "é", "\t"}) {
            const std::string out = quoted_printable(std::string(length, 'x') + ending);
            for (std::size_t begin = 0, end = 0; begin < out.size(); begin = end + 2) {
                end = out.find("\r\n", begin);
                ASSERT_NE(end, std::string::npos);
                EXPECT_LE(end - begin, 76U);
                EXPECT_FALSE(end > begin && (out[end - 1] == ' ' || out[end - 1] == '\t'));
            }
        }
}

TEST(QuotedPrintable, WritesEveryByteOutsidePrintableAsciiAsHex) {
    EXPECT_EQ(quoted_printable("a=b\né\r\n\x01 \n"), "a=3Db\r\n=C3=A9\r\n=01=20\r\n");
    EXPECT_EQ(quoted_printable(""), "");
    EXPECT_EQ(quoted_printable("lone\rreturn"), "lone=0Dreturn\r\n");
}

TEST(Base64, MatchesTheExamplesOfRfc4648) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

}  // namespace
}  // namespace latchkey
