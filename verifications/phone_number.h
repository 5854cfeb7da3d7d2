#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

/// Which numbers may get a message.
struct PhoneRules {
    std::string default_region = "US";        // ISO 3166, of numbers without a country code
    std::vector<std::string> countries = {};  // the only ones allowed; empty: all
};

/// Why a number is not taken. The names are stored nowhere.
enum class PhoneFault {
    none,
    bad_address,  // cannot be a number, or nobody knows of which country
    extension,    // behind a switchboard, where no message arrives
    short_code,   // a service or an emergency number
    premium,      // premium, shared-cost, personal or free of charge: not somebody's own telephone
    country,      // not on the list of allowed ones
};

struct PhoneNumber {
    std::string e164;          // "+12025550101"; empty if there is a fault
    std::string region;        // "US"; empty if it is not known
    std::string country_code;  // "1"
    PhoneFault fault = PhoneFault::none;
};

/// Reads a telephone number in any common notation (R23.3): "+1 (202) 555-0101", "0034 915 55 01
/// 02", "(020) 7946 0958", "+44 (0)20 7946 0958", "tel:+49-30-123456"; digits of any script.
PhoneNumber read_phone_number(std::string_view written, const PhoneRules& rules);

/// A number that read_phone_number takes and that belongs to nobody we know; of the default region,
/// or of the first allowed one. `chance`: at least 16 random bytes; the same give the same.
std::string invent_phone_number(const PhoneRules& rules, std::string_view chance);

/// True for regions that the table knows, such as "GB".
bool is_phone_region(std::string_view region);

}  // namespace latchkey
