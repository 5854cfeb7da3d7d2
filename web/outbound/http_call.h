#pragma once

#include "engine/time.h"
#include "web/outbound/sms_gateway.h"

#include <stop_token>
#include <string>
#include <variant>

namespace latchkey {

struct HttpLimits {
    Milliseconds connect = Seconds{3};
    Milliseconds total = Seconds{10};
    std::size_t largest = 64 * 1024;  // bytes of an answer
    bool private_networks = false;    // may the host be inside our own network?
    std::string ca_file = {};         // PEM; trusted besides the system's authorities
};

/// What went wrong before there was a whole answer, in words.
struct NoAnswer {
    std::string reason;
};

/// Asks once and waits for the answer. Follows no redirect, uses no proxy, verifies certificates
/// and looks at the address that it really connects to: this machine's only if the URL says so, and
/// those of private networks only if `limits` say so (S64). Thread-safe.
std::variant<GatewayAnswer, NoAnswer> http_call(const GatewayRequest& request,
                                                const HttpLimits& limits,
                                                const std::stop_token& stop);

}  // namespace latchkey
