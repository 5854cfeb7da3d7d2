#include "db/crypto/hashing_pool.h"
#include "db/crypto/key_ring.h"
#include "db/crypto/slow_hash.h"
#include "tests/support/at_once.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>

/// Slow hashes a second with libsodium's own memory and with kept memory, taken in turns so that
/// whatever else the machine does hits both alike. Usage: hash_bench [THREADS [MIB [ROUNDS]]].
namespace {

using latchkey::HashingPool;

double hashes_per_second(const latchkey::HashCost& cost, std::size_t threads, bool keep_memory) {
    constexpr int kEach = 10;
    HashingPool pool({.slots = threads, .keep_memory = keep_memory});
    const auto recipe = latchkey::new_recipe(cost);
    const auto hash = [&] { pool.run([&] { latchkey::argon2id(recipe, "a password"); }); };
    latchkey::at_once(threads, [&](std::size_t) { hash(); });  // warm
    const auto begin = std::chrono::steady_clock::now();
    latchkey::at_once(threads, [&](std::size_t) {
        for (int i = 0; i < kEach; ++i) hash();
    });
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    return static_cast<double>(threads * kEach) / took.count();
}

}  // namespace

int main(int count, char** arguments) {
    const auto argument = [&](int index, long fallback) {
        return index < count ? std::atol(arguments[index]) : fallback;
    };
    const auto threads = static_cast<std::size_t>(argument(1, 2));
    const latchkey::HashCost cost{.memory_kib = argument(2, 64) * 1024, .passes = 2};
    latchkey::start_sodium();
    std::puts("libsodium's own memory, kept memory, ratio");
    for (long round = argument(3, 3); round > 0; --round) {
        const double own = hashes_per_second(cost, threads, false);
        const double kept = hashes_per_second(cost, threads, true);
        std::printf("%6.1f/s %6.1f/s %5.2f\n", own, kept, kept / own);
    }
}
