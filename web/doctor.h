#pragma once

#include "web/config.h"

#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

/// One thing that the doctor looked at, and what to change if it is not well.
struct Finding {
    enum class Level { good, warning, fault };
    Level level = Level::good;
    std::string about;  // "mail", "clock", …
    std::string what;   // in English, for the operator
};

std::string_view name(Finding::Level level);

/// Looks at everything that an installation needs, changes nothing and sends nothing to anybody.
/// One thing that is broken does not keep it from looking at the others. `config_file` is the one
/// that `config` was read from.
std::vector<Finding> examine(const Config& config, const std::filesystem::path& config_file);

}  // namespace latchkey
