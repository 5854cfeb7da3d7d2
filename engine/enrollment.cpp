#include "engine/enrollment.h"

#include <array>

namespace latchkey {

std::string_view name(EnrollmentState state) {
    static constexpr std::array<std::string_view, 4> kNames{"imported", "proved", "active",
                                                            "revoked"};
    return kNames.at(static_cast<std::size_t>(state));
}

}  // namespace latchkey
