#pragma once

#include "engine/message.h"

#include <string>

namespace latchkey {

/// A message in words, in the language of its reader. All text is valid UTF-8.
struct Composed {
    std::string subject;   // one line without control characters; empty on channels without one
    std::string text;      // lines end in "\n"
    std::string html;      // of a mail; empty: the mail is plain text
    std::string language;  // the tag of the language it is written in, such as "pt-BR"
};

/// Puts messages into words: a wording W of a mail is the catalog texts "mail.W.subject" and
/// "mail.W.*" put into templates/email/W.mustache (the HTML part) and
/// templates/email/W.txt.mustache (the text part).
class Composer {
 public:
    virtual ~Composer() = default;

    /// Thread-safe. The same message gives the same words at each attempt. Throws if the message
    /// cannot be put into words; what() names the template or text at fault and holds no data of
    /// the message, since staff read it.
    virtual Composed compose(const Message& message) const = 0;
};

}  // namespace latchkey
