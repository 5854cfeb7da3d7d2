#pragma once

#include "web/server/framing_gate.h"

#include <string>
#include <vector>

namespace latchkey {

/// What a stream of bytes has to mean to us.
struct FramingCase {
    static constexpr int kDone = 0;    // nothing is left over
    static constexpr int kWaits = -1;  // a message is still incomplete

    std::string name;
    std::string bytes;
    std::vector<std::string> bodies;  // of the requests that are accepted, in order
    int then;                         // kDone, kWaits, or the status of the refusal that follows
};

/// Small, so that the table can stand right at them.
constexpr FramingLimits kCaseLimits = {
    .request_line = 100, .head = 400, .header_count = 8, .body = 60};

/// More than 150 streams, after RFC 9112 section by section and the published collections of
/// request smuggling.
const std::vector<FramingCase>& framing_cases();

}  // namespace latchkey
