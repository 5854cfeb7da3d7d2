#pragma once

#include "web/outbound/smtp.h"
#include "web/outbound/smtp_transcript.h"

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace latchkey {

/// What came of one conversation.
struct SmtpTalk {
    bool completed = false;                // every command was answered as it should be
    bool reused = false;                   // on a connection that had been open before
    SmtpStage stage = SmtpStage::connect;  // where it ended
    int code = 0;                          // of the server's last answer; 0: there is none
    std::string answer;                    // that answer, raw
    std::string fault;                     // what went wrong, in words; empty if completed
};

/// When a conversation ends at the latest.
struct SmtpDeadline {
    std::chrono::steady_clock::time_point at;
    std::stop_token stop;
};

/// One connection to the mail server: opened when first needed, kept for the next mail, and opened
/// again after it broke. Not thread-safe. The only place that knows libcurl.
class SmtpSession {
 public:
    /// `settings` must be checked already and outlive the session.
    explicit SmtpSession(const SmtpSettings& settings);
    ~SmtpSession();
    SmtpSession(const SmtpSession&) = delete;
    SmtpSession& operator=(const SmtpSession&) = delete;

    /// A whole mail to one recipient. `content` is what mail_text made.
    SmtpTalk send(const MailAddress& to, std::string_view content, const SmtpDeadline& deadline);

    /// Up to the point where the server takes the sender, and no further.
    SmtpTalk introduce(const SmtpDeadline& deadline);

    /// Only makes sure that the connection is open.
    SmtpTalk greet(const SmtpDeadline& deadline);

    /// Whether the server said in its greeting that it takes international addresses.
    bool offers_smtputf8() const;

 private:
    class Wire;
    std::unique_ptr<Wire> wire_;
};

}  // namespace latchkey
