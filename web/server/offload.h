#pragma once

#include "web/server/asio.h"
#include "web/server/worker_pool.h"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <utility>

namespace latchkey {

/// `co_await offload(pool, work)` runs work() on the pool and resumes here on the I/O thread; false
/// at once if the pool is full. `work` must not throw, and the caller's frame keeps it alive.
template <class Work>
Awaitable<bool> offload(WorkerPool& pool, Work& work) {
    auto initiate = [&pool, &work](auto handler) {
        using Resume = decltype(handler);
        auto guard = net::make_work_guard(net::get_associated_executor(handler));
        // Shared because WorkerPool::Work must be copyable; there is one owner at a time.
        auto resume = std::make_shared<Resume>(std::move(handler));
        const bool taken = pool.submit([&work, guard, resume] {
            work();
            net::post(guard.get_executor(), [resume] { std::move (*resume)(true); });
        });
        if (!taken) net::post(guard.get_executor(), [resume] { std::move (*resume)(false); });
    };
    return net::async_initiate<const net::use_awaitable_t<Executor>, void(bool)>(
        std::move(initiate), net::use_awaitable_t<Executor>());
}

}  // namespace latchkey
