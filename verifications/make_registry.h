#pragma once

#include "engine/registry.h"

namespace latchkey {

/// Every verification type of this program, in the order in which people see them.
Registry make_registry();

}  // namespace latchkey
