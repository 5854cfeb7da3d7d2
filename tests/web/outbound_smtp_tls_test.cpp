#include "tests/web/outbound_smtp_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

struct TlsServer : ::testing::TestWithParam<SmtpTls> {
    static const char* mode() { return GetParam() == SmtpTls::starttls ? "starttls" : "implicit"; }
};

TEST_P(TlsServer, GetsMailEncryptedAndSignedIn) {
    SmtpPeer peer(mode(), certificates().server);
    for (const char* mechanism : {"PLAIN", "LOGIN"}) {
        peer.set({{"mechanism", mechanism}});
        const auto smtp = make_smtp_transport(settings_for(peer.port(), GetParam()));
        const Outcome outcome = send(*smtp, "amy@example.org");
        EXPECT_EQ(outcome.kind, kAccepted) << outcome.answer;
        EXPECT_EQ(smtp->probe(kAmple).kind, kAccepted);
    }
    const auto mails = peer.mails();
    ASSERT_EQ(mails.size(), 2U);
    for (const auto& mail : mails) {
        EXPECT_TRUE(mail["tls"].get<bool>());
        EXPECT_EQ(mail["user"], "app");
    }
    EXPECT_EQ(peer.events("AUTH").at(0)["mechanism"], "PLAIN");
    EXPECT_EQ(peer.events("AUTH").at(1)["mechanism"], "LOGIN");
    EXPECT_EQ(peer.events("connect").size(), 2U);
}

TEST_P(TlsServer, WithAWrongCertificateGetsNeitherMailNorPassword) {
    for (const auto& pair : {certificates().stranger, certificates().elsewhere}) {
        SmtpPeer peer(mode(), pair);
        const auto smtp = make_smtp_transport(settings_for(peer.port(), GetParam()));
        for (const Outcome& outcome : {send(*smtp, "amy@example.org"), smtp->probe(kAmple)}) {
            EXPECT_EQ(outcome.kind, kTemporary);
            EXPECT_FALSE(outcome.reached);
            EXPECT_THAT(outcome.answer, AllOf(StartsWith("greeting: "), HasSubstr("certificate")));
        }
        EXPECT_THAT(peer.mails(), IsEmpty());
        EXPECT_THAT(peer.events("AUTH"), IsEmpty());
        EXPECT_THAT(peer.events("MAIL"), IsEmpty());
    }
}

TEST_P(TlsServer, OfAnUnknownAuthorityIsRefused) {
    SmtpPeer peer(mode(), certificates().server);
    auto settings = settings_for(peer.port(), GetParam());
    settings.ca_file.clear();
    const Outcome outcome = send(*make_smtp_transport(std::move(settings)), "amy@example.org");
    EXPECT_THAT(outcome.answer, AllOf(StartsWith("greeting: "), HasSubstr("certificate")));
    EXPECT_THAT(peer.events("MAIL"), IsEmpty());
}

TEST_P(TlsServer, ThatRefusesThePasswordIsTemporaryAndThePasswordStaysHidden) {
    SmtpPeer peer(mode(), certificates().server);
    auto settings = settings_for(peer.port(), GetParam());
    settings.password = Secret("hunter2");
    const auto smtp = make_smtp_transport(std::move(settings));
    for (const Outcome& outcome : {send(*smtp, "amy@example.org"), smtp->probe(kAmple)}) {
        EXPECT_EQ(outcome.kind, kTemporary);
        EXPECT_FALSE(outcome.reached);
        EXPECT_THAT(outcome.answer, StartsWith("greeting: 535 "));
    }
}

TEST_P(TlsServer, PasswordsRepeatedByTheServerAreMasked) {
    SmtpPeer peer(mode(), certificates().server);
    const auto smtp = make_smtp_transport(settings_for(peer.port(), GetParam()));
    EXPECT_THAT(send(*smtp, "echo@example.org").answer, Not(HasSubstr("s3cret")));
}

INSTANTIATE_TEST_SUITE_P(Smtp, TlsServer, ::testing::Values(SmtpTls::starttls, SmtpTls::implicit),
                         [](const auto& kind) {
                             return kind.param == SmtpTls::starttls ? "Starttls" : "Implicit";
                         });

TEST(Smtp, SendsNothingWhenStarttlsWasStripped) {
    SmtpPeer peer("plain");  // offers neither STARTTLS nor, without it, anything to sign in to
    const auto smtp = make_smtp_transport(settings_for(peer.port(), SmtpTls::starttls));
    for (const Outcome& outcome : {send(*smtp, "amy@example.org"), smtp->probe(kAmple)}) {
        EXPECT_EQ(outcome.kind, kTemporary);
        EXPECT_FALSE(outcome.reached);
        EXPECT_THAT(outcome.answer, AllOf(StartsWith("greeting: "), HasSubstr("STARTTLS")));
    }
    EXPECT_THAT(peer.events("AUTH"), IsEmpty());
    EXPECT_THAT(peer.events("MAIL"), IsEmpty());
    EXPECT_THAT(peer.mails(), IsEmpty());
}

}  // namespace
}  // namespace latchkey
