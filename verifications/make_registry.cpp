#include "verifications/make_registry.h"

#include "verifications/authenticator.h"
#include "verifications/email_code.h"
#include "verifications/personal_data.h"
#include "verifications/personal_data_confirmation.h"
#include "verifications/recovery_codes.h"
#include "verifications/security_questions.h"
#include "verifications/soft_pin.h"

namespace latchkey {

Registry make_registry(const SmsRules& sms) {
    Registry registry;
    registry.add(make_authenticator());
    registry.add(make_email_code());
    registry.add(make_sms_code(sms));
    registry.add(make_recovery_codes());
    registry.add(make_soft_pin());
    registry.add(make_security_questions());
    registry.add(make_personal_data());
    registry.add(make_personal_data_confirmation());
    return registry;
}

}  // namespace latchkey
