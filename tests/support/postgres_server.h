#pragma once

#include "tests/support/temporary_folder.h"

#include <sys/types.h>
#include <string>

namespace latchkey {

/// A real PostgreSQL on a socket in a folder of its own, started for the test program that first
/// asks for it. It ends with the program, however that ends. Trades durability for speed.
class PostgresServer {
 public:
    /// The server of this test program. Call it on the main thread.
    static PostgresServer& instance();

    /// Makes an empty database and returns its URL.
    std::string new_database();

    /// Runs a statement as the owner of everything, beside all that the code under test does.
    void execute(const std::string& database_url, const std::string& statement);

    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;

 private:
    PostgresServer();
    ~PostgresServer();

    std::string log() const;
    void start();
    void wait_until_ready();

    TemporaryFolder folder_;
    pid_t server_ = -1;
    int databases_ = 0;
};

}  // namespace latchkey
