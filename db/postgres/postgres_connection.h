#pragma once

#include "db/sql/database.h"

#include <libpq-fe.h>
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

/// Throws std::invalid_argument, which quotes nothing, where libpq's words would show of the
/// password (S62): they quote a URL that cannot be read, and where the password holds a bare "/" or
/// "@" its parts pass for host, port or database.
void require_readable(const std::string& url);

/// One connection to PostgreSQL with its prepared statements. For one thread at a time.
class PostgresConnection {
 public:
    /// Throws Outage if the server cannot be reached or takes no writes.
    explicit PostgresConnection(const std::string& url);

    Rows run(const Query& query, std::span<const Value> values);

    /// Several statements without parameters whose results nobody needs.
    void execute(std::string_view statements);

    /// The same for a migration, which may take as long as it needs.
    void script(std::string_view statements);

    /// Throws std::logic_error if nothing was kept because an earlier failure had been ignored.
    void commit();

    /// Ends the transaction without keeping anything.
    void roll_back() noexcept;

    /// Not to be used again.
    bool broken() const { return broken_; }

 private:
    using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

    const std::string& prepared(const Query& query);
    Answer checked(PGresult* result, std::string_view doing);

    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
    bool broken_ = false;
    std::unordered_map<const Query*, std::string> names_;
};

}  // namespace latchkey
