#pragma once

#include "web/server/connection.h"
#include "web/server/server.h"

#include <atomic>
#include <list>
#include <map>

namespace latchkey {

/// How long a connection has for its first byte when the server stops.
constexpr std::chrono::milliseconds kFirstWords{1000};

/// All connections: how many there may be, and until when each. Belongs to the I/O thread.
class Connections {
 public:
    explicit Connections(const ServerLimits& limits) : limits_(limits) {}

    enum class Verdict { welcome, full, source_full };

    /// May one more come from there? When all places are taken, the one that can best be spared is
    /// closed: one that has said its last, then the longest idle, then the oldest that has not
    /// finished its request. Those being answered stay. `source` is nothing for a peer that is not
    /// counted by source.
    Verdict admit(const std::optional<http::Address>& source);

    /// A connection's place among the others, from its beginning to its end.
    class Seat {
     public:
        Seat(Connections& all, Connection& connection, std::optional<http::Address> source);
        ~Seat();
        Seat(const Seat&) = delete;
        Seat& operator=(const Seat&) = delete;

     private:
        Connections& all_;
        std::optional<http::Address> source_;
        std::list<Connection*>::iterator place_;
    };

    /// Closes the connections whose time is up or whose body comes too slowly; how many those were.
    std::size_t sweep(SteadyTime now);
    /// Closes one that can be spared; false if there is none.
    bool spare_one();
    /// The server stops: closes those that wait for another request, and wakes those that nap. One
    /// that has only just come may have its request under way: it keeps a moment for it.
    void begin_drain(SteadyTime now);
    void close_all();

    /// Any thread may ask.
    std::size_t count() const { return count_; }

 private:
    bool overdue(const Connection& connection, SteadyTime now) const;

    const ServerLimits& limits_;
    std::list<Connection*> all_;
    std::atomic<std::size_t> count_{0};
    std::map<http::Address, std::size_t> per_source_;
};

}  // namespace latchkey
