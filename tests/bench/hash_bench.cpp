#include "db/crypto/hashing_pool.h"
#include "db/crypto/key_ring.h"
#include "db/crypto/slow_hash.h"
#include "tests/support/at_once.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>

/// Slow hashes a second and the processor time of each, with libsodium's own memory and with kept
/// memory, taken in turns so that whatever else the machine does hits both alike.
/// Usage: hash_bench [THREADS [MIB [ROUNDS]]].
namespace {

using latchkey::HashingPool;

struct Pace {
    double per_second, milliseconds;
};

Pace measure(const latchkey::HashCost& cost, std::size_t threads, bool keep_memory) {
    constexpr int kEach = 10;
    HashingPool pool({.slots = threads, .keep_memory = keep_memory});
    const auto recipe = latchkey::new_recipe(cost);
    const auto hash = [&] { pool.run([&] { latchkey::argon2id(recipe, "a password"); }); };
    latchkey::at_once(threads, [&](std::size_t) { hash(); });  // warm
    const std::clock_t spent = std::clock();
    const auto begin = std::chrono::steady_clock::now();
    latchkey::at_once(threads, [&](std::size_t) {
        for (int i = 0; i < kEach; ++i) hash();
    });
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    const auto count = static_cast<double>(threads * kEach);
    return {count / took.count(),
            1000.0 * static_cast<double>(std::clock() - spent) / CLOCKS_PER_SEC / count};
}

}  // namespace

int main(int count, char** arguments) {
    const auto argument = [&](int index, long fallback) {
        return index < count ? std::atol(arguments[index]) : fallback;
    };
    const auto threads = static_cast<std::size_t>(argument(1, 2));
    const latchkey::HashCost cost{.memory_kib = argument(2, 64) * 1024, .passes = 2};
    latchkey::start_sodium();
    std::puts("libsodium's own memory, kept memory, ratio, processor time of either");
    for (long round = argument(3, 3); round > 0; --round) {
        const Pace own = measure(cost, threads, false);
        const Pace kept = measure(cost, threads, true);
        std::printf("%6.1f/s %6.1f/s %5.2f %6.1f ms %6.1f ms\n", own.per_second, kept.per_second,
                    kept.per_second / own.per_second, own.milliseconds, kept.milliseconds);
    }
}
