#pragma once

#include "web/http/message.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace latchkey::http {

/// How a response goes on the wire besides what it says.
struct Wire {
    bool keep_alive = true;  // else "Connection: close"
    bool head = false;       // the request was HEAD: the length of the body, but not the body
    std::string_view date;   // an IMF-fixdate, see DateLine
};

/// Appends status line, headers and body. Connection, Content-Length and Date are the server's:
/// a response that brings them, or Transfer-Encoding, or a name that is no token, or a value with
/// a control character (CR and LF end a header: S63's fault in HTTP), throws std::logic_error and
/// `out` is left as it was. 204 and 304 have no body and 204 no length (RFC 9110 sections 8.6, 15).
void serialize(const Response& response, const Wire& wire, std::string& out);

/// The time of day as the Date header has it (RFC 9110 section 5.6.7), made once per second.
class DateLine {
 public:
    /// "Sun, 06 Nov 1994 08:49:37 GMT". `now` is seconds since 1970.
    std::string_view at(std::int64_t now);

 private:
    std::int64_t made_for_ = -1;
    std::string text_;
};

}  // namespace latchkey::http
