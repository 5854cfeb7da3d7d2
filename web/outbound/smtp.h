#pragma once

#include "engine/mail_address.h"
#include "engine/secret.h"
#include "web/outbound/transport.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey {

/// One choice of three (R3.4): from the first byte (port 465), by STARTTLS before anything else and
/// never without it (port 587), or not at all.
enum class SmtpTls { implicit, starttls, none };

/// "implicit", "starttls" or "none".
std::optional<SmtpTls> smtp_tls_named(std::string_view name);

/// Each counts from the beginning of its stage and is not extended by a byte now and then (R3.6).
struct SmtpTimeouts {
    Milliseconds connect = Seconds{5};    // finding the host and connecting to it
    Milliseconds greeting = Seconds{10};  // TLS, greeting, EHLO and sign-in
    Milliseconds command = Seconds{10};   // each command, and the mail itself, with its answer
};

struct SmtpSettings {
    std::string host;  // a name or an IP address
    std::uint16_t port = 587;
    SmtpTls tls = SmtpTls::starttls;
    std::string user;  // empty: no sign-in
    Secret password;
    Mailbox from;
    std::string hello;    // empty: the sender's domain, never this machine's name (R4.2)
    std::string ca_file;  // PEM; trusted besides the system's authorities (R3.7); empty: none
    SmtpTimeouts timeouts = {};
    Seconds keep_alive{20};  // an idle connection is not used again after that
};

/// The channel "email" by SMTP (RFC 5321). Each delivery under way has a connection of its own; the
/// one used last is used next. The server's certificate is always verified.
///
/// Sorting: whatever happens before the server took the sender concerns the peer, is temporary and
/// not `reached`, wrong passwords included, so that a mistake in the settings does not empty the
/// queue. Afterwards a 5xx answer is permanent, all else temporary, and both are `reached`.
///
/// Throws std::invalid_argument, saying what to change, if a setting cannot be meant: a host, EHLO
/// name or port that is none, control characters, or a password that would travel unprotected.
std::unique_ptr<Transport> make_smtp_transport(SmtpSettings settings);

}  // namespace latchkey
