#include "verifications/code_devices.h"

#include "engine/intake.h"
#include "engine/unicode.h"

#include <algorithm>

namespace latchkey {

std::vector<CodeDevice> code_devices(const CodeChannel& channel, const Subject& subject,
                                     const Json& enrollment, const Json& settings) {
    std::vector<CodeDevice> devices;
    const auto add = [&](const std::string& id, const std::string& name,
                         const std::string& on_file) {
        const auto address = channel.usable ? channel.usable(on_file) : on_file;
        if (address && !address->empty()) devices.push_back({id, name, *address});
    };
    if (enrollment.is_object())
        for (const Json& item : enrollment.value("items", Json::array()))
            if (item.at("submitted").get<bool>() && item_counts(item, settings))
                add(item.at("id").get<std::string>(), item.at("name").get<std::string>(),
                    item.at("address").get<std::string>());
    const std::string own = subject.attribute(channel.attribute);
    if (flag(settings, "use_profile") && !own.empty() && !contains_address(channel, devices, own))
        add(std::string(kProfileDevice), "", own);
    return devices;
}

bool contains_address(const CodeChannel& channel, const std::vector<CodeDevice>& devices,
                      std::string_view address) {
    // No mail server that people use tells capital letters apart: one mailbox must not look like
    // two.
    const auto form = [&](std::string_view text) {
        const std::string written = channel.canonical(text).value_or(std::string(text));
        return fold(written).value_or(written);
    };
    return std::ranges::any_of(
        devices, [&](const CodeDevice& device) { return form(device.address) == form(address); });
}

std::optional<CodeDevice> find_device(const std::vector<CodeDevice>& devices, std::string_view id) {
    const auto found = std::ranges::find(devices, id, &CodeDevice::id);
    if (found == devices.end()) return {};
    return *found;
}

}  // namespace latchkey
