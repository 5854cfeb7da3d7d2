#pragma once

#include "db/sql/database.h"

#include <atomic>
#include <stdexcept>
#include <string>

namespace latchkey {

/// A transaction on one connection of either database. Begun and ended by whoever makes it.
template <class Connection>
class ConnectionTransaction final : public Transaction {
 public:
    enum class Kind { reading, writing };

    /// `counter` counts the statements of the whole database.
    ConnectionTransaction(Connection& connection, Kind kind, std::atomic<std::int64_t>& counter)
        : connection_(connection), kind_(kind), counter_(counter) {}

    Rows run_with(const Query& query, std::span<const Value> values) override {
        if (kind_ == Kind::reading && !query.reads())
            throw std::logic_error(std::string("a read may not run ") + query.text());
        ++counter_;
        return connection_.run(query, values);
    }
    void script(std::string_view statements) override { connection_.script(statements); }
    void undo() override { undone_ = true; }
    bool undone() const { return undone_; }

 private:
    Connection& connection_;
    Kind kind_;
    std::atomic<std::int64_t>& counter_;
    bool undone_ = false;
};

}  // namespace latchkey
