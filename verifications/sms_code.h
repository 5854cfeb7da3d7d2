#pragma once

#include "engine/verification.h"
#include "verifications/phone_number.h"

#include <cstdint>
#include <memory>

namespace latchkey {

/// What an installation says of all its SMS, since it pays for them (S49).
struct SmsRules {
    PhoneRules numbers = {};
    std::int64_t per_day = 2000;         // messages to everybody together; 0: any number
    std::int64_t per_country_day = 500;  // to one country code
};

/// A code by SMS (product.md, section 3): six digits, five minutes, again after two, ten a day per
/// device. Rests on the phone number alone, which can be taken over, so never alone and never
/// first.
std::unique_ptr<Verification> make_sms_code(const SmsRules& rules = {});

}  // namespace latchkey
