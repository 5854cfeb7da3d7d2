#pragma once

#include "db/postgres/postgres_connection.h"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace latchkey {

/// The servers that a URL names, of which one takes writes: when a standby has taken over, it is
/// found by itself. A former primary that comes back may believe that it still is one. The timeline
/// tells, which grows with each failover: of servers that take writes the one with the highest is
/// right, and none is used whose timeline is below one that was seen (F8): after a move to new
/// servers, whose timeline begins anew, the program is started again. Thread-safe.
class PostgresServers {
 public:
    explicit PostgresServers(const std::string& url);

    /// Throws Outage if no server can be reached that takes writes and is not a former primary.
    std::unique_ptr<PostgresConnection> connect();

    /// A connection was lost: the next one looks at all servers again.
    void look_around() { look_around_ = true; }

 private:
    /// Null if that server cannot be used; `why` then says more.
    std::unique_ptr<PostgresConnection> open(std::size_t server, std::string& why) const;

    std::vector<PostgresAddress> servers_;
    std::atomic<std::size_t> chosen_ = 0;
    std::atomic<std::int64_t> newest_ = 0;
    std::atomic<bool> look_around_ = true;
};

}  // namespace latchkey
