#include "web/outbound/smtp_transcript.h"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

/// A whole mail over STARTTLS, up to the answer to RCPT.
SmtpTranscript up_to_the_recipient() {
    SmtpTranscript transcript;
    transcript.begin();
    transcript.connected();
    transcript.heard("220 peer.test ESMTP\r\n");
    transcript.said("EHLO example.org\r\n");
    transcript.heard("250-peer.test\r\n");
    transcript.heard("250-SMTPUTF8\r\n");
    transcript.heard("250 STARTTLS\r\n");
    transcript.said("AUTH PLAIN AGFwcABzM2NyZXQ=\r\n");
    transcript.heard("235 2.7.0 welcome\r\n");
    transcript.said("MAIL FROM:<reset@example.org>\r\n");
    transcript.heard("250 2.1.0 taken\r\n");
    transcript.said("RCPT TO:<amy@example.org>\r\n");
    return transcript;
}

TEST(SmtpTranscript, ReachesAStageWhenItsCommandIsSaid) {
    SmtpTranscript transcript;
    EXPECT_EQ(transcript.stage(), SmtpStage::connect);
    transcript.connected();
    EXPECT_EQ(transcript.stage(), SmtpStage::greeting);
    transcript = up_to_the_recipient();
    EXPECT_EQ(transcript.stage(), SmtpStage::recipient);
    transcript.heard("250 ok\r\n");
    transcript.said("DATA\r\n");
    EXPECT_EQ(transcript.stage(), SmtpStage::content);
}

TEST(SmtpTranscript, KeepsOnlyTheAnswerToTheLastCommand) {
    SmtpTranscript transcript = up_to_the_recipient();
    EXPECT_EQ(transcript.code(), 0);
    EXPECT_EQ(transcript.answer(), "");
    transcript.heard("550-5.1.1 no such user\r\n");
    transcript.heard("550 here\r\n");
    EXPECT_EQ(transcript.code(), 550);
    EXPECT_EQ(transcript.answer(), "550-5.1.1 no such user\r\n550 here\r\n");
}

TEST(SmtpTranscript, TakesTheSecondAnswerToAMailForTheAnswer) {
    SmtpTranscript transcript = up_to_the_recipient();
    transcript.heard("250 ok\r\n");
    transcript.said("DATA\r\n");
    transcript.heard("354 go on\r\n");
    transcript.heard("250 queued\r\n");
    EXPECT_EQ(transcript.code(), 250);
    EXPECT_EQ(transcript.answer(), "250 queued\r\n");
}

TEST(SmtpTranscript, DoesNotTakeAGoodbyeForTheAnswer) {
    SmtpTranscript transcript = up_to_the_recipient();
    transcript.heard("550 no\r\n");
    transcript.said("QUIT\r\n");
    transcript.heard("221 goodbye\r\n");
    EXPECT_EQ(transcript.code(), 550);
    EXPECT_EQ(transcript.answer(), "550 no\r\n");
}

TEST(SmtpTranscript, RemembersWhatTheServerOffersUntilItIsGreetedAgain) {
    SmtpTranscript transcript = up_to_the_recipient();
    EXPECT_TRUE(transcript.offers_smtputf8());
    transcript.begin();
    EXPECT_TRUE(transcript.offers_smtputf8());
    transcript.said("EHLO example.org\r\n");
    transcript.heard("250 peer.test\r\n");
    EXPECT_FALSE(transcript.offers_smtputf8());
}

TEST(SmtpTranscript, BearsAServerThatTalksNonsense) {
    SmtpTranscript transcript = up_to_the_recipient();
    for (const char* line : {"", "\r\n", "5", "abc def\r\n", "55\xFF-\r\n"}) transcript.heard(line);
    EXPECT_EQ(transcript.code(), 0);
    for (int line = 0; line < 1000; ++line) transcript.heard("550-and on and on\r\n");
    EXPECT_LE(transcript.answer().size(), 2000U);
    EXPECT_EQ(transcript.code(), 550);
}

}  // namespace
}  // namespace latchkey
