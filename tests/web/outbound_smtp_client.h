#pragma once

#include "tests/support/messages.h"
#include "tests/support/smtp_peer.h"
#include "web/outbound/smtp.h"

#include <utility>

namespace latchkey {

// How the tests of the SMTP transport send.

inline constexpr auto kAccepted = Outcome::Kind::accepted;
inline constexpr auto kTemporary = Outcome::Kind::temporary;
inline constexpr auto kPermanent = Outcome::Kind::permanent;

inline const Allowance kAmple{Seconds{30}};

inline SmtpSettings settings_for(std::uint16_t port, SmtpTls tls) {
    SmtpSettings settings{.host = "localhost",
                          .port = port,
                          .tls = tls,
                          .user = tls == SmtpTls::none ? "" : "app",
                          .password = Secret(tls == SmtpTls::none ? "" : "s3cret"),
                          .from = *parse_mailbox("Example <reset@example.org>"),
                          .hello = "",
                          .ca_file = certificates().authority};
    return settings;
}

inline Outcome send(Transport& smtp, const std::string& to, const std::string& id = "m1") {
    return smtp.deliver(code_message(id, to), plain_words(), kAmple);
}

}  // namespace latchkey
