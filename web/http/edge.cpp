#include "web/http/edge.h"

#include "web/http/forwarded.h"

#include <algorithm>
#include <ranges>
#include <stdexcept>

namespace latchkey::http {

namespace {

constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;

/// The nearest hop that is not one of our proxies; or the furthest that was reported readably, if
/// all are.
Hop origin(const Edge& edge, const std::vector<Hop>& hops, Hop nearest) {
    for (const auto& hop : hops | std::views::reverse) {
        if (!hop.from) break;
        nearest = hop;
        if (!edge.trusts(hop.from)) break;
    }
    return nearest;
}

}  // namespace

Edge::Edge(const std::vector<std::string>& hosts, const std::vector<std::string>& trusted_proxies) {
    for (const auto& entry : hosts) {
        const auto host = parse_host(entry);
        if (entry == "*")
            any_host_ = true;
        else if (host)
            hosts_.push_back(*host);
        else
            throw std::invalid_argument("not a host name with or without a port: " + entry);
    }
    for (const auto& entry : trusted_proxies) {
        const auto network = Network::parse(entry);
        if (entry == "unix:")
            trusts_unix_ = true;
        else if (network)
            proxies_.push_back(*network);
        else
            throw std::invalid_argument("not an address or network: " + entry);
    }
}

bool Edge::trusts(const std::optional<Address>& address) const {
    if (!address) return trusts_unix_;
    return std::ranges::any_of(proxies_,
                               [&](const Network& network) { return network.contains(*address); });
}

bool Edge::confidential(const Peer& peer) const {
    return peer.encrypted || !peer.address || peer.address->loopback() || trusts(peer.address);
}

int Edge::admit(Request& request, const Peer& peer) const {
    request.client = peer.address ? peer.address->text() : "unix:";
    request.secure = peer.encrypted;
    if (trusts(peer.address)) {
        const auto hops = x_forwarded_hops(request);
        const auto standard_hops = forwarded_hops(request);
        const Hop here{peer.address, ""};
        const auto from = origin(*this, hops.empty() ? standard_hops : hops, here);
        if (!hops.empty() && !standard_hops.empty() &&
            origin(*this, standard_hops, here).from != from.from)
            return 400;
        if (from.from) request.client = from.from->text();
        if (!from.scheme.empty()) request.secure = from.scheme == "https";
    }
    return serves(request) ? 0 : 421;
}

bool Edge::serves(const Request& request) const {
    auto host = parse_host(request.header("host"));
    if (!host) return false;
    if (host->port == (request.secure ? kHttpsPort : kHttpPort)) host->port = 0;
    return any_host_ || std::ranges::find(hosts_, *host) != hosts_.end();
}

}  // namespace latchkey::http
