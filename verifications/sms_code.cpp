#include "verifications/sms_code.h"

#include "verifications/one_time_code.h"

#include <algorithm>

namespace latchkey {
namespace {

constexpr std::size_t kShownDigits = 2;

/// "••••01": neither the length nor the country, which would tell a decoy from a person.
std::string mask(std::string_view address) {
    const std::size_t shown = std::min(address.size(), kShownDigits);
    return "••••" + std::string(address.substr(address.size() - shown));
}

std::string fault(std::string_view typed, const PhoneRules& rules) {
    switch (read_phone_number(typed, rules).fault) {
        case PhoneFault::extension:
            return "_extension";
        case PhoneFault::short_code:
            return "_short_code";
        case PhoneFault::premium:
            return "_premium";
        case PhoneFault::country:
            return "_country";
        case PhoneFault::none:
        case PhoneFault::bad_address:
            break;
    }
    return "_bad_address";
}

std::optional<std::string> e164(std::string_view written, const PhoneRules& rules) {
    const auto read = read_phone_number(written, rules);
    if (read.fault != PhoneFault::none) return {};
    return read.e164;
}

/// A second telephone of a decoy: told apart from the first by what the mask shows.
std::string other(std::string_view address, std::string_view chance, const PhoneRules& rules) {
    std::string seed(chance.substr(12));
    std::string made = invent_phone_number(rules, seed);
    for (int tries = 0; tries < 20 && mask(made) == mask(address); ++tries) {
        ++seed[7];
        made = invent_phone_number(rules, seed);
    }
    return made;
}

std::vector<SharedLimit> shared(std::string_view address, const SmsRules& rules) {
    std::vector<SharedLimit> limits;
    const auto read = read_phone_number(address, rules.numbers);
    if (rules.per_country_day > 0)
        limits.push_back({"sms/" + read.country_code, rules.per_country_day});
    if (rules.per_day > 0) limits.push_back({"sms", rules.per_day});
    return limits;
}

}  // namespace

std::unique_ptr<Verification> make_sms_code(const SmsRules& rules) {
    const PhoneRules numbers = rules.numbers;
    const auto canonical = [numbers](std::string_view written) { return e164(written, numbers); };
    return make_one_time_code(
        {.type = "sms_code",
         .channel = "sms",
         .attribute = "phone",
         .autofill = "tel",
         .limit_per_device = true,
         .expires_in = Minutes{5},
         .canonical = canonical,
         .mask = mask,
         .other = [numbers](std::string_view address,
                            std::string_view chance) { return other(address, chance, numbers); },
         .invent =
             [numbers](std::string_view chance) { return invent_phone_number(numbers, chance); },
         .fault = [numbers](std::string_view typed) { return fault(typed, numbers); },
         .usable = canonical,
         .shared = [rules](std::string_view address) { return shared(address, rules); }},
        {.assurance = Assurance::medium,
         .standing = {.alone = Standing::Alone::no, .first_of_two = false, .second_of_two = true},
         .assets = {Asset::phone_number}});
}

}  // namespace latchkey
