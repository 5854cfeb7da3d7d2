#include "web/doctor.h"

#include "web/cli/commands.h"

#include <algorithm>

namespace latchkey {

int doctor_command(const std::filesystem::path& config_file, bool json, Terminal& terminal) {
    std::vector<Finding> findings;
    try {
        findings = examine(open_config(config_file), config_file);
    } catch (const ConfigError& error) {
        findings = {{Finding::Level::fault, "configuration", error.what()}};
    }
    Json list = Json::array();
    for (const auto& [level, about, what] : findings) {
        if (json)
            list.push_back({{"level", name(level)}, {"about", about}, {"what", what}});
        else
            terminal.out() << name(level) << ": " << about << ": " << what << "\n";
    }
    if (json) terminal.out() << list.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
    const bool ill = std::ranges::any_of(
        findings, [](const Finding& f) { return f.level == Finding::Level::fault; });
    return ill ? 1 : 0;
}

}  // namespace latchkey
