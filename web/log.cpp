#include "web/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <array>

namespace latchkey {
namespace {

struct Output {
    std::shared_ptr<spdlog::logger> logger = [] {
        auto made = spdlog::stderr_color_mt("latchkey");
        made->set_pattern("%v");
        made->set_level(spdlog::level::warn);
        return made;
    }();
    bool json = false;
};

Output& output() {
    static Output instance;
    return instance;
}

constexpr std::array<spdlog::level::level_enum, 4> kLevels{
    spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err};
constexpr std::array<std::string_view, 4> kNames{"debug", "info", "warning", "error"};

std::string now() {
    return rfc3339(std::chrono::time_point_cast<Milliseconds>(std::chrono::system_clock::now()));
}

/// The library's own pattern does not escape what it prints, so the line is JSON made by us.
std::string as_json(std::string_view level, std::string_view event, const Json& fields) {
    nlohmann::ordered_json line{{"at", now()}, {"level", level}, {"event", event}};
    for (const auto& [key, value] : fields.items()) line[key] = value;
    return line.dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::string as_text(std::string_view level, std::string_view event, const Json& fields) {
    std::string line = now() + " " + std::string(level) + " " + std::string(event);
    for (const auto& [key, value] : fields.items())
        line += " " + key + "=" + value.dump(-1, ' ', true, Json::error_handler_t::replace);
    return line;
}

}  // namespace

void set_log(std::string_view level, std::string_view format) {
    output().json = format == "json";
    const auto* found = std::find(kNames.begin(), kNames.end(), level);
    if (found != kNames.end())
        output().logger->set_level(kLevels[static_cast<std::size_t>(found - kNames.begin())]);
}

void log(LogLevel level, std::string_view event, const Json& fields) {
    const auto index = static_cast<std::size_t>(level);
    auto& out = output();
    if (!out.logger->should_log(kLevels[index])) return;
    out.logger->log(
        kLevels[index], "{}",
        out.json ? as_json(kNames[index], event, fields) : as_text(kNames[index], event, fields));
}

}  // namespace latchkey
