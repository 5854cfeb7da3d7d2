#pragma once

#include "web/http/address.h"
#include "web/http/host.h"
#include "web/http/message.h"

#include <optional>
#include <string>
#include <vector>

namespace latchkey::http {

/// Who is at the other end of the socket.
struct Peer {
    std::optional<Address> address;  // nothing: a Unix socket
    bool encrypted = false;          // TLS ends here
};

/// What a request may claim about where it came from and where it wanted to go.
class Edge {
 public:
    /// `hosts` may stand in Host, each with its port unless it is the scheme's default; "*" admits
    /// every well-formed one. `trusted_proxies` are addresses, networks and "unix:" for whoever
    /// reaches our Unix socket. Throws std::invalid_argument naming a malformed entry.
    Edge(const std::vector<std::string>& hosts, const std::vector<std::string>& trusted_proxies);

    /// True if the peer is a listed proxy: its headers count, and it is not one source.
    bool trusts(const std::optional<Address>& address) const;

    /// True if the peer may speak to us at all: what is not encrypted must not have crossed a
    /// network, unless a listed proxy vouches for it (S67).
    bool confidential(const Peer& peer) const;

    /// Sets `client` and `secure`, and says whether the request may go on (R5.2, R5.3, S06, S48):
    /// - X-Forwarded-For, X-Forwarded-Proto and Forwarded count only if the peer is listed; they
    /// are
    ///   read right to left to the first hop that is not;
    /// - if both kinds are there and name different people, one of them was not written by the
    ///   proxy: 400;
    /// - a host that is not listed: 421. X-Forwarded-Host never counts.
    /// Returns the refusal's status, or 0.
    int admit(Request& request, const Peer& peer) const;

 private:
    bool serves(const Request& request) const;

    std::vector<Host> hosts_;
    bool any_host_ = false;
    std::vector<Network> proxies_;
    bool trusts_unix_ = false;
};

}  // namespace latchkey::http
