#include "web/outbound/smtp_transcript.h"

#include <algorithm>
#include <array>
#include <utility>

namespace latchkey {
namespace {

constexpr std::size_t kLongestAnswer = 2000;
constexpr std::array<std::pair<std::string_view, SmtpStage>, 4> kStages{{
    {"EHLO", SmtpStage::greeting},
    {"MAIL", SmtpStage::sender},
    {"RCPT", SmtpStage::recipient},
    {"DATA", SmtpStage::content},
}};

bool digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

void SmtpTranscript::begin() {
    const bool offers = offers_smtputf8_;
    *this = {};
    offers_smtputf8_ = offers;
}

void SmtpTranscript::connected() {
    stage_ = std::max(stage_, SmtpStage::greeting);
}

void SmtpTranscript::said(std::string_view line) {
    leaving_ = leaving_ || line.starts_with("QUIT");
    if (leaving_) return;
    code_ = 0;
    answer_.clear();
    answered_ = false;
    for (const auto& [command, stage] : kStages)
        if (line.starts_with(command)) stage_ = stage;
    if (line.starts_with("EHLO")) offers_smtputf8_ = false;
}

void SmtpTranscript::heard(std::string_view line) {
    if (leaving_) return;
    if (answered_) answer_.clear();  // DATA is answered twice
    answered_ = line.size() < 4 || line[3] != '-';
    if (line.size() >= 3 && std::ranges::all_of(line.substr(0, 3), digit))
        code_ = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    if (line.size() > 4 && line.substr(4).starts_with("SMTPUTF8")) offers_smtputf8_ = true;
    answer_.append(line.substr(0, kLongestAnswer - answer_.size()));
}

}  // namespace latchkey
