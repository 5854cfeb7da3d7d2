#include "db/postgres/postgres_servers.h"

#include <algorithm>
#include <stdexcept>

namespace latchkey {
namespace {

std::vector<std::string> parts_of(std::string_view list) {
    std::vector<std::string> parts;
    for (;;) {
        const auto end = list.find(',');
        parts.emplace_back(list.substr(0, end));
        if (end == list.npos) return parts;
        list.remove_prefix(end + 1);
    }
}

/// Whatever is wrong with the URL, nothing of it is quoted (S62): libpq's own words quote all of
/// it.
PostgresAddress parsed(const std::string& url) {
    char* trouble = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconninfoParse(url.c_str(), &trouble), &PQconninfoFree);
    PQfreemem(trouble);
    bool readable = options != nullptr;
    PostgresAddress address;
    for (const auto* option = options.get(); readable && option->keyword; ++option) {
        if (!option->val) continue;
        const std::string_view key = option->keyword;
        const std::string_view value = option->val;
        // Where the password holds a bare "/" or "@", its parts pass for these. A host that begins
        // with "@" is an abstract socket.
        if (key == "host" || key == "port" || key == "dbname")
            readable = value.find('@', 1) == value.npos;
        address[option->keyword] = option->val;
    }
    if (!readable)
        throw std::invalid_argument(
            "the database's url cannot be read: in its parts, above all in the password, whatever "
            "is neither letter nor digit must be written as % and two hexadecimal digits, such as "
            "%40 for @");
    return address;
}

/// One address per server: libpq would take the first that takes writes, whichever it is.
std::vector<PostgresAddress> servers_of(const PostgresAddress& all) {
    std::size_t count = 1;
    for (const char* list : {"host", "hostaddr"})
        if (all.contains(list)) count = std::max(count, parts_of(all.at(list)).size());
    std::vector<PostgresAddress> servers(count, all);
    for (const char* list : {"host", "hostaddr", "port"}) {
        if (!all.contains(list)) continue;
        const auto parts = parts_of(all.at(list));
        if (parts.size() == 1) continue;  // for all of them
        for (std::size_t i = 0; i < count; ++i)
            servers[i][list] = parts[std::min(i, parts.size() - 1)];
    }
    return servers;
}

}  // namespace

PostgresServers::PostgresServers(const std::string& url) : servers_(servers_of(parsed(url))) {}

std::unique_ptr<PostgresConnection> PostgresServers::open(std::size_t server,
                                                          std::string& why) const try {
    auto connection = std::make_unique<PostgresConnection>(servers_[server], newest_);
    if (!connection->broken()) return connection;
    why += (why.empty() ? "" : "; ") +
           std::string(
               "one of the database's servers is a former primary, another took over; if all "
               "of it was moved to new servers, restart Latchkey");
    return nullptr;
} catch (const Outage& outage) {
    why += (why.empty() ? "" : "; ") + std::string(outage.what());
    return nullptr;
}

std::unique_ptr<PostgresConnection> PostgresServers::connect() {
    std::string why;
    std::size_t tried = servers_.size();
    if (!look_around_) {
        tried = chosen_;
        if (auto connection = open(tried, why)) return connection;
    }
    std::unique_ptr<PostgresConnection> best;
    for (std::size_t server = 0; server < servers_.size(); ++server) {
        if (server == tried) continue;
        auto connection = open(server, why);
        if (!connection || (best && connection->timeline() <= best->timeline())) continue;
        best = std::move(connection);
        chosen_ = server;
    }
    if (!best) throw Outage(why);
    std::int64_t seen = newest_;
    while (seen < best->timeline() && !newest_.compare_exchange_weak(seen, best->timeline())) {
    }
    look_around_ = false;
    return best;
}

}  // namespace latchkey
