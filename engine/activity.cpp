#include "engine/activity.h"

#include <algorithm>
#include <array>

namespace latchkey {
namespace {

// clang-format off: in the order of ActivityType, row by row
constexpr std::array<std::string_view, 42> kNames{
    "request.started",    "identify.ambiguous",  "request.verified",     "request.completed",
    "request.locked",     "request.expired",     "request.cancelled",    "request.extended",
    "challenge.opened",   "challenge.refused",   "answer.right",         "answer.wrong",
    "attempts.exhausted", "message.limit",       "verification.blocked", "password.rejected",
    "password.changed",   "account.unlocked",    "resets.frozen",        "notice_link.opened",
    "enrollment.proved",  "enrollment.added",    "enrollment.removed",   "enrollment.renamed",
    "session.signed_in",  "session.refused",     "session.signed_out",   "account.added",
    "account.changed",    "definitions.applied", "command.run",          "message.accepted",
    "message.refused",    "campaign.added",      "campaign.started",     "campaign.paused",
    "campaign.resumed",   "campaign.cancelled",  "enrollment.imported",  "enrollment.refused",
    "account.erased",     "enrollment.restored",
};
// clang-format on

constexpr std::size_t kLongestText = 200;  // code points

/// The first code points of a text, whatever bytes it was made of: those that continue nothing are
/// no code points, but they are bytes.
std::string shortened(const std::string& text) {
    if (text.size() <= kLongestText) return text;
    std::size_t end = 0;
    for (std::size_t left = kLongestText + 1; end < std::min(text.size(), kLongestText * 4); ++end)
        if ((static_cast<unsigned char>(text[end]) & 0xC0) != 0x80 && --left == 0) break;
    return end == text.size() ? text : text.substr(0, end) + "…";
}

/// Every string in it, however deep.
Json with_shortened(const Json& value) {
    if (value.is_string()) return shortened(value.get_ref<const std::string&>());
    if (!value.is_structured()) return value;
    Json out = value;
    for (Json& part : out) part = with_shortened(part);
    return out;
}

}  // namespace

std::string_view name(ActivityType type) {
    return kNames.at(static_cast<std::size_t>(type));
}

std::string activity_line(const Activity& activity) {
    nlohmann::ordered_json line{{"type", name(activity.type)},
                                {"at", rfc3339(activity.at)},
                                {"actor", shortened(activity.actor)},
                                {"account", activity.account.text()},
                                {"request", activity.request.text()},
                                {"channel", shortened(activity.channel)},
                                {"network", shortened(activity.network)},
                                {"reason", shortened(activity.reason)}};
    for (const auto& [key, value] : activity.details.items())
        line["details"][key] = with_shortened(value);
    return line.dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::string chain_link(const Crypto& crypto, std::int64_t sequence, std::string_view previous,
                       std::string_view line) {
    return crypto.keyed_digest(KeyUse::activity, {std::to_string(sequence), previous, line});
}

}  // namespace latchkey
