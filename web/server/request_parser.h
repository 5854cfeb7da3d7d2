#pragma once

#include "web/http/message.h"
#include "web/server/framing_gate.h"

#include <optional>
#include <string_view>

namespace latchkey {

struct ParsedRequest {
    http::Request request;    // all but `client` and `secure`, which only the connection knows
    bool keep_alive = false;  // HTTP/1.1 and no "Connection: close"
};

/// Has Beast read the message that the gate found complete in `message`, which is exactly
/// `gate.size()` bytes. Nothing if the two readings differ anywhere: in the end of the message, the
/// method, the target, the host or the length of the body. Then nobody may act on either (S65).
std::optional<ParsedRequest> parse_request(std::string_view message, const FramingGate& gate);

}  // namespace latchkey
