#include "engine/random.h"

#include <array>

namespace latchkey {
namespace {

constexpr std::string_view kLetters = "0123456789abcdefghjkmnpqrstvwxyz";

std::string random_bytes(Random& random, std::size_t count) {
    std::string bytes(count, '\0');
    random.fill(std::as_writable_bytes(std::span(bytes)));
    return bytes;
}

}  // namespace

std::string base32(std::string_view bytes) {
    std::string out;
    unsigned held = 0;
    int bits = 0;
    for (const char byte : bytes) {
        held = (held << 8) | static_cast<unsigned char>(byte);
        bits += 8;
        for (; bits >= 5; bits -= 5) out += kLetters[(held >> (bits - 5)) & 31];
    }
    if (bits > 0) out += kLetters[(held << (5 - bits)) & 31];
    return out;
}

std::string random_token(Random& random, std::size_t bits) {
    return base32(random_bytes(random, (bits + 7) / 8));
}

std::uint64_t random_below(Random& random, std::uint64_t bound) {
    // The lowest `2^64 mod bound` values would make small results likelier: draw again.
    const std::uint64_t unfair = (0 - bound) % bound;
    for (;;) {
        std::uint64_t value = 0;
        random.fill(std::as_writable_bytes(std::span(&value, 1)));
        if (value >= unfair) return value % bound;
    }
}

std::string random_reference(Random& random) {
    std::string out = base32(random_bytes(random, 5));
    for (char& letter : out)
        if (letter >= 'a') letter = static_cast<char>(letter - 'a' + 'A');
    return out.insert(4, "-");
}

}  // namespace latchkey
