#pragma once

#include "engine/verification.h"

#include <memory>

namespace latchkey {

/// A code from an app on the person's phone: RFC 6238, six digits, 30 seconds. Paired by QR code or
/// typed key and confirmed by a code; several apps for each person, which share every try (S28). A
/// code works once: each app remembers the last step whose code was taken (S29).
std::unique_ptr<Verification> make_authenticator();

}  // namespace latchkey
