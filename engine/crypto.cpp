#include "engine/crypto.h"

namespace latchkey {

std::string keyed_digits(const Crypto& crypto, std::size_t count,
                         std::initializer_list<std::string_view> parts) {
    // A byte below 250 gives one fair digit; the others are passed over.
    std::string digits;
    std::string chain = crypto.keyed_digest(KeyUse::code, parts);
    while (digits.size() < count) {
        for (const char byte : chain) {
            const auto value = static_cast<unsigned char>(byte);
            if (value < 250 && digits.size() < count) digits += static_cast<char>('0' + value % 10);
        }
        chain = crypto.keyed_digest(KeyUse::code, {"more", chain});
    }
    return digits;
}

}  // namespace latchkey
