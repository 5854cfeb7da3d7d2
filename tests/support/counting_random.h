#pragma once

#include "engine/random.h"

#include <atomic>
#include <cstring>

namespace latchkey {

/// The outputs of splitmix64 for seed, seed + 1, seed + 2, …: a sequence that is known and looks
/// like chance. Two of the same seed give the same bytes. Thread-safe.
class CountingRandom final : public Random {
 public:
    explicit CountingRandom(std::uint64_t seed = 1) : next_(seed) {}

    void fill(std::span<std::byte> out) override {
        while (!out.empty()) {
            const std::uint64_t block = mixed(next_++);
            const std::size_t size = std::min(out.size(), sizeof block);
            std::memcpy(out.data(), &block, size);
            out = out.subspan(size);
        }
    }

    /// A number below `bound`; its bias does not matter to a test.
    std::size_t below(std::size_t bound) {
        return static_cast<std::size_t>(mixed(next_++) % bound);
    }

    static std::uint64_t mixed(std::uint64_t value) {
        value = (value + 1) * 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

 private:
    std::atomic<std::uint64_t> next_;
};

}  // namespace latchkey
