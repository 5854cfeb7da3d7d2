#include "verifications/phone_number.h"

#include "engine/unicode.h"
#include "verifications/phone_regions.h"

#include <algorithm>
#include <cstdint>

namespace latchkey {
namespace {

constexpr std::size_t kLongestWritten = 100;  // bytes
constexpr std::size_t kLongestNumber = 15;    // digits (E.164)
constexpr std::size_t kLongestShort = 6;
constexpr std::string_view kSeparators = "./()[]~";

template <class Match>
bool any_word(std::string_view list, Match&& match) {
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(' '), list.size());
        if (match(list.substr(0, end))) return true;
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

bool begins_with_any(std::string_view digits, std::string_view prefixes) {
    return any_word(prefixes, [&](std::string_view each) { return digits.starts_with(each); });
}

const PhoneRegion* find_region(std::string_view region) {
    const auto found = std::ranges::find(phone_regions(), region, &PhoneRegion::region);
    return found == phone_regions().end() ? nullptr : &*found;
}

/// The region of an international number's digits.
const PhoneRegion* region_of(std::string_view digits) {
    for (const PhoneRegion& each : phone_regions()) {
        if (!digits.starts_with(each.code)) continue;
        const auto national = digits.substr(each.code.size());
        const bool trunk = national.starts_with("0") && each.trunk == "0";
        if (each.begins.empty() || begins_with_any(national.substr(trunk ? 1 : 0), each.begins))
            return &each;
    }
    return nullptr;
}

struct Written {
    bool plus = false;
    bool extension = false;
    std::string digits;
};

std::string_view next_character(std::string_view text) {
    std::size_t end = 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    return text.substr(0, end);
}

/// Address books put marks of writing direction around numbers.
std::string without_direction(std::string_view text) {
    std::string out(text);
    for (const std::string_view mark : {"\u200E", "\u200F", "\u202A", "\u202C", "\u2066", "\u2069"})
        for (auto at = out.find(mark); at != out.npos; at = out.find(mark))
            out.erase(at, mark.size());
    return out;
}

/// "x12", "ext. 12", ";ext=12", "#12" after a number.
bool begins_extension(std::string_view rest) {
    for (const std::string_view word :
         {";ext=", "ext", "extn", "x", "#", ",", ";", "int.", "poste", "durchwahl", "доб"})
        if (rest.starts_with(word)) return true;
    return false;
}

std::optional<Written> take_apart(std::string_view written) {
    if (written.size() > kLongestWritten) return {};
    // Full-width digits and signs become the usual ones.
    const auto folded = fold(without_direction(written));
    if (!folded) return {};
    std::string_view rest = *folded;
    if (rest.starts_with("tel:")) rest.remove_prefix(4);
    Written out;
    while (!rest.empty()) {
        const std::string_view one = next_character(rest);
        if (one == "+" && out.digits.empty() && !out.plus) {
            out.plus = true;
        } else if (const auto digit = to_ascii_digits(one)) {
            out.digits += *digit;  // nothing for blanks and dashes
        } else if (out.digits.size() > 3 && begins_extension(rest)) {
            out.extension = true;
            break;
        } else if (kSeparators.find(one) == kSeparators.npos) {
            return {};
        }
        rest.remove_prefix(one.size());
    }
    return out;
}

/// A national number without what is dialled before it inside the country only.
std::string national_of(const PhoneRegion& region, std::string digits) {
    const bool long_enough = digits.size() > region.longest;
    if (!region.trunk.empty() && digits.starts_with(region.trunk) &&
        (region.trunk == "0" || long_enough))
        digits.erase(0, region.trunk.size());
    // Mexico's mobile numbers were dialled with a 1 from abroad, and with 044 or 045, until 2020.
    if (region.region == "MX" && digits.size() == 11 && digits.front() == '1') digits.erase(0, 1);
    if (region.region == "MX" && digits.size() == 13 &&
        (digits.starts_with("044") || digits.starts_with("045")))
        digits.erase(0, 3);
    // Argentina's mobile numbers have a 15 after the area code at home, and a 9 before it abroad.
    if (region.region == "AR" && digits.size() == 12)
        for (const std::size_t area : {2U, 3U, 4U})
            if ((area != 2 || digits.starts_with("11")) && digits.compare(area, 2, "15") == 0) {
                digits.erase(area, 2);
                return "9" + digits;
            }
    return digits;
}

bool plausible(const PhoneRegion& region, std::string_view national) {
    if (national.size() < region.shortest || national.size() > region.longest) return false;
    if (region.code.size() + national.size() > kLongestNumber) return false;
    // What is left of two trunk prefixes; without one, every number is the same when read again.
    if (region.trunk == "0" && national.starts_with('0')) return false;
    if (region.code != "1") return true;
    // North America: an area code and an exchange never begin with 0 or 1, nor is one N11.
    return national[0] >= '2' && national[3] >= '2' && national.substr(1, 2) != "11" &&
           national.substr(4, 2) != "11";
}

PhoneNumber faulty(PhoneFault fault) {
    return {.e164 = {}, .region = {}, .country_code = {}, .fault = fault};
}

PhoneNumber checked(const PhoneRegion& guess, const std::string& typed, const PhoneRules& rules) {
    const std::string national = national_of(guess, typed);
    const std::string digits = std::string(guess.code) + national;
    const PhoneRegion* const region = region_of(digits);
    if (!region) return faulty(PhoneFault::bad_address);
    // The one without prefixes of its own has those that are refused for all of them.
    const bool premium = std::ranges::any_of(phone_regions(), [&](const PhoneRegion& each) {
        return each.code == region->code && (&each == region || each.code == "1") &&
               begins_with_any(national, each.refused);
    });
    if (premium) return faulty(PhoneFault::premium);  // of whatever length: some are odd
    if (!plausible(*region, national)) return faulty(PhoneFault::bad_address);
    const bool allowed = rules.countries.empty() ||
                         std::ranges::count(rules.countries, std::string(region->region)) > 0;
    if (!allowed) return faulty(PhoneFault::country);
    return {.e164 = "+" + digits,
            .region = std::string(region->region),
            .country_code = std::string(region->code)};
}

}  // namespace

PhoneNumber read_phone_number(std::string_view text, const PhoneRules& rules) {
    const auto written = take_apart(text);
    if (!written || written->digits.empty()) return faulty(PhoneFault::bad_address);
    if (written->extension) return faulty(PhoneFault::extension);
    const PhoneRegion* const home = find_region(rules.default_region);
    std::string digits = written->digits;
    bool abroad = written->plus;
    if (!abroad && digits.size() <= kLongestShort) return faulty(PhoneFault::short_code);
    if (!abroad && home && !plausible(*home, national_of(*home, digits)))
        abroad = any_word(home->abroad, [&](std::string_view prefix) {
            if (!digits.starts_with(prefix)) return false;
            const std::string rest = digits.substr(prefix.size());
            const PhoneRegion* const there = region_of(rest);
            if (!there || !plausible(*there, national_of(*there, rest.substr(there->code.size()))))
                return false;
            digits = rest;
            return true;
        });
    if (!abroad) return home ? checked(*home, digits, rules) : faulty(PhoneFault::bad_address);
    const PhoneRegion* const region = region_of(digits);
    if (!region) return faulty(PhoneFault::bad_address);
    return checked(*region, digits.substr(region->code.size()), rules);
}

std::string invent_phone_number(const PhoneRules& rules, std::string_view chance) {
    std::string home = rules.default_region;
    if (!rules.countries.empty() && std::ranges::count(rules.countries, home) == 0)
        home = rules.countries.front();
    const PhoneRegion* const region = find_region(home);
    // A walk through the numbers from a random one on, until one is a telephone's.
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 8; ++i)
        number = number << 8 | static_cast<unsigned char>(chance.at(i));
    if (!region) return "+999" + std::to_string(10'000'000 + number % 90'000'000);
    for (int tries = 0; tries < 2000; ++tries) {
        std::string national(region->begins.substr(0, region->begins.find(' ')));
        std::uint64_t left = number;
        while (national.size() < region->longest && national.size() < 10) {
            national += static_cast<char>('0' + left % 10);
            left /= 10;
        }
        const std::string made = "+" + std::string(region->code) + national;
        const auto read = read_phone_number(made, rules);
        if (read.region == home && read.e164 == made) return made;
        number = number * 6364136223846793005U + 1442695040888963407U;
    }
    return "+" + std::string(region->code) + std::string(region->shortest, '2');
}

bool is_phone_region(std::string_view region) {
    return find_region(region) != nullptr;
}

}  // namespace latchkey
