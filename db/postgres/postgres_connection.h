#pragma once

#include "db/sql/database.h"

#include <libpq-fe.h>
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

namespace latchkey {

/// The connection died: whatever was open is gone.
class ConnectionLost : public Outage {
 public:
    using Outage::Outage;
};

/// The transaction lost a race (SQLSTATE 40001, 40P01) and may be run again.
class LostRace : public Outage {
 public:
    using Outage::Outage;
};

/// Where a server is and who we are there: libpq's keywords with their values.
using PostgresAddress = std::map<std::string, std::string>;

/// One connection to PostgreSQL with its prepared statements. For one thread at a time. Whatever
/// the server does not answer in time is ConnectionLost.
class PostgresConnection {
 public:
    /// `newest` is the highest timeline seen anywhere; it outlives the connection. Throws Outage if
    /// the server cannot be reached or takes no writes.
    PostgresConnection(const PostgresAddress& address, const std::atomic<std::int64_t>& newest);

    /// Counts the failovers that led to this server; 0: it does not say.
    std::int64_t timeline() const { return timeline_; }

    Rows run(const Query& query, std::span<const Value> values);

    /// Several statements without parameters whose results nobody needs.
    void execute(std::string_view statements);

    /// The same for a migration, which may take as long as it needs.
    void script(std::string_view statements);

    /// Throws std::logic_error if nothing was kept because an earlier failure had been ignored.
    void commit();

    /// Ends the transaction without keeping anything.
    void roll_back() noexcept;

    /// Not to be used again: it is gone, or another server took over.
    bool broken() const { return broken_ || timeline_ < newest_; }

 private:
    using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

    const std::string& prepared(const Query& query);
    void execute(std::string_view statements, Milliseconds longest);
    std::int64_t ask_timeline();

    /// The last answer to what was sent.
    Answer answer(int sent, Milliseconds longest, std::string_view doing);
    Answer checked(PGresult* result, std::string_view doing);

    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
    const std::atomic<std::int64_t>& newest_;
    std::int64_t timeline_ = 0;
    bool broken_ = false;
    std::unordered_map<const Query*, std::string> names_;
};

}  // namespace latchkey
