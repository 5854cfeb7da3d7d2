#pragma once

#include <string>
#include <string_view>

namespace latchkey {

/// A QR code as "data:image/svg+xml,…": black on its own white, with the quiet zone of four modules
/// that scanners need, whatever stands around it (R16.4). Nothing if the payload is too long.
std::string qr_picture(std::string_view payload);

}  // namespace latchkey
