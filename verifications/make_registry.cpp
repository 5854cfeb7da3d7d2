#include "verifications/make_registry.h"

namespace latchkey {

Registry make_registry() {
    Registry registry;
    return registry;
}

}  // namespace latchkey
