#include "verifications/email_code.h"

#include "engine/mail_address.h"
#include "engine/unicode.h"
#include "verifications/one_time_code.h"

#include <array>

namespace latchkey {
namespace {

constexpr std::string_view kHidden = "••••";

std::optional<std::string> canonical(std::string_view typed) {
    const auto address = parse_mail_address(typed);
    if (!address) return {};
    return address->text();
}

/// The whole first character, however many bytes it has.
std::string_view first_character(std::string_view text) {
    std::size_t end = 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    return text.substr(0, end);
}

/// "amy.lee@example.org" as "a••••@e••••.org": the lengths are hidden as well. Folded, since a
/// decoy has what was typed in that form: a capital letter would tell that somebody is real.
std::string mask(std::string_view written) {
    const std::string address = fold(written).value_or(std::string(written));
    const std::size_t at = address.rfind('@');
    if (at == std::string::npos || at == 0) return std::string(kHidden);
    const std::string domain = readable_domain(std::string_view(address).substr(at + 1));
    const std::size_t dot = domain.rfind('.');
    std::string out(first_character(address));
    out.append(kHidden).append("@").append(first_character(domain)).append(kHidden);
    if (dot != std::string::npos) out.append(domain, dot);
    return out;
}

/// A private mailbox beside the first one, as many people have; with another provider, so that the
/// two are told apart.
std::string other(std::string_view address, std::string_view chance) {
    static constexpr std::array<std::string_view, 4> kProviders{"gmail.com", "outlook.com",
                                                                "icloud.com", "yahoo.com"};
    auto pick = static_cast<unsigned char>(chance.at(1)) % kProviders.size();
    if (address.ends_with(kProviders.at(pick))) pick = (pick + 1) % kProviders.size();
    return std::string(first_character(address)) + "@" + std::string(kProviders.at(pick));
}

}  // namespace

std::unique_ptr<Verification> make_email_code() {
    return make_one_time_code({.type = "email_code",
                               .channel = "email",
                               .attribute = "email",
                               .autofill = "email",
                               .limit_per_device = false,
                               .expires_in = Minutes{10},
                               .canonical = canonical,
                               .mask = mask,
                               .other = other},
                              {.assurance = Assurance::medium,
                               .standing = {.alone = Standing::Alone::with_warning,
                                            .first_of_two = true,
                                            .second_of_two = true},
                               .assets = {Asset::mailbox}});
}

}  // namespace latchkey
