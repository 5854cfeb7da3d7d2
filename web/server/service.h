#pragma once

#include "web/http/edge.h"
#include "web/http/serialize.h"
#include "web/server/connections.h"
#include "web/server/notices.h"
#include "web/server/server.h"
#include "web/server/worker_pool.h"

#include <atomic>

namespace latchkey {

/// What all sessions of a server share. The counters are read by any thread; the rest belongs to
/// the I/O thread.
struct Service {
    Service(const ServerLimits& the_limits, Handler the_handler, http::Edge the_edge)
        : limits(the_limits),
          handler(std::move(the_handler)),
          edge(std::move(the_edge)),
          notices(handler.notice) {}

    const ServerLimits limits;
    const Handler handler;
    const http::Edge edge;
    Connections connections{limits};
    Notices notices;
    http::DateLine date;
    WorkerPool* workers = nullptr;  // set before the first session
    bool stopping = false;

    struct {
        std::atomic<std::uint64_t> accepted, turned_away, timed_out, requests, refused, busy;
    } counters{};
};

}  // namespace latchkey
