#pragma once

#include <string>
#include <string_view>

namespace latchkey {

/// How far a conversation with a mail server has come.
enum class SmtpStage { connect, greeting, sender, recipient, content };

/// Follows a conversation line by line: which stage it has reached and what the server answered
/// last. Keeps nothing of what was said to the server, since passwords are among it.
class SmtpTranscript {
 public:
    /// A new conversation; it may take place on a connection that is open already.
    void begin();
    void connected();
    void said(std::string_view line);
    void heard(std::string_view line);

    SmtpStage stage() const { return stage_; }
    /// Of the answer to the last command, in its latest state; 0: there is none.
    int code() const { return code_; }
    /// That answer, raw, with all its lines; cut at 2000 bytes.
    const std::string& answer() const { return answer_; }
    /// Whether the server of this connection takes international addresses (RFC 6531).
    bool offers_smtputf8() const { return offers_smtputf8_; }

 private:
    SmtpStage stage_ = SmtpStage::connect;
    int code_ = 0;
    std::string answer_;
    bool answered_ = false;  // the last line ended an answer
    bool leaving_ = false;   // QUIT was said: what follows answers nothing of ours
    bool offers_smtputf8_ = false;
};

}  // namespace latchkey
