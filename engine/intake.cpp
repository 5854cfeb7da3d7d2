#include "engine/intake.h"

namespace latchkey {
namespace {

constexpr const char* kUseImported = "use_imported";

}  // namespace

Setting use_imported_setting() {
    return {.key = kUseImported, .kind = SettingKind::flag, .fallback = false};
}

bool item_counts(const Json& item, const Json& settings) {
    return !item.value(kImported, false) || flag(settings, kUseImported);
}

bool counts(EnrollmentState state, const Json& settings) {
    return state == EnrollmentState::active ||
           (state == EnrollmentState::imported && settings.value(kUseImported, false));
}

const Json* unconfirmed_item(const Json& enrollment) {
    if (!enrollment.is_object() || !enrollment.contains("items")) return nullptr;
    for (const Json& item : enrollment.at("items"))
        if (item.value(kImported, false)) return &item;
    return nullptr;
}

}  // namespace latchkey
