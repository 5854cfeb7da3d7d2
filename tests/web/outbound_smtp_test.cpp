#include "tests/web/outbound_smtp_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <chrono>

namespace latchkey {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

/// So short that a server which hangs costs a test little.
constexpr SmtpTimeouts kImpatient{Milliseconds{400}, Milliseconds{400}, Milliseconds{400}};

struct PlainServer : ::testing::Test {
    SmtpPeer peer{"plain"};

    std::unique_ptr<Transport> transport(SmtpTimeouts timeouts = {}) {
        auto settings = settings_for(peer.port(), SmtpTls::none);
        settings.timeouts = timeouts;
        return make_smtp_transport(std::move(settings));
    }
};

TEST_F(PlainServer, GetsExactlyOneRecipientAndTheSendersNameForHello) {
    const auto smtp = transport();
    const Outcome outcome = send(*smtp, "amy@example.org");
    EXPECT_EQ(outcome.kind, kAccepted);
    EXPECT_TRUE(outcome.reached);
    EXPECT_EQ(outcome.answer, "250 2.0.0 queued as 4711");
    const auto mails = peer.mails();
    ASSERT_EQ(mails.size(), 1U);
    EXPECT_EQ(mails[0]["to"], Json({"amy@example.org"}));
    EXPECT_EQ(mails[0]["sender"], "reset@example.org");
    EXPECT_EQ(mails[0]["defects"], Json::array());
    EXPECT_EQ(peer.events("RCPT").size(), 1U);
    EXPECT_EQ(peer.events("ehlo").at(0)["name"], "example.org");
    EXPECT_EQ(peer.events("AUTH").size(), 0U);
}

TEST_F(PlainServer, IsGreetedByTheConfiguredName) {
    auto settings = settings_for(peer.port(), SmtpTls::none);
    settings.hello = "Bücher.example";
    EXPECT_EQ(send(*make_smtp_transport(std::move(settings)), "amy@example.org").kind, kAccepted);
    EXPECT_EQ(peer.events("ehlo").at(0)["name"], "xn--bcher-kva.example");
}

TEST_F(PlainServer, TakesFiftyMailsOnOneConnection) {
    const auto smtp = transport();
    for (int number = 0; number < 50; ++number)
        ASSERT_EQ(send(*smtp, "amy@example.org", "m" + std::to_string(number)).kind, kAccepted);
    EXPECT_EQ(peer.mails().size(), 50U);
    EXPECT_EQ(peer.events("connect").size(), 1U);
}

TEST_F(PlainServer, IsToldGoodbyeWhenTheTransportGoes) {
    auto smtp = transport();
    send(*smtp, "amy@example.org");
    smtp.reset();
    peer.wait_for("QUIT", 1);
}

TEST_F(PlainServer, NeedNotAnswerAGoodbye) {
    peer.set({{"quit", "hang"}});
    auto smtp = transport();
    send(*smtp, "amy@example.org");
    const auto began = std::chrono::steady_clock::now();
    smtp.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - began, Seconds{5});
    peer.wait_for("QUIT", 1);
}

TEST_F(PlainServer, RefusalsOfOneRecipientAreSortedByTheServersCode) {
    const auto smtp = transport();
    const struct {
        const char* to;
        Outcome::Kind kind;
        const char* answer;
    } kCases[]{
        {"tempfail@example.org", kTemporary, "RCPT TO: 451 4.3.0 try later"},
        {"reject@example.org", kPermanent, "RCPT TO: 550 5.1.1 no such user"},
        {"refuse@example.org", kPermanent, "DATA: 554 5.6.0 content refused"},
        {"full@example.org", kTemporary, "DATA: 452 4.2.2 mailbox full"},
    };
    for (const auto& each : kCases) {
        const Outcome outcome = send(*smtp, each.to);
        EXPECT_EQ(outcome.kind, each.kind) << each.to;
        EXPECT_TRUE(outcome.reached) << each.to;
        EXPECT_EQ(outcome.answer, each.answer);
    }
    EXPECT_EQ(send(*smtp, "amy@example.org").kind, kAccepted);
}

TEST_F(PlainServer, AConnectionDroppedAfterTheMailIsTemporaryAndTheMessageIdStays) {
    const auto smtp = transport();
    const Outcome dropped = send(*smtp, "drop@example.org");
    EXPECT_EQ(dropped.kind, kTemporary);
    EXPECT_TRUE(dropped.reached);
    EXPECT_THAT(dropped.answer, StartsWith("DATA: "));
    send(*smtp, "drop@example.org");
    const auto mails = peer.mails();
    ASSERT_EQ(mails.size(), 2U);
    EXPECT_EQ(mails[0]["headers"]["message-id"], "<m1@example.org>");
    EXPECT_EQ(mails[0]["data"], mails[1]["data"]);
}

TEST_F(PlainServer, ThatNeverAnswersIsGivenUpOnInTime) {
    const auto smtp = transport(kImpatient);
    for (const char* to : {"hang@example.org", "stall@example.org"}) {
        const auto began = std::chrono::steady_clock::now();
        const Outcome outcome = send(*smtp, to);
        EXPECT_LT(std::chrono::steady_clock::now() - began, Seconds{3});
        EXPECT_EQ(outcome.kind, kTemporary);
        EXPECT_TRUE(outcome.reached);
        EXPECT_THAT(outcome.answer, HasSubstr("no answer in time"));
    }
    EXPECT_EQ(send(*smtp, "amy@example.org").kind, kAccepted);
}

TEST_F(PlainServer, ThatHangsOrTricklesBeforeItsGreetingIsGivenUpOnInTime) {
    const auto smtp = transport(kImpatient);
    for (const char* greeting : {"hang", "trickle"}) {
        peer.set({{"greeting", greeting}});
        const auto began = std::chrono::steady_clock::now();
        const Outcome outcome = send(*smtp, "amy@example.org");
        EXPECT_LT(std::chrono::steady_clock::now() - began, Seconds{3});
        EXPECT_EQ(outcome.kind, kTemporary);
        EXPECT_FALSE(outcome.reached);
        EXPECT_EQ(outcome.answer, "greeting: no answer in time");
    }
}

TEST_F(PlainServer, ThatTurnsAwayIsTemporaryAndNobodysFault) {
    const auto smtp = transport();
    for (const char* greeting : {"421", "close"}) {
        peer.set({{"greeting", greeting}});
        const Outcome outcome = send(*smtp, "amy@example.org");
        EXPECT_EQ(outcome.kind, kTemporary) << greeting;
        EXPECT_FALSE(outcome.reached);
        EXPECT_THAT(outcome.answer, StartsWith("greeting: "));
    }
    peer.stop();
    const Outcome refused = send(*smtp, "amy@example.org");
    EXPECT_EQ(refused.kind, kTemporary);
    EXPECT_FALSE(refused.reached);
    EXPECT_THAT(refused.answer, StartsWith("connecting: "));
}

TEST_F(PlainServer, ThatRefusesTheSenderConcernsThePeerAndNotTheRecipient) {
    peer.set({{"mail", "550 5.7.1 you may not send as this"}});
    const auto smtp = transport();
    for (const Outcome& outcome : {send(*smtp, "amy@example.org"), smtp->probe(kAmple)}) {
        EXPECT_EQ(outcome.kind, kTemporary);
        EXPECT_FALSE(outcome.reached);
        EXPECT_EQ(outcome.answer, "MAIL FROM: 550 5.7.1 you may not send as this");
    }
}

TEST_F(PlainServer, ThatHungUpOnAnIdleConnectionStillGetsTheNextMailAtOnce) {
    const auto smtp = transport();
    for (const char* word : {"", "421 4.4.2 idle for too long"}) {
        ASSERT_EQ(send(*smtp, "amy@example.org").kind, kAccepted);
        peer.hang_up(word);
        EXPECT_EQ(send(*smtp, "amy@example.org").kind, kAccepted);
    }
}

TEST_F(PlainServer, GetsNoMailFromAProbe) {
    const auto smtp = transport();
    const Outcome outcome = smtp->probe(kAmple);
    EXPECT_EQ(outcome.kind, kAccepted);
    EXPECT_TRUE(outcome.reached);
    send(*smtp, "amy@example.org");
    smtp->probe(kAmple);
    EXPECT_EQ(peer.mails().size(), 1U);
    EXPECT_EQ(peer.events("connect").size(), 1U);
    EXPECT_EQ(peer.events("RCPT").size(), 1U);
    EXPECT_EQ(peer.events("MAIL").size(), 3U);
    EXPECT_EQ(peer.events("RSET").size(), 2U);
}

TEST_F(PlainServer, InternationalAddressesAreSentOnlyWhereTheServerTakesThem) {
    const auto smtp = transport();
    EXPECT_EQ(send(*smtp, "amy@bücher.example").kind, kAccepted);  // an ASCII domain after all
    EXPECT_EQ(send(*smtp, "josé@bücher.example").kind, kAccepted);
    const auto mails = peer.mails();
    ASSERT_EQ(mails.size(), 2U);
    EXPECT_EQ(mails[0]["to"], Json({"amy@xn--bcher-kva.example"}));
    EXPECT_THAT(mails[0]["options"].dump(), Not(HasSubstr("SMTPUTF8")));
    EXPECT_EQ(mails[1]["to"], Json({"josé@xn--bcher-kva.example"}));
    EXPECT_THAT(mails[1]["options"].dump(), HasSubstr("SMTPUTF8"));
    EXPECT_EQ(mails[1]["addressed_to"][0][1], "josé@xn--bcher-kva.example");

    peer.set({{"smtputf8", false}});
    const auto plain = transport();
    const Outcome refused = send(*plain, "josé@bücher.example");
    EXPECT_EQ(refused.kind, kPermanent);
    EXPECT_TRUE(refused.reached);
    EXPECT_EQ(peer.mails().size(), 2U);
}

TEST_F(PlainServer, NeverSeesWhatIsInjectedIntoAddresses) {
    const auto smtp = transport();
    for (const char* to :
         {"amy@example.org>\r\nRCPT TO:<eve@example.org", "amy@example.org\r\nDATA",
          "amy@example.org,eve@example.org", "<amy@example.org>", "amy@example.org\n",
          "amy@example.org SIZE=1", "amy\0@example.org", "", "amy", "\"amy\r\n\"@example.org"}) {
        const Outcome outcome = send(*smtp, to);
        EXPECT_EQ(outcome.kind, kPermanent) << to;
        EXPECT_TRUE(outcome.reached) << to;
    }
    EXPECT_THAT(peer.events("RCPT"), IsEmpty());
    EXPECT_THAT(peer.mails(), IsEmpty());
}

TEST_F(PlainServer, NeverSeesWhatIsInjectedIntoHeaders) {
    const auto smtp = transport();
    Composed words = plain_words();
    words.subject = "Your code\r\nBcc: eve@example.org\r\n\r\nhello";
    EXPECT_EQ(smtp->deliver(code_message("m1"), words, kAmple).kind, kPermanent);
    words = plain_words();
    words.language = "en\r\nBcc: eve@example.org";
    EXPECT_EQ(smtp->deliver(code_message("m1"), words, kAmple).kind, kPermanent);
    EXPECT_EQ(
        smtp->deliver(code_message("m1>\r\nBcc: eve@example.org"), plain_words(), kAmple).kind,
        kPermanent);
    EXPECT_THAT(peer.mails(), IsEmpty());
}

TEST_F(PlainServer, ABadAddressFailsLikeADecoyWhileTheServerIsAway) {
    const auto smtp = transport();
    peer.stop();
    const Outcome bad = send(*smtp, "no address");
    const Outcome decoy = smtp->probe(kAmple);
    EXPECT_EQ(bad.kind, decoy.kind);
    EXPECT_EQ(bad.reached, decoy.reached);
    EXPECT_EQ(bad.kind, kTemporary);
    EXPECT_FALSE(bad.reached);
}

TEST_F(PlainServer, AnswersReachStaffWithoutAddressCodeAndControlCharacters) {
    const auto smtp = transport();
    EXPECT_EQ(send(*smtp, "echo@example.org").answer,
              "RCPT TO: 550 5.1.1 ***: not here,\\x1B[31m s3cret \\xC3\\xBC");
    EXPECT_EQ(send(*smtp, "long@example.org").answer.size(), 300U);
    EXPECT_EQ(send(*smtp, "quote@example.org").answer, "DATA: 554 5.6.0 refused because of ***");
}

TEST_F(PlainServer, LinesThatBeginWithADotArriveAsTheyAre) {
    const auto smtp = transport();
    Composed words = plain_words();
    words.text = ".\n..\n.text\n\n.\n";
    EXPECT_EQ(smtp->deliver(code_message("m1"), words, kAmple).kind, kAccepted);
    EXPECT_EQ(peer.mails().at(0)["parts"][0]["text"], ".\r\n..\r\n.text\r\n\r\n.\r\n");
}

TEST_F(PlainServer, IsLeftAtOnceWhenTheProcessStops) {
    const auto smtp = transport();
    std::stop_source stop;
    std::thread stopper([&] {
        peer.wait_for("mail", 1);
        stop.request_stop();
    });
    const auto began = std::chrono::steady_clock::now();
    const Outcome outcome = smtp->deliver(code_message("m1", "hang@example.org"), plain_words(),
                                          {Seconds{30}, stop.get_token()});
    EXPECT_LT(std::chrono::steady_clock::now() - began, Seconds{5});
    EXPECT_EQ(outcome.kind, kTemporary);
    EXPECT_EQ(outcome.answer, "DATA: interrupted");
    stopper.join();
}

TEST_F(PlainServer, DeliversNoHalfOfAMailThatWasInterrupted) {
    const auto smtp = transport();
    Composed words = plain_words();
    for (int line = 0; line < 250'000; ++line)
        words.text += "A line of a mail that is very long.\n";
    std::stop_source stop;
    std::thread stopper([&] {
        peer.wait_for("deaf", 1);
        stop.request_stop();
    });
    const Outcome outcome = smtp->deliver(code_message("m1", "deaf@example.org"), words,
                                          {Seconds{30}, stop.get_token()});
    stopper.join();
    EXPECT_EQ(outcome.answer, "DATA: interrupted");
    EXPECT_EQ(send(*smtp, "amy@example.org").kind, kAccepted);
    EXPECT_EQ(peer.mails().size(), 1U);
}

TEST_F(PlainServer, GetsNoMoreTimeThanTheMessageHasLeft) {
    const auto smtp = transport();
    const auto began = std::chrono::steady_clock::now();
    const Outcome outcome =
        smtp->deliver(code_message("m1", "hang@example.org"), plain_words(), {Milliseconds{300}});
    EXPECT_LT(std::chrono::steady_clock::now() - began, Seconds{5});
    EXPECT_EQ(outcome.answer, "DATA: no answer in time");
}

TEST(Smtp, RefusesSettingsThatCannotBeMeant) {
    const auto refusal = [](auto&& change) -> std::string {
        auto settings = settings_for(587, SmtpTls::starttls);
        settings.host = "smtp.example.org";
        change(settings);
        try {
            make_smtp_transport(std::move(settings));
        } catch (const std::invalid_argument& fault) {
            return fault.what();
        }
        return "";
    };
    EXPECT_EQ(refusal([](SmtpSettings&) {}), "");
    EXPECT_EQ(refusal([](SmtpSettings& s) { s.host = "::1"; }), "");
    EXPECT_EQ(refusal([](SmtpSettings& s) { s.host = "192.0.2.1"; }), "");
    for (const char* host :
         {"", "a b", "smtp.example.org/x", "user@host", "host\r\n", "-x.example"})
        EXPECT_THAT(refusal([&](SmtpSettings& s) { s.host = host; }), HasSubstr("mail.host"));
    EXPECT_THAT(refusal([](SmtpSettings& s) { s.port = 0; }), HasSubstr("mail.port"));
    for (const char* hello : {"a b", "x\r\nMAIL", "192.0.2.1", "a/b"})
        EXPECT_THAT(refusal([&](SmtpSettings& s) { s.hello = hello; }), HasSubstr("mail.hello"));
    EXPECT_THAT(refusal([](SmtpSettings& s) { s.tls = SmtpTls::none; }),
                AllOf(HasSubstr("mail.user"), HasSubstr("mail.tls")));
    EXPECT_THAT(refusal([](SmtpSettings& s) { s.user = "a\nb"; }), HasSubstr("mail.user"));
    EXPECT_THAT(refusal([](SmtpSettings& s) { s.user.clear(); }), HasSubstr("mail.password"));
    EXPECT_THAT(refusal([](SmtpSettings& s) { s.from = *parse_mailbox("josé@example.org"); }),
                HasSubstr("mail.from"));
}

TEST(Smtp, KnowsItsKindsOfTlsByName) {
    EXPECT_EQ(smtp_tls_named("implicit"), SmtpTls::implicit);
    EXPECT_EQ(smtp_tls_named("starttls"), SmtpTls::starttls);
    EXPECT_EQ(smtp_tls_named("none"), SmtpTls::none);
    EXPECT_EQ(smtp_tls_named("ssl"), std::nullopt);
}

}  // namespace
}  // namespace latchkey
