#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace latchkey {

/// The only source of chance: a CSPRNG in the program, a known sequence in tests (S08).
class Random {
 public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::byte> out) = 0;
};

/// `bits` of chance (a multiple of 5 is not needed) as lower-case base32 without padding: safe in
/// URLs, form fields and file names, and without letters that are mistaken for digits.
std::string random_token(Random& random, std::size_t bits = 128);

/// A number below `bound` without modulo bias.
std::uint64_t random_below(Random& random, std::uint64_t bound);

/// A short name for a person to read out, such as "7KQF-M3PD": 40 bits in Crockford's base32.
std::string random_reference(Random& random);

/// Lower-case base32 (Crockford's letters) of bytes, as random_token writes them.
std::string base32(std::string_view bytes);

}  // namespace latchkey
