#include "db/postgres/postgres_database.h"

#include "db/postgres/postgres_connection.h"
#include "db/postgres/postgres_servers.h"
#include "db/sql/connection_pool.h"
#include "db/sql/connection_transaction.h"

#include <atomic>
#include <chrono>
#include <thread>

namespace latchkey {
namespace {

constexpr int kTries = 3;
constexpr std::chrono::milliseconds kStandsBack{20};

using PostgresTransaction = ConnectionTransaction<PostgresConnection>;

class PostgresDatabase final : public Database {
 public:
    PostgresDatabase(const std::string& url, const PostgresOptions& options)
        : servers_(url), pool_(options.connections, [this] { return servers_.connect(); }) {}

    std::int64_t statements() const override { return statements_; }

 protected:
    void write_work(const Body& body) override {
        for (int attempt = 1;; ++attempt) {
            try {
                return write_once(body);
            } catch (const LostRace&) {
                if (attempt == kTries) throw;
                // Whoever comes back at once takes the same row before the one that won is awake,
                // and both are where they were.
                std::this_thread::sleep_for(kStandsBack * attempt);
            }
        }
    }

    void read_work(const Body& body) override {
        const auto attempt = [&] {
            const auto connection = pool_.lease();
            PostgresTransaction transaction(*connection, PostgresTransaction::Kind::reading,
                                            statements_);
            body(transaction);
        };
        try {
            attempt();
        } catch (const ConnectionLost&) {
            forget_connections();  // the server was restarted: once more on a new one
            attempt();
        }
    }

    void snapshot_work(const Body& body) override {
        const auto connection = begun("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        PostgresTransaction transaction(*connection, PostgresTransaction::Kind::reading,
                                        statements_);
        try {
            body(transaction);
        } catch (...) {
            connection->roll_back();
            throw;
        }
        connection->roll_back();
    }

 private:
    using Lease = ConnectionPool<PostgresConnection>::Lease;

    void write_once(const Body& body) {
        const Lease connection = begun("BEGIN");
        PostgresTransaction transaction(*connection, PostgresTransaction::Kind::writing,
                                        statements_);
        try {
            body(transaction);
        } catch (...) {
            if (connection->broken()) forget_connections();
            connection->roll_back();
            throw;
        }
        if (transaction.undone()) return connection->roll_back();
        try {
            connection->commit();
        } catch (const ConnectionLost& lost) {
            forget_connections();
            throw Outage(std::string("it is unknown whether a change was kept: ") + lost.what());
        }
    }

    /// A connection with a transaction open. An idle one may have died since it was last used.
    Lease begun(const char* statement) {
        {
            Lease connection = pool_.lease();
            try {
                connection->execute(statement);
                return connection;
            } catch (const ConnectionLost&) {
                forget_connections();
                if (connection.fresh()) throw;
            }
        }
        Lease connection = pool_.lease();
        connection->execute(statement);
        return connection;
    }

    /// After one was found dead, the others probably are as well, and another server may be the
    /// primary.
    void forget_connections() {
        servers_.look_around();
        pool_.close_idle();
    }

    std::atomic<std::int64_t> statements_ = 0;
    PostgresServers servers_;
    ConnectionPool<PostgresConnection> pool_;
};

}  // namespace

std::unique_ptr<Database> make_postgres_database(const std::string& url,
                                                 const PostgresOptions& options) {
    return std::make_unique<PostgresDatabase>(url, options);
}

}  // namespace latchkey
