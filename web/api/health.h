#pragma once

#include "web/http/message.h"

#include <functional>
#include <string>

namespace latchkey {

/// For load balancers and supervisors, on a listener of its own. /healthz says that the process
/// runs; /readyz asks `ready`, which returns what is missing, or nothing (R35.1).
http::Response health(const http::Request& request, const std::function<std::string()>& ready);

}  // namespace latchkey
