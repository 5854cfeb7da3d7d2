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

Json put_back(const Json& former, const Json& present) {
    Json data = former;
    if (!data.is_object() || !data.contains("items") || !present.is_object()) return data;
    for (Json& item : data["items"])
        for (const Json& held : present.value("items", Json::array()))
            if (held.at("id") == item.at("id")) item = held;
    return data;
}

std::optional<TimePoint> held_since(const Enrollment& enrollment, std::string_view item) {
    const bool own = enrollment.source == "user";
    if (!enrollment.data.is_object() || !enrollment.data.contains("items"))
        return own ? enrollment.changed_at : TimePoint{};
    for (const Json& held : enrollment.data.at("items"))
        if (held.at("id") == item)
            return own ? from_millis(held.value("added_at", std::int64_t{0})) : TimePoint{};
    return {};
}

}  // namespace latchkey
