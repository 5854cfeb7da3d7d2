#include "verifications/make_registry.h"

#include "verifications/email_code.h"

namespace latchkey {

Registry make_registry() {
    Registry registry;
    registry.add(make_email_code());
    return registry;
}

}  // namespace latchkey
