#pragma once

#include "engine/verification.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace latchkey {

/// What makes a one-time code an email or an SMS code. Everything else is the same (product.md,
/// section 3): make, send, send again, check, and enroll addresses with a code.
struct CodeChannel {
    std::string type;     // type id; also the prefix of its catalog texts, "email_code.enter.title"
    std::string channel;  // name of the transport
    std::string attribute;    // of the profile, holding an address
    std::string autofill;     // of the field that takes an address: "email", "tel"
    bool limit_per_device;    // the daily limit counts per device instead of per user
    Milliseconds expires_in;  // unless the settings say otherwise
    /// The address in the form that is kept, or nothing if it cannot be one.
    std::function<std::optional<std::string>(std::string_view typed)> canonical;
    /// The address so that its owner recognises it and nobody else learns it.
    std::function<std::string(std::string_view address)> mask;
    /// Another address that a decoy with this one could have; `chance` is 32 bytes of its own.
    std::function<std::string(std::string_view address, std::string_view chance)> other;
    /// The address of a decoy whose profile holds none; unset where profiles always have one.
    std::function<std::string(std::string_view chance)> invent = {};
    /// Why canonical() gave nothing: the end of "problem.<type>…"; unset:
    /// "_bad_address".
    std::function<std::string(std::string_view typed)> fault = {};
    /// The address on file as it is sent to, or nothing if nothing may be sent there any more;
    /// unset: as it stands.
    std::function<std::optional<std::string>(std::string_view address)> usable = {};
    /// Limits that all accounts share.
    std::function<std::vector<SharedLimit>(std::string_view address)> shared = {};
};

/// A verification by a code that is sent. `assurance` and what it may carry come with `type`, whose
/// id, sends and settings are filled in here.
std::unique_ptr<Verification> make_one_time_code(CodeChannel channel, VerificationType type);

}  // namespace latchkey
