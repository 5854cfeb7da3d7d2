#include "web/outbound/mail.h"

#include "web/outbound/mail_encoding.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>
#include <string_view>

namespace latchkey {
namespace {

bool token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_';
    });
}

/// Ids and language tags are ours; anything else in them is refused, never repaired.
void require_token(const std::string& text, const char* what) {
    if (!token(text)) throw std::invalid_argument(std::string(what) + " is not a plain token");
}

/// RFC 5322 section 3.3, in UTC.
std::string date(TimePoint at) {
    constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day ymd{day};
    const std::chrono::hh_mm_ss time{std::chrono::floor<Seconds>(at - day)};
    std::array<char, 64> out{};
    std::snprintf(out.data(), out.size(), "%s, %u %s %04d %02d:%02d:%02d +0000",
                  kDays.at(std::chrono::weekday{day}.c_encoding()), unsigned{ymd.day()},
                  kMonths.at(unsigned{ymd.month()} - 1), int{ymd.year()},
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    return out.data();
}

std::string from(const Mailbox& sender) {
    if (sender.name.empty()) return sender.address.text();
    // The address goes on a line of its own: a long name then needs no arithmetic.
    const std::string name = header_phrase(sender.name, std::string_view("From: ").size());
    return name + "\r\n <" + sender.address.text() + ">";
}

std::string part(std::string_view type, std::string_view text) {
    return std::string("Content-Type: ").append(type) + "; charset=utf-8\r\n" +
           "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + quoted_printable(text);
}

std::string body(const Mail& mail) {
    if (mail.words.html.empty()) return part("text/plain", mail.words.text);
    // "=_" cannot occur in quoted-printable text (RFC 2045 section 6.7), so no part holds it.
    const std::string boundary = "=_" + mail.id.text();
    const std::string delimiter = "--" + boundary;
    return "Content-Type: multipart/alternative; boundary=\"" + boundary + "\"\r\n\r\n" +
           delimiter + "\r\n" + part("text/plain", mail.words.text) + "\r\n" +  //
           delimiter + "\r\n" + part("text/html", mail.words.html) + "\r\n" +   //
           delimiter + "--\r\n";
}

}  // namespace

std::string mail_message_id(const MessageId& id, const MailAddress& sender) {
    require_token(id.text(), "a message's id");
    return '<' + id.text() + '@' + sender.domain() + '>';
}

std::string mail_text(const Mail& mail) {
    const std::string& language = mail.words.language;
    require_token(language, "a language tag");
    const auto column = std::string_view("Subject: ").size();
    return "Date: " + date(mail.date) + "\r\n" +                                    //
           "Message-ID: " + mail_message_id(mail.id, mail.from.address) + "\r\n" +  //
           "From: " + from(mail.from) + "\r\n" +                                    //
           "To: " + mail.to.text() + "\r\n" +                                       //
           "Subject: " + header_text(mail.words.subject, column) + "\r\n" +         //
           "Auto-Submitted: auto-generated\r\n" +                                   //
           "MIME-Version: 1.0\r\n" +                                                //
           "Content-Language: " + language + "\r\n" +                               //
           body(mail);
}

}  // namespace latchkey
