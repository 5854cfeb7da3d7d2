#pragma once

#include "engine/result.h"

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// The only database interface that stores see: one SQL for SQLite and PostgreSQL (db/README.md).
namespace latchkey {

/// NULL, a 64-bit integer or text: the three kinds of value that behave alike on both databases.
using Value = std::variant<std::monostate, std::int64_t, std::string>;

/// A statement with `$1`, `$2`, … as parameters. Declared as a named constant above the function that
/// uses it; a test prepares each on both databases.
class Query {
 public:
    /// Registers the statement under its text; `text` must be a string literal.
    explicit Query(const char* text);
    const char* text() const { return text_; }

    /// Every query of the program.
    static const std::vector<const Query*>& all();

 private:
    const char* text_;
};

/// What a statement returned.
class Rows {
 public:
    Rows() = default;
    Rows(std::vector<std::vector<Value>> rows, std::int64_t changed)
        : rows_(std::move(rows)), changed_(changed) {}

    std::size_t size() const { return rows_.size(); }
    bool empty() const { return rows_.empty(); }
    /// Rows that an INSERT, UPDATE or DELETE touched.
    std::int64_t changed() const { return changed_; }

    // Columns count from 0. Asking for the wrong kind is a mistake of ours: throws std::logic_error.
    const std::string& text(std::size_t row, std::size_t column) const;
    std::int64_t integer(std::size_t row, std::size_t column) const;
    bool null(std::size_t row, std::size_t column) const;

 private:
    std::vector<std::vector<Value>> rows_;
    std::int64_t changed_ = 0;
};

/// A broken UNIQUE, PRIMARY KEY, FOREIGN KEY or CHECK.
class ConstraintViolation : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

/// Statements that belong together. Lives only inside Database::write or Database::read.
class Transaction {
 public:
    virtual ~Transaction() = default;

    /// Throws ConstraintViolation, after which the transaction can only end, and Outage.
    template <class... Values>
    Rows run(const Query& query, Values&&... values) {
        const std::vector<Value> list{Value(std::forward<Values>(values))...};
        return run_with(query, list);
    }
    /// Counts statements in tests of equal work (S02).
    virtual Rows run_with(const Query& query, std::span<const Value> values) = 0;
};

/// A database with its connections. Thread-safe.
class Database {
 public:
    virtual ~Database() = default;

    /// Runs `work` in one transaction that is durable when this returns; rolled back if it throws.
    /// May run it again after losing a race, so `work` must not change anything but the database and
    /// must not wait (SQLite has one writer, and concurrent writes share one commit). Throws Outage if
    /// the database cannot be reached, is full, or is busy for longer than five seconds; then nothing
    /// was changed, or, if the connection broke during the commit, it is unknown whether it was.
    template <std::invocable<Transaction&> Work>
    auto write(Work&& work) {
        return in_transaction([this](const auto& body) { write_work(body); },
                              std::forward<Work>(work));
    }

    /// Runs statements that only read. Each sees what was committed before it began.
    template <std::invocable<Transaction&> Work>
    auto read(Work&& work) {
        return in_transaction([this](const auto& body) { read_work(body); },
                              std::forward<Work>(work));
    }

    /// Statements run so far, by any thread: equal for people and decoys (S02).
    virtual std::int64_t statements() const = 0;

 protected:
    using Body = std::function<void(Transaction&)>;
    virtual void write_work(const Body& body) = 0;
    virtual void read_work(const Body& body) = 0;

 private:
    template <class Run, class Work>
    auto in_transaction(Run&& run, Work&& work) {
        using Value_ = std::invoke_result_t<Work&, Transaction&>;
        if constexpr (std::is_void_v<Value_>) {
            run([&](Transaction& transaction) { work(transaction); });
        } else {
            std::optional<Value_> value;
            run([&](Transaction& transaction) { value.emplace(work(transaction)); });
            return std::move(*value);
        }
    }
};

}  // namespace latchkey
