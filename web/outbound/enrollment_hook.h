#pragma once

#include "engine/enrollment_check.h"
#include "engine/random.h"
#include "engine/secret.h"
#include "engine/time.h"
#include "web/outbound/http_call.h"

#include <memory>

namespace latchkey {

struct EnrollmentHookSettings {
    std::string url;  // https, or http on this machine
    Secret secret;    // "whsec_" and base64 of 24 to 64 bytes, as Standard Webhooks wants it
    bool accept_unanswered = false;  // what happens where it cannot answer
    HttpLimits limits;
};

/// Asks an administrator's HTTP endpoint whether an enrollment is taken: a POST of
///
///     {"type": "enrollment.submitted", "timestamp": "2026-01-01T00:00:00Z", "data":
///      {"user_name": "amy", "locale": "en", "groups": [], "verification": "sms", "kind":
///      "sms_code",
///       "items": [{"address": "+12025550101", "name": "Mobile"}]}}
///
/// signed as Standard Webhooks prescribes. It answers with a status of 200 to 299 and
/// {"allow": true}, or {"allow": false, "message": "Please give the company's number."}; the
/// message is shown as plain text, 300 characters of it at most. Anything else is no answer. Throws
/// std::invalid_argument, saying what to change, if url or secret cannot be meant.
std::unique_ptr<EnrollmentCheck> make_enrollment_hook(EnrollmentHookSettings settings,
                                                      const Clock& clock, Random& random);

}  // namespace latchkey
