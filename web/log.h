#pragma once

#include "engine/json.h"
#include "engine/time.h"

#include <string>
#include <string_view>

namespace latchkey {

enum class LogLevel { debug, info, warning, error };

/// Sets what is written to standard error: "json" gives one object a line (S69), "text" is for
/// people. Before it is called, warnings and errors are written as text.
void set_log(std::string_view level, std::string_view format);

/// One line about the running program, for its operators. `event` is a stable name such as
/// "server.started"; `fields` holds no secret and no personal data. Control characters are escaped.
void log(LogLevel level, std::string_view event, const Json& fields = Json::object());

}  // namespace latchkey
