#pragma once

#include "verifications/one_time_code.h"

namespace latchkey {

/// An address or phone number that the account's owner authorised. Kept in an enrollment's items,
/// with "address", "proved_at" and "submitted" beside the members that all items have.
struct CodeDevice {
    std::string id;
    std::string name;  // given by its owner; may be empty
    std::string address;
};

/// At most this many; more would only widen what an attacker can aim at.
inline constexpr std::size_t kMostDevices = 5;

inline constexpr std::size_t kLongestDeviceName = 40;  // code points

/// The id of the address that stands in the profile.
inline constexpr std::string_view kProfileDevice = "profile";

/// Those a challenge can go to: the enrolled and submitted ones, then the profile's address if the
/// settings allow it.
std::vector<CodeDevice> code_devices(const CodeChannel& channel, const Subject& subject,
                                     const Json& enrollment, const Json& settings);

/// True if one of them is that address, however it is written: a profile may hold it otherwise.
bool contains_address(const CodeChannel& channel, const std::vector<CodeDevice>& devices,
                      std::string_view address);

/// The device of that id, or nothing.
std::optional<CodeDevice> find_device(const std::vector<CodeDevice>& devices, std::string_view id);

}  // namespace latchkey
