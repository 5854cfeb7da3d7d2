#pragma once

#include "engine/verification.h"

#include <memory>

namespace latchkey {

/// A code by email (product.md, section 3): six digits, ten minutes, again after two, ten a day per
/// user. Rests on the mailbox alone, so it is medium, and alone only with a warning.
std::unique_ptr<Verification> make_email_code();

}  // namespace latchkey
