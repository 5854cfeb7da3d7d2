#pragma once

#include "engine/verification.h"

#include <memory>

namespace latchkey {

/// The person types what stands in the profile, such as the user name (product.md, section 3).
/// Establishes who is meant and proves nothing. Where strangers can begin it comes after a proof:
/// a right answer would tell them that the person exists.
std::unique_ptr<Verification> make_personal_data();

}  // namespace latchkey
