#include "db/postgres/postgres_connection.h"

#include <array>
#include <charconv>
#include <stdexcept>

namespace latchkey {
namespace {

// Set after connecting, where the URL cannot undo them.
constexpr std::string_view kServerSettings =
    "SET default_transaction_isolation = 'read committed';"
    "SET statement_timeout = '30s';"
    "SET lock_timeout = '5s';"
    "SET idle_in_transaction_session_timeout = '30s'";

// The types that libpq names by number.
constexpr Oid kBigintOid = 20;
constexpr Oid kIntegerOid = 23;
constexpr Oid kTextOid = 25;

PGconn* connect(const std::string& url) {
    // The last of a repeated keyword counts: the URL may change what stands before it.
    const std::array keywords{"application_name",
                              "connect_timeout",
                              "tcp_user_timeout",
                              "keepalives_idle",
                              "keepalives_interval",
                              "keepalives_count",
                              "dbname",
                              "target_session_attrs",
                              "client_encoding",
                              static_cast<const char*>(nullptr)};
    const std::array values{
        "latchkey", "5",         "10000",      "10",   "5",
        "3",        url.c_str(), "read-write", "UTF8", static_cast<const char*>(nullptr)};
    static_assert(keywords.size() == values.size());
    const int expand_url = 1;
    return PQconnectdbParams(keywords.data(), values.data(), expand_url);
}

/// PostgreSQL's own words without the line break at their end.
std::string words(const PGconn* connection) {
    std::string text = PQerrorMessage(connection);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
}

/// Values as libpq takes them: text that ends at NUL.
class Parameters {
 public:
    explicit Parameters(std::span<const Value> values) {
        numbers_.reserve(values.size());
        for (const Value& value : values) pointers_.push_back(pointer(value));
    }
    int count() const { return static_cast<int>(pointers_.size()); }
    const char* const* pointers() const { return pointers_.data(); }

 private:
    const char* pointer(const Value& value) {
        if (const auto* text = std::get_if<std::string>(&value)) {
            if (text->find('\0') != std::string::npos)
                throw std::invalid_argument("NUL in a text for the database");
            return text->c_str();
        }
        if (const auto* number = std::get_if<std::int64_t>(&value))
            return numbers_.emplace_back(std::to_string(*number)).c_str();
        return nullptr;
    }

    std::vector<std::string> numbers_;
    std::vector<const char*> pointers_;
};

Value value_of(const PGresult* answer, int row, int column) {
    if (PQgetisnull(answer, row, column)) return {};
    const std::string_view text(PQgetvalue(answer, row, column),
                                static_cast<std::size_t>(PQgetlength(answer, row, column)));
    switch (PQftype(answer, column)) {
        case kBigintOid:
        case kIntegerOid: {
            std::int64_t number = 0;
            std::from_chars(text.data(), text.data() + text.size(), number);
            return number;
        }
        case kTextOid:
            return std::string(text);
        default:
            throw std::logic_error("a column is neither an integer nor text");
    }
}

std::int64_t touched(PGresult* answer) {
    const std::string_view digits = PQcmdTuples(answer);
    std::int64_t count = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), count);
    return count;
}

/// A table that another program created at the same moment, in spite of IF NOT EXISTS.
bool exists_already(std::string_view state) {
    return state == "42P07" || state == "42710";
}

/// A value that does not fit, a wrong statement, one after a failed one, a wrong number of values.
bool mistake_of_ours(std::string_view state) {
    return state.starts_with("22") || state.starts_with("42") || state == "25P02" ||
           state == "08P01";
}

}  // namespace

void require_readable(const std::string& url) {
    char* fault = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconninfoParse(url.c_str(), &fault), &PQconninfoFree);
    PQfreemem(fault);
    bool readable = options != nullptr;
    for (const auto* option = options.get(); readable && option->keyword; ++option) {
        const std::string_view key = option->keyword;
        const std::string_view value = option->val ? option->val : "";
        // A host that begins with "@" is an abstract socket.
        if (key == "host" || key == "port" || key == "dbname")
            readable = value.find('@', 1) == value.npos;
    }
    if (!readable)
        throw std::invalid_argument(
            "the database's url cannot be read: in its parts, above all in the password, whatever "
            "is neither letter nor digit must be written as % and two hexadecimal digits, such as "
            "%40 for @");
}

PostgresConnection::PostgresConnection(const std::string& url)
    : connection_(connect(url), &PQfinish) {
    if (PQstatus(connection_.get()) != CONNECTION_OK)
        throw Outage("connecting to the database: " + words(connection_.get()));
    const auto ignore = [](void*, const char*) {};
    PQsetNoticeProcessor(connection_.get(), ignore, nullptr);
    execute(kServerSettings);
}

Rows PostgresConnection::run(const Query& query, std::span<const Value> values) {
    const std::string& name = prepared(query);
    const Parameters parameters(values);
    const Answer answer =
        checked(PQexecPrepared(connection_.get(), name.c_str(), parameters.count(),
                               parameters.pointers(), nullptr, nullptr, 0),
                query.text());
    std::vector<std::vector<Value>> rows(static_cast<std::size_t>(PQntuples(answer.get())));
    for (std::size_t row = 0; row < rows.size(); ++row)
        for (int column = 0; column < PQnfields(answer.get()); ++column)
            rows[row].push_back(value_of(answer.get(), static_cast<int>(row), column));
    return {std::move(rows), query.reads() ? 0 : touched(answer.get())};
}

const std::string& PostgresConnection::prepared(const Query& query) {
    auto known = names_.find(&query);
    if (known == names_.end()) {
        std::string name = "q" + std::to_string(names_.size());
        checked(PQprepare(connection_.get(), name.c_str(), query.text(), 0, nullptr), query.text());
        known = names_.emplace(&query, std::move(name)).first;
    }
    return known->second;
}

void PostgresConnection::execute(std::string_view statements) {
    checked(PQexec(connection_.get(), std::string(statements).c_str()), statements);
}

void PostgresConnection::script(std::string_view statements) {
    execute("SET LOCAL statement_timeout = 0");
    execute(statements);
}

void PostgresConnection::commit() {
    const Answer answer = checked(PQexec(connection_.get(), "COMMIT"), "COMMIT");
    // After a failed statement the server answers COMMIT with "ROLLBACK" and no error.
    if (std::string_view(PQcmdStatus(answer.get())) != "COMMIT")
        throw std::logic_error("a transaction went on after a statement had failed");
}

void PostgresConnection::roll_back() noexcept {
    const Answer answer(PQexec(connection_.get(), "ROLLBACK"), &PQclear);
    if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) broken_ = true;
}

PostgresConnection::Answer PostgresConnection::checked(PGresult* result, std::string_view doing) {
    Answer answer(result, &PQclear);
    const auto status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return answer;

    // The primary message alone: the details may hold values.
    const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const std::string_view state = field ? field : "";
    const std::string what = "database: " + (message ? message : words(connection_.get())) +
                             ", while running " + std::string(doing.substr(0, 60));
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
        broken_ = true;
        throw ConnectionLost(what);
    }
    if (state == "40001" || state == "40P01") throw LostRace(what);
    if (state == "55P03") throw Busy(what, Seconds{5});  // lock_timeout
    if (state.starts_with("23") || exists_already(state)) throw ConstraintViolation(what);
    if (mistake_of_ours(state)) throw std::logic_error(what);
    if (state == "25006") broken_ = true;  // read-only: a demoted primary, find the new one
    throw Outage(what);
}

}  // namespace latchkey
