#include "engine/subject.h"

#include "engine/random.h"
#include "engine/unicode.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace latchkey {
namespace {

constexpr std::size_t kLongestIdentifier = 256;  // code points; RFC 5321 allows 254 for an address
constexpr std::string_view kMailDomainOfNobody = "example.com";

/// A number in (0, 1) that belongs to these parts.
double keyed_fraction(const Crypto& crypto, std::initializer_list<std::string_view> parts) {
    const std::string digest = crypto.keyed_digest(KeyUse::decoy, parts);
    std::uint64_t bits = 0;
    std::memcpy(&bits, digest.data(), sizeof bits);
    return (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52;  // one bit more would round up to 1
}

/// Weighted rendezvous hashing: a domain is drawn as often as it occurs, and when people come or go
/// only a few decoys change theirs.
std::string decoy_mail_domain(std::string_view canonical, const DecoyShape& shape,
                              const Crypto& crypto) {
    std::string best{kMailDomainOfNobody};
    double best_score = -1;
    for (const auto& [domain, people] : shape.mail_domains) {
        const double fraction = keyed_fraction(crypto, {"domain", canonical, domain});
        const double score = static_cast<double>(people) / -std::log(fraction);
        if (score > best_score) {
            best_score = score;
            best = domain;
        }
    }
    return best;
}

char decoy_letter(std::string_view canonical, const Crypto& crypto) {
    // Roughly how often names begin with each letter; flat draws would stand out.
    constexpr std::string_view kInitials =
        "aaaabbbbcccccdddeeefghhijjjjkklllmmmmmnnopprrrsssstttvw";
    const double fraction = keyed_fraction(crypto, {"letter", canonical});
    return kInitials[static_cast<std::size_t>(fraction * static_cast<double>(kInitials.size()))];
}

}  // namespace

std::string Subject::attribute(std::string_view name) const {
    const auto found = attributes.find(name);
    return found == attributes.end() ? std::string{} : found->second;
}

Subject subject_of(const Account& account) {
    return {account.id, account.user_name, account.attributes};
}

bool belongs_to(const Account& account, const std::vector<std::string>& groups) {
    return groups.empty() || std::ranges::any_of(groups, [&](const std::string& group) {
               return std::ranges::count(account.groups, group) > 0;
           });
}

std::optional<std::string> canonical_identifier(std::string_view typed) {
    // Bytes first: folding a megabyte would cost something.
    if (typed.size() > kLongestIdentifier * 4) return {};
    auto folded = fold(typed);
    if (!folded || folded->empty() || code_points(*folded) > kLongestIdentifier) return {};
    return folded;
}

Subject decoy_for(std::string_view canonical, const DecoyShape& shape, const Crypto& crypto) {
    Subject decoy;
    decoy.account =
        AccountId{base32(crypto.keyed_digest(KeyUse::decoy, {"account", canonical}).substr(0, 16))};
    decoy.user_name = canonical;
    if (canonical.find('@') != std::string_view::npos) {
        decoy.attributes["email"] = canonical;  // what was typed is what its owner would see masked
    } else {
        const char initial = shape.mail_begins_like_name &&
                                     std::isalnum(static_cast<unsigned char>(canonical.front()))
                                 ? canonical.front()
                                 : decoy_letter(canonical, crypto);
        decoy.attributes["email"] =
            std::string(1, initial) + "@" + decoy_mail_domain(canonical, shape, crypto);
    }
    return decoy;
}

}  // namespace latchkey
