#pragma once

#include "engine/ids.h"
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

// How our types become values: a flag is 0 or 1, an instant milliseconds since 1970, "none" NULL.
inline Value as_value(std::string_view text) {
    return std::string(text);
}
inline Value as_value(std::integral auto number) {
    return static_cast<std::int64_t>(number);
}
inline Value as_value(TimePoint at) {
    return millis(at);
}
template <class Thing>
Value as_value(const Id<Thing>& id) {
    return id.text();
}
template <class T>
Value as_value(const std::optional<T>& value) {
    return value ? as_value(*value) : Value{};
}

/// A statement with `$1`, `$2`, … as parameters. Declared as a named constant above the function
/// that uses it and never destroyed before the end of the program; a test prepares each on both
/// databases.
class Query {
 public:
    /// Registers the statement. `text` must live as long as the program, as a literal does.
    explicit Query(const char* text);
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    const char* text() const { return text_; }
    /// True if it is a SELECT: the only kind that may run outside of a write.
    bool reads() const { return std::string_view(text_).starts_with("SELECT"); }

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

    // Columns count from 0. Asking for the wrong kind is a mistake of ours: throws
    // std::logic_error.
    const std::string& text(std::size_t row, std::size_t column) const;
    std::int64_t integer(std::size_t row, std::size_t column) const;
    bool null(std::size_t row, std::size_t column) const;
    TimePoint time(std::size_t row, std::size_t column) const {
        return from_millis(integer(row, column));
    }
    /// A row as it came, for copying it elsewhere.
    std::span<const Value> values(std::size_t row) const { return rows_.at(row); }

 private:
    std::vector<std::vector<Value>> rows_;
    std::int64_t changed_ = 0;
};

/// A broken UNIQUE, PRIMARY KEY, FOREIGN KEY or CHECK.
class ConstraintViolation : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

/// Statements that belong together. Lives only inside Database::write, read or snapshot.
class Transaction {
 public:
    virtual ~Transaction() = default;

    /// Throws ConstraintViolation, after which the transaction can only end, and Outage. A wrong
    /// statement, a number of values other than the statement's, NUL in a text and a statement that
    /// is not a SELECT outside of a write are mistakes of ours: std::logic_error.
    template <class... Values>
    Rows run(const Query& query, const Values&... values) {
        const std::vector<Value> list{as_value(values)...};
        return run_with(query, list);
    }
    virtual Rows run_with(const Query& query, std::span<const Value> values) = 0;

    /// Several statements without parameters. For migrations, which alone may take long.
    virtual void script(std::string_view statements) = 0;

    /// Nothing of this write will be kept, although its work returns normally: how a refusal leaves
    /// everything as it was. Run no statement afterwards.
    virtual void undo() = 0;
};

/// A database with its connections. Thread-safe. Connects when it is first used and again by itself
/// after any failure.
class Database {
 public:
    virtual ~Database() = default;

    /// Runs `work` in one transaction that is durable when this returns; rolled back if it throws.
    /// May run it again after losing a race and on another thread, so `work` must not change
    /// anything but the database and must not wait (SQLite has one writer, and concurrent writes
    /// share one commit). Throws Outage if the database cannot be reached or is full, and Busy if
    /// somebody else kept it busy for five seconds; then nothing was changed, or, if the connection
    /// broke during the commit, it is unknown whether it was.
    template <std::invocable<Transaction&> Work>
    auto write(Work&& work) {
        return carry([this](const Body& body) { write_work(body); }, std::forward<Work>(work));
    }

    /// Runs statements that only read. Each sees what was committed before it began.
    template <std::invocable<Transaction&> Work>
    auto read(Work&& work) {
        return carry([this](const Body& body) { read_work(body); }, std::forward<Work>(work));
    }

    /// Runs statements that only read and that all see the same instant. May take long.
    template <std::invocable<Transaction&> Work>
    auto snapshot(Work&& work) {
        return carry([this](const Body& body) { snapshot_work(body); }, std::forward<Work>(work));
    }

    /// What is damaged in the files that we keep ourselves, a complaint a line. Reads all of them:
    /// a second per gigabyte, or longer.
    virtual std::vector<std::string> faults() const { return {}; }

    /// Gives back what only a busy time needs. May be called at any time.
    virtual void rest() {}

    /// Statements run so far, by any thread: equal for people and decoys (S02).
    virtual std::int64_t statements() const = 0;

 protected:
    using Body = std::function<void(Transaction&)>;
    virtual void write_work(const Body& body) = 0;
    virtual void read_work(const Body& body) = 0;
    virtual void snapshot_work(const Body& body) = 0;

 private:
    template <class Run, class Work>
    auto carry(Run&& run, Work&& work) {
        using Answer = std::invoke_result_t<Work&, Transaction&>;
        if constexpr (std::is_void_v<Answer>) {
            run([&](Transaction& transaction) { work(transaction); });
        } else {
            std::optional<Answer> answer;
            run([&](Transaction& transaction) { answer.emplace(work(transaction)); });
            return std::move(*answer);
        }
    }
};

}  // namespace latchkey
