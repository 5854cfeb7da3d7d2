#pragma once

#include "db/sql/database.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>

namespace latchkey {

enum class Backend { sqlite, postgres };

/// An empty database that goes with the test.
class EmptyDatabase {
 public:
    explicit EmptyDatabase(Backend backend);

    Backend backend() const { return backend_; }
    /// For make_database.
    const std::string& url() const { return url_; }
    /// The folder of an SQLite file, latchkey.db.
    const std::filesystem::path& folder() const { return folder_->path(); }

    Database& operator*() { return *database_; }
    Database* operator->() { return database_.get(); }

    /// Another program's view of the same database.
    std::unique_ptr<Database> another() const;

    /// Runs any statement behind the back of the code under test.
    void tamper(const std::string& statement);

 private:
    Backend backend_;
    std::optional<TemporaryFolder> folder_;
    std::string url_;
    std::unique_ptr<Database> database_;
};

/// A database with all tables.
class TestDatabase : public EmptyDatabase {
 public:
    explicit TestDatabase(Backend backend);
};

/// Tests that hold for both databases: TEST_P of a class derived from this one, and
/// ON_BOTH_DATABASES(class).
class OnBothDatabases : public testing::TestWithParam<Backend> {
 protected:
    TestDatabase database{GetParam()};
};

#define ON_BOTH_DATABASES(suite)                                                                  \
    INSTANTIATE_TEST_SUITE_P(, suite, testing::Values(Backend::sqlite, Backend::postgres),        \
                             [](const auto& backend) {                                            \
                                 return backend.param == Backend::sqlite ? "Sqlite" : "Postgres"; \
                             })

}  // namespace latchkey
