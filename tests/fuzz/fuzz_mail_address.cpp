#include "engine/mail_address.h"
#include "web/outbound/mail_encoding.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

// Whatever is taken for an address has nothing in it that means something to a mail server or a
// reader of headers, and is read again as the same.

namespace {

using namespace latchkey;

void require(bool holds) {
    if (!holds) std::abort();
}

bool harmless(char c) {
    return static_cast<unsigned char>(c) > ' ' && c != '\x7f' &&
           std::string_view("<>()[],;:\\\"").find(c) == std::string_view::npos;
}

void address(const MailAddress& address) {
    const std::string text = address.text();
    require(text.size() <= 254 && std::ranges::all_of(text, harmless));
    require(std::ranges::count(text, '@') == 1);
    require(std::ranges::all_of(address.domain(), [](char c) {
        return c == '.' || c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
    }));
    require(parse_mail_address(text) == address);
}

void mailbox(const Mailbox& mailbox) {
    address(mailbox.address);
    const std::string phrase = header_phrase(mailbox.name, 6);
    for (std::size_t at = 0; at < phrase.size(); ++at) {
        if (phrase[at] == '\r') require(phrase.substr(at, 3) == "\r\n ");
        if (phrase[at] == '\n') require(at > 0 && phrase[at - 1] == '\r');
    }
    if (phrase.starts_with("=?")) return;  // encoded: another reader has to take it apart
    const auto again = parse_mailbox(phrase + " <" + mailbox.address.text() + ">");
    require(again == mailbox);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (const auto read = parse_mail_address(bytes)) address(*read);
    if (const auto read = parse_mailbox(bytes)) mailbox(*read);
    if (const auto domain = ascii_domain(bytes)) require(ascii_domain(*domain) == domain);
    return 0;
}
