#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace latchkey {

/// How numbers are written and which of them cost their caller more, in one country or territory.
/// Lists are separated by blanks.
struct PhoneRegion {
    std::string_view region;   // ISO 3166
    std::string_view code;     // after the "+"
    std::string_view trunk;    // dialled before a national number inside the country; may be empty
    std::string_view abroad;   // dialled instead of the "+"
    std::size_t shortest;      // digits of a national number
    std::size_t longest;       //
    std::string_view begins;   // its numbers, among several regions with that code
    std::string_view refused;  // what national numbers of the wrong kind begin with
};

/// All of them. Of several with one code, the one without `begins` comes last.
std::span<const PhoneRegion> phone_regions();

}  // namespace latchkey
