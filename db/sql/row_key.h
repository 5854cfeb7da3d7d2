#pragma once

#include "db/sql/database.h"

#include <initializer_list>
#include <limits>
#include <string>
#include <vector>

namespace latchkey {

/// "$2, $3": that many parameters of a statement, from `first` on.
inline std::string parameters(std::size_t first, std::size_t count) {
    std::string list;
    for (std::size_t i = first; i < first + count; ++i)
        list += (list.empty() ? "$" : ", $") + std::to_string(i);
    return list;
}

/// The columns that name a row of a table, for statements that go through all rows in their order.
class RowKey {
 public:
    enum class Kind { text, number };
    struct Column {
        const char* name;
        Kind kind;
    };
    RowKey(std::initializer_list<Column> columns) : columns_(columns) {}

    std::size_t size() const { return columns_.size(); }

    /// "account, verification"
    std::string names() const {
        std::string list;
        for (const Column& column : columns_)
            list += (list.empty() ? "" : ", ") + std::string(column.name);
        return list;
    }

    /// A key before every one that there is.
    std::vector<Value> before_all() const {
        std::vector<Value> values;
        for (const Column& column : columns_)
            values.push_back(column.kind == Kind::text
                                 ? Value(std::string())
                                 : Value(std::numeric_limits<std::int64_t>::min()));
        return values;
    }

 private:
    std::vector<Column> columns_;
};

}  // namespace latchkey
