#include "web/render/qr_code.h"

#include <qrencode.h>

#include <memory>

namespace latchkey {

std::string qr_picture(std::string_view payload) {
    constexpr int kQuiet = 4;
    const std::unique_ptr<QRcode, void (*)(QRcode*)> code(
        QRcode_encodeData(static_cast<int>(payload.size()),
                          reinterpret_cast<const unsigned char*>(payload.data()), 0, QR_ECLEVEL_M),
        QRcode_free);
    if (!code) return {};
    const int width = code->width;
    const std::string side = std::to_string(width + 2 * kQuiet);
    // A line for each run of dark modules: a third of the length that squares would have.
    std::string path;
    for (int y = 0; y < width; ++y)
        for (int x = 0; x < width;) {
            const auto dark = [&](int at) {
                return at < width && (code->data[y * width + at] & 1);
            };
            const int begin = x;
            while (dark(x)) ++x;
            if (x > begin)
                path += "M" + std::to_string(begin + kQuiet) + " " + std::to_string(y + kQuiet) +
                        ".5h" + std::to_string(x - begin);
            else
                ++x;
        }
    return "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 " + side +
           " " + side + "' shape-rendering='crispEdges'%3E%3Cpath fill='white' d='M0 0h" + side +
           "v" + side + "H0z'/%3E%3Cpath stroke='black' d='" + path + "'/%3E%3C/svg%3E";
}

}  // namespace latchkey
