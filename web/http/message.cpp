#include "web/http/message.h"

namespace latchkey::http {

std::string_view Request::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (key == name) return value;
    return {};
}

}  // namespace latchkey::http
