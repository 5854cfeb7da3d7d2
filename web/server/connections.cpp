#include "web/server/connections.h"

#include <utility>

namespace latchkey {

namespace {

/// How readily a connection can be spared: 0 not at all, 3 first.
int dispensable(const Connection& connection) {
    if (!connection.open()) return 0;  // on its way out already
    switch (connection.phase()) {
        case Phase::closing:
            return 3;
        case Phase::fresh:
        case Phase::idle:
            return 2;
        case Phase::handshake:
        case Phase::head:
        case Phase::body:
            return 1;
        case Phase::handling:
        case Phase::response:
            return 0;
    }
    return 0;
}

}  // namespace

Connections::Verdict Connections::admit(const std::optional<http::Address>& source) {
    if (source) {
        const auto count = per_source_.find(*source);
        if (count != per_source_.end() && count->second >= limits_.connections_per_source)
            return Verdict::source_full;
    }
    if (count_ >= limits_.connections && !spare_one()) return Verdict::full;
    return Verdict::welcome;
}

Connections::Seat::Seat(Connections& all, Connection& connection,
                        std::optional<http::Address> source)
    : all_(all), source_(source) {
    place_ = all_.all_.insert(all_.all_.end(), &connection);
    ++all_.count_;
    if (source_) ++all_.per_source_[*source_];
}

Connections::Seat::~Seat() {
    all_.all_.erase(place_);
    --all_.count_;
    if (!source_) return;
    const auto count = all_.per_source_.find(*source_);
    if (--count->second == 0) all_.per_source_.erase(count);
}

std::size_t Connections::sweep(SteadyTime now) {
    std::size_t closed = 0;
    for (auto* connection : all_) {
        if (!connection->open() || !overdue(*connection, now)) continue;
        connection->close();
        ++closed;
    }
    return closed;
}

bool Connections::overdue(const Connection& connection, SteadyTime now) const {
    if (connection.deadline() && *connection.deadline() <= now) return true;
    if (connection.phase() != Phase::body) return false;
    const auto counted = now - connection.since() - std::chrono::seconds(1);
    if (counted <= SteadyTime::duration::zero()) return false;
    const auto least = std::chrono::duration<double>(counted).count() *
                       static_cast<double>(limits_.least_bytes_per_second);
    return static_cast<double>(connection.body_bytes()) < least;
}

bool Connections::spare_one() {
    Connection* choice = nullptr;
    for (auto* candidate : all_) {
        const int rank = dispensable(*candidate);
        if (rank == 0) continue;
        if (!choice || rank > dispensable(*choice) ||
            (rank == dispensable(*choice) && candidate->since() < choice->since()))
            choice = candidate;
    }
    if (!choice) return false;
    choice->close();
    return true;
}

void Connections::begin_drain(SteadyTime now) {
    for (auto* connection : all_) {
        if (connection->phase() == Phase::idle) connection->close();
        if (connection->phase() == Phase::fresh) connection->enter(Phase::fresh, now, kFirstWords);
        connection->wake();
    }
}

void Connections::close_all() {
    for (auto* connection : all_) connection->close();
}

}  // namespace latchkey
