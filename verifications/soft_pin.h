#pragma once

#include "engine/verification.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

/// A PIN of six digits that its owner makes up (product.md, section 3). Its last five are kept as
/// slow hashes, the present one first: {"pins": ["…"]}. Rests on memory alone, so it carries
/// nothing but `verify_identity` by itself.
std::unique_ptr<Verification> make_soft_pin();

/// The codes of the rules about the digits themselves that these digits break, each once:
/// "soft_pin_length", "soft_pin_repeated", "soft_pin_sequence".
std::vector<std::string> broken_pin_rules(std::string_view digits);

/// PINs that keep to the rules and are yet chosen by many, sorted.
std::span<const std::string_view> common_pins();

/// True if the PIN stands in the profile: birth date, phone or employee number.
bool stands_in_profile(std::string_view pin, const Subject& subject);

}  // namespace latchkey
