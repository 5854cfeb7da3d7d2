#pragma once

#include "engine/verification.h"

#include <memory>

namespace latchkey {

/// A service-desk agent reads what stands in the profile, such as the email address, and says
/// whether the caller stated the same (product.md, section 3). Proves nothing, and shows the
/// profile: no process with public access can use it.
std::unique_ptr<Verification> make_personal_data_confirmation();

}  // namespace latchkey
