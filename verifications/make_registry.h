#pragma once

#include "engine/registry.h"
#include "verifications/sms_code.h"

namespace latchkey {

/// Every verification type of this program, in the order in which people see them. `sms` is
/// what the configuration says of numbers and budgets.
Registry make_registry(const SmsRules& sms = {});

}  // namespace latchkey
