#pragma once

#include <barrier>
#include <cstddef>
#include <thread>
#include <vector>

namespace latchkey {

/// Runs `work(0)`, `work(1)`, … on that many threads, which all begin at the same moment, and waits
/// for them.
template <class Work>
void at_once(std::size_t threads, Work work) {
    std::barrier start(static_cast<std::ptrdiff_t>(threads));
    std::vector<std::jthread> running;
    for (std::size_t i = 0; i < threads; ++i)
        running.emplace_back([&, i] {
            start.arrive_and_wait();
            work(i);
        });
}

}  // namespace latchkey
