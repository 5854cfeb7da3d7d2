#include "verifications/device_intake.h"

#include "verifications/code_devices.h"

namespace latchkey {

std::vector<Field> DeviceIntake::columns(const Json&) const {
    return {{.key = "address", .label = {}, .max_length = 254},
            {.key = "name", .label = {}, .max_length = kLongestDeviceName, .required = false}};
}

Imported DeviceIntake::take(const Situation& s, const Answers& record) const {
    const auto refuse = [](const std::string& code) {
        return Imported{.problems = {{"address", code, {"problem." + code, {}}}}};
    };
    const auto address = channel_.canonical(record["address"]);
    if (!address)
        return refuse(channel_.type +
                      (channel_.fault ? channel_.fault(record["address"]) : "_bad_address"));
    Json held = s.enrollment.is_object() ? s.enrollment : Json{{"items", Json::array()}};
    for (const Json& item : held.at("items"))
        if (item.at("address") == *address) return {};
    if (held.at("items").size() >= kMostDevices) return refuse("too_many_devices");
    held["items"].push_back({{"id", random_token(s.random)},
                             {"name", record["name"].empty() ? *address : record["name"]},
                             {"address", *address},
                             {"added_at", millis(s.now)},
                             {"submitted", true},
                             {kImported, true}});
    return {.enrollment = std::move(held)};
}

std::vector<HeldRecord> DeviceIntake::give(const Json& enrollment) const {
    std::vector<HeldRecord> records;
    if (enrollment.is_object())
        for (const Json& item : enrollment.at("items"))
            records.push_back({{{"address", item.at("address").get<std::string>()},
                                {"name", item.at("name").get<std::string>()}},
                               item.at("submitted").get<bool>() && !item.value(kImported, false)});
    return records;
}

}  // namespace latchkey
