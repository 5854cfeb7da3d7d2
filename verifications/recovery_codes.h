#pragma once

#include "engine/verification.h"

#include <memory>

namespace latchkey {

/// One-time codes to print or keep in a safe place: ten of 80 bits (63B-4 asks for at least 64),
/// shown once while enrolling. A used one is struck; enrolling again replaces all.
std::unique_ptr<Verification> make_recovery_codes();

}  // namespace latchkey
