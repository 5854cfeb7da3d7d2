#pragma once

#include "db/crypto/key_ring.h"
#include "engine/random.h"

#include <sodium.h>

namespace latchkey {

/// The kernel's CSPRNG, through libsodium. Thread-safe.
class SodiumRandom final : public Random {
 public:
    SodiumRandom() { start_sodium(); }
    void fill(std::span<std::byte> out) override { randombytes_buf(out.data(), out.size()); }
};

}  // namespace latchkey
