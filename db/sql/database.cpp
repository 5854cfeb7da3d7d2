#include "db/sql/database.h"

#include <stdexcept>

namespace latchkey {
namespace {

std::vector<const Query*>& registered() {
    static std::vector<const Query*> queries;
    return queries;
}

template <class T>
const T& of_kind(const std::vector<std::vector<Value>>& rows, std::size_t row, std::size_t column,
                 const char* kind) {
    if (row >= rows.size() || column >= rows[row].size())
        throw std::logic_error("a statement returned fewer rows or columns than were asked for");
    if (const T* value = std::get_if<T>(&rows[row][column])) return *value;
    throw std::logic_error("column " + std::to_string(column) + " is not " + kind);
}

}  // namespace

Query::Query(const char* text) : text_(text) {
    registered().push_back(this);
}

const std::vector<const Query*>& Query::all() {
    return registered();
}

const std::string& Rows::text(std::size_t row, std::size_t column) const {
    return of_kind<std::string>(rows_, row, column, "text");
}

std::int64_t Rows::integer(std::size_t row, std::size_t column) const {
    return of_kind<std::int64_t>(rows_, row, column, "an integer");
}

bool Rows::null(std::size_t row, std::size_t column) const {
    return std::holds_alternative<std::monostate>(rows_.at(row).at(column));
}

}  // namespace latchkey
