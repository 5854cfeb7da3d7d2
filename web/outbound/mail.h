#pragma once

#include "engine/ids.h"
#include "engine/mail_address.h"
#include "engine/time.h"
#include "web/outbound/composer.h"

#include <string>

namespace latchkey {

/// A mail to exactly one person.
struct Mail {
    MessageId id;
    Mailbox from;
    MailAddress to;
    TimePoint date;
    Composed words;
};

/// The whole message as it goes over the wire (RFC 5322), lines ending in "\r\n": Date, Message-ID,
/// From, To, Subject, Auto-Submitted (RFC 3834), MIME-Version, Content-Language, and a text part
/// with its HTML alternative, quoted-printable (R4.1). The same mail gives the same bytes, so a
/// repetition is recognised. ASCII, unless the recipient's address itself is international. Throws
/// std::invalid_argument if a header value would not be one line (S63).
std::string mail_text(const Mail& mail);

/// "<id@domain>" under the sender's domain; the same at each attempt (F13).
std::string mail_message_id(const MessageId& id, const MailAddress& sender);

}  // namespace latchkey
