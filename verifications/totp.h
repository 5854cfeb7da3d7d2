#pragma once

#include "engine/crypto.h"
#include "engine/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Codes that an app computes from a shared key: RFC 4226 and RFC 6238 with HMAC-SHA-1, which is
/// what every app understands.
namespace latchkey {

inline constexpr Seconds kTimeStep{30};

/// The number of whole steps since 1970.
std::int64_t time_step(TimePoint at);

/// The code of a counter or a step: `digits` decimal digits, at most eight.
std::string hotp(const Crypto& crypto, std::string_view key, std::uint64_t counter,
                 std::size_t digits = 6);

/// RFC 4648 base32 without padding, as keys are typed into apps and stand in pairing addresses.
std::string key_text(std::string_view key);

/// The bytes of what key_text wrote.
std::string key_bytes(std::string_view text);

/// The bytes of a key as people and files write it: small letters, blanks, dashes and padding are
/// taken. Nothing if it is not base32.
std::optional<std::string> read_key(std::string_view written);

/// "JBSW Y3DP EHPK 3PXP": easier to type.
std::string in_groups_of_four(std::string_view text, char between);

/// The "otpauth://" address that apps read from a QR code. An empty issuer is left out.
std::string pairing_address(std::string_view issuer, std::string_view user, std::string_view key);

}  // namespace latchkey
