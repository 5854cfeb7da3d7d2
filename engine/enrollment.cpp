#include "engine/enrollment.h"

#include "engine/settings.h"

#include <array>

namespace latchkey {

std::string_view name(EnrollmentState state) {
    static constexpr std::array<std::string_view, 5> kNames{"imported", "proved", "active",
                                                            "revoked", "expired"};
    return kNames.at(static_cast<std::size_t>(state));
}

std::optional<TimePoint> end_of(const Enrollment& enrollment, const Json& settings) {
    const bool ends = (enrollment.state == EnrollmentState::active ||
                       enrollment.state == EnrollmentState::imported) &&
                      lifetime(settings);
    return ends ? enrollment.expires_at : std::nullopt;
}

EnrollmentState state_at(const Enrollment& enrollment, const Json& settings, TimePoint now) {
    const auto end = end_of(enrollment, settings);
    return end && now >= *end ? EnrollmentState::expired : enrollment.state;
}

}  // namespace latchkey
