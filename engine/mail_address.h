#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace latchkey {

/// A mail address of which every byte has been checked by a strict grammar (S63): nothing in it can
/// end a command, a header or an address list. Made by parse_mail_address alone.
class MailAddress {
 public:
    /// As written: its case may matter to the receiving server.
    const std::string& local() const { return local_; }
    /// In lower case, with international labels in their ASCII form (RFC 5890).
    const std::string& domain() const { return domain_; }
    std::string text() const { return local_ + '@' + domain_; }

    /// True if only servers that offer SMTPUTF8 can take it (RFC 6531).
    bool international() const;

    bool operator==(const MailAddress&) const = default;

 private:
    friend std::optional<MailAddress> parse_mail_address(std::string_view text);
    MailAddress(std::string local, std::string domain)
        : local_(std::move(local)), domain_(std::move(domain)) {}

    std::string local_;
    std::string domain_;
};

/// The dot-string form of RFC 5321 section 4.1.2 or its UTF-8 extension in RFC 6531 section 3.3. No
/// quoted local parts, no address literals, no comments; at most 64 bytes before the '@' and 254
/// together. Nothing for any other text.
std::optional<MailAddress> parse_mail_address(std::string_view text);

/// An address with the name that people see beside it; the name may be empty.
struct Mailbox {
    std::string name;
    MailAddress address;

    bool operator==(const Mailbox&) const = default;
};

/// "reset@example.org", "Example <reset@example.org>" or "\"Example, Ltd.\" <reset@example.org>".
/// Nothing if the address is none or the name has control characters.
std::optional<Mailbox> parse_mailbox(std::string_view text);

/// The domain as people read it, with international labels in Unicode. Any other text stays as it
/// is.
std::string readable_domain(std::string_view domain);

/// A host or mail domain in lower-case ASCII (UTS #46, letters, digits and hyphens only), at most
/// 253 bytes. Nothing for any other text; an IP address is not a domain.
std::optional<std::string> ascii_domain(std::string_view text);

}  // namespace latchkey
