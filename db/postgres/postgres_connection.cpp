#include "db/postgres/postgres_connection.h"

#include <poll.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <stdexcept>

namespace latchkey {
namespace {

// Set after connecting, where the URL cannot undo them.
constexpr std::string_view kServerSettings =
    "SET default_transaction_isolation = 'read committed';"
    "SET statement_timeout = '30s';"
    "SET lock_timeout = '5s';"
    "SET idle_in_transaction_session_timeout = '30s'";

// How long an answer may take where the server's own limits do not help: when it is frozen, or when
// a commit waits for a standby that is gone.
constexpr Milliseconds kWithoutWork = Seconds{5};
constexpr Milliseconds kStatement = Seconds{35};
constexpr Milliseconds kCommit = Seconds{10};
constexpr Milliseconds kMigration = Hours{24};

// Over TLS libpq may hold the rest of an answer that the socket no longer shows.
constexpr Milliseconds kLookAgain{20};

// Its first eight digits are the timeline.
constexpr const char* kPlaceInLog = "SELECT pg_walfile_name(pg_current_wal_lsn())";
constexpr std::size_t kTimelineDigits = 8;

// The types that libpq names by number.
constexpr Oid kBigintOid = 20;
constexpr Oid kIntegerOid = 23;
constexpr Oid kTextOid = 25;

PGconn* connect(PostgresAddress address) {
    // What the URL says about these stays.
    address.insert({{"application_name", "latchkey"},
                    {"connect_timeout", "5"},
                    {"tcp_user_timeout", "10000"},
                    {"keepalives_idle", "10"},
                    {"keepalives_interval", "5"},
                    {"keepalives_count", "3"}});
    address["target_session_attrs"] = "read-write";
    address["client_encoding"] = "UTF8";
    std::vector<const char*> keywords;
    std::vector<const char*> values;
    for (const auto& [keyword, value] : address) {
        keywords.push_back(keyword.c_str());
        values.push_back(value.c_str());
    }
    keywords.push_back(nullptr);
    values.push_back(nullptr);
    const int expand_name = 0;
    return PQconnectdbParams(keywords.data(), values.data(), expand_name);
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

PostgresConnection::PostgresConnection(const PostgresAddress& address,
                                       const std::atomic<std::int64_t>& newest)
    : connection_(connect(address), &PQfinish), newest_(newest) {
    if (PQstatus(connection_.get()) != CONNECTION_OK)
        throw Outage("connecting to the database: " + words(connection_.get()));
    const auto ignore = [](void*, const char*) {};
    PQsetNoticeProcessor(connection_.get(), ignore, nullptr);
    execute(kServerSettings);
    timeline_ = ask_timeline();
}

std::int64_t PostgresConnection::ask_timeline() try {
    const Answer place =
        answer(PQsendQuery(connection_.get(), kPlaceInLog), kWithoutWork, kPlaceInLog);
    const std::string_view name = PQgetvalue(place.get(), 0, 0);
    std::int64_t timeline = 0;
    const int hexadecimal = 16;
    std::from_chars(name.data(), name.data() + std::min(name.size(), kTimelineDigits), timeline,
                    hexadecimal);
    return timeline;
} catch (const ConnectionLost&) {
    throw;
} catch (const std::exception&) {
    return 0;  // a service that only behaves like PostgreSQL
}

Rows PostgresConnection::run(const Query& query, std::span<const Value> values) {
    const std::string& name = prepared(query);
    const Parameters parameters(values);
    const Answer told =
        answer(PQsendQueryPrepared(connection_.get(), name.c_str(), parameters.count(),
                                   parameters.pointers(), nullptr, nullptr, 0),
               kStatement, query.text());
    std::vector<std::vector<Value>> rows(static_cast<std::size_t>(PQntuples(told.get())));
    for (std::size_t row = 0; row < rows.size(); ++row)
        for (int column = 0; column < PQnfields(told.get()); ++column)
            rows[row].push_back(value_of(told.get(), static_cast<int>(row), column));
    return {std::move(rows), query.reads() ? 0 : touched(told.get())};
}

const std::string& PostgresConnection::prepared(const Query& query) {
    auto known = names_.find(&query);
    if (known == names_.end()) {
        std::string name = "q" + std::to_string(names_.size());
        answer(PQsendPrepare(connection_.get(), name.c_str(), query.text(), 0, nullptr), kStatement,
               query.text());
        known = names_.emplace(&query, std::move(name)).first;
    }
    return known->second;
}

void PostgresConnection::execute(std::string_view statements) {
    execute(statements, kWithoutWork);
}

void PostgresConnection::execute(std::string_view statements, Milliseconds longest) {
    answer(PQsendQuery(connection_.get(), std::string(statements).c_str()), longest, statements);
}

void PostgresConnection::script(std::string_view statements) {
    execute("SET LOCAL statement_timeout = 0");
    execute(statements, kMigration);
}

void PostgresConnection::commit() {
    const Answer told = answer(PQsendQuery(connection_.get(), "COMMIT"), kCommit, "COMMIT");
    // After a failed statement the server answers COMMIT with "ROLLBACK" and no error.
    if (std::string_view(PQcmdStatus(told.get())) != "COMMIT")
        throw std::logic_error("a transaction went on after a statement had failed");
}

void PostgresConnection::roll_back() noexcept {
    if (broken_) return;
    try {
        execute("ROLLBACK");
    } catch (const std::exception&) {
        broken_ = true;
    }
}

PostgresConnection::Answer PostgresConnection::answer(int sent, Milliseconds longest,
                                                      std::string_view doing) {
    const auto end = std::chrono::steady_clock::now() + longest;
    PGconn* const connection = connection_.get();
    Answer last(nullptr, &PQclear);
    for (bool readable = sent == 1; readable;) {
        const auto left = std::chrono::ceil<Milliseconds>(end - std::chrono::steady_clock::now());
        pollfd socket{.fd = PQsocket(connection), .events = POLLIN, .revents = 0};
        if (PQisBusy(connection) == 1) {
            if (left.count() <= 0) {
                broken_ = true;
                throw ConnectionLost("database: no answer in time, while running " +
                                     std::string(doing.substr(0, 60)));
            }
            ::poll(&socket, 1, static_cast<int>(std::min(left, kLookAgain).count()));
            // A failure is what PQgetResult then tells.
            if (PQconsumeInput(connection) == 1) continue;
        }
        PGresult* next = PQgetResult(connection);
        readable = next != nullptr;
        if (next) last.reset(next);
    }
    return checked(last.release(), doing);
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
