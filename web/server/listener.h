#pragma once

#include "web/http/address.h"
#include "web/server/asio.h"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <optional>
#include <string>

namespace latchkey {

using Acceptor = net::basic_socket_acceptor<net::generic::stream_protocol, Executor>;
using Endpoint = net::generic::stream_protocol::endpoint;

/// A socket that listens where ServerSettings::listen says. Throws std::runtime_error saying what
/// is wrong with the setting or why the place cannot be had. A Unix socket that nobody answers any
/// more is replaced.
Acceptor listen_at(const Executor& executor, const std::string& setting);

/// The address of a TCP endpoint; nothing for a Unix socket's.
std::optional<http::Address> address_of(const Endpoint& endpoint);

/// "127.0.0.1:8080", "[::1]:8080" or "unix:/path".
std::string describe(const Endpoint& endpoint);

}  // namespace latchkey
