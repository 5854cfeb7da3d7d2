#include "web/server/listener.h"

#include "web/http/host.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <string_view>

namespace latchkey {

namespace {

constexpr std::string_view kUnix = "unix:";
constexpr std::string_view kDescriptor = "fd:";
constexpr mode_t kSocketMode = 0666;  // the folder decides who may reach it

[[noreturn]] void fail(const std::string& setting, const std::string& why) {
    throw std::runtime_error("listen = \"" + setting + "\": " + why);
}

/// The socket of a server that has ended is still there: nobody answers. A file that is no socket
/// is left alone.
void remove_stale_socket(const Executor& executor, const std::string& path) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0 || !S_ISSOCK(found.st_mode)) return;
    Socket probe(executor);
    boost::system::error_code error;
    probe.connect(Endpoint(net::local::stream_protocol::endpoint(path)), error);
    if (error == net::error::connection_refused) ::unlink(path.c_str());
}

Endpoint unix_endpoint(const std::string& setting) {
    const auto path = setting.substr(kUnix.size());
    if (path.empty() || path.size() >= sizeof(sockaddr_un::sun_path))
        fail(setting, "the path of a Unix socket has 1 to 107 bytes");
    return net::local::stream_protocol::endpoint(path);
}

/// "127.0.0.1:8080" or "[::1]:0".
Endpoint tcp_endpoint(const std::string& setting) {
    const auto colon = setting.rfind(':');
    auto host = setting.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    std::uint16_t port = 0;
    const auto* end = setting.data() + setting.size();
    const auto* digits = colon == std::string::npos ? end : setting.data() + colon + 1;
    const auto parsed = std::from_chars(digits, end, port);
    boost::system::error_code error;
    const auto address = net::ip::make_address(host, error);
    if (error || parsed.ec != std::errc() || parsed.ptr != end)
        fail(setting,
             "write an address with a port (\"127.0.0.1:8080\", \"[::1]:8080\"), \"unix:/path\" or "
             "\"fd:3\"");
    return net::ip::tcp::endpoint(address, port);
}

Acceptor adopt(const Executor& executor, const std::string& setting) {
    const std::string_view digits = std::string_view(setting).substr(kDescriptor.size());
    int descriptor = -1;
    const auto parsed = std::from_chars(digits.begin(), digits.end(), descriptor);
    int family = 0;
    int listening = 0;
    socklen_t size = sizeof family;
    if (parsed.ec != std::errc() || parsed.ptr != digits.end() ||
        ::getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &family, &size) != 0 ||
        ::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0 || !listening)
        fail(setting, "this descriptor is not a socket that listens");
    return Acceptor(executor, net::generic::stream_protocol(family, 0), descriptor);
}

}  // namespace

Acceptor listen_at(const Executor& executor, const std::string& setting) {
    if (setting.starts_with(kDescriptor)) return adopt(executor, setting);
    const bool local = setting.starts_with(kUnix);
    const auto endpoint = local ? unix_endpoint(setting) : tcp_endpoint(setting);
    const auto path = setting.substr(local ? kUnix.size() : 0);
    if (local) remove_stale_socket(executor, path);
    try {
        Acceptor acceptor(executor);
        acceptor.open(endpoint.protocol());
        if (!local) acceptor.set_option(Acceptor::reuse_address(true));
        acceptor.bind(endpoint);
        if (local) ::chmod(path.c_str(), kSocketMode);
        acceptor.listen();
        return acceptor;
    } catch (const boost::system::system_error& error) {
        fail(setting, error.code().message());
    }
}

std::optional<http::Address> address_of(const Endpoint& endpoint) {
    if (endpoint.protocol().family() == AF_INET) {
        sockaddr_in address{};
        std::memcpy(&address, endpoint.data(), sizeof address);
        std::array<std::uint8_t, 4> bytes{};
        std::memcpy(bytes.data(), &address.sin_addr, bytes.size());
        return http::Address::v4(bytes);
    }
    if (endpoint.protocol().family() == AF_INET6) {
        sockaddr_in6 address{};
        std::memcpy(&address, endpoint.data(), sizeof address);
        std::array<std::uint8_t, 16> bytes{};
        std::memcpy(bytes.data(), &address.sin6_addr, bytes.size());
        return http::Address::v6(bytes);
    }
    return std::nullopt;
}

std::string describe(const Endpoint& endpoint) {
    const auto address = address_of(endpoint);
    if (!address) {
        sockaddr_un local{};
        std::memcpy(&local, endpoint.data(), std::min(endpoint.size(), sizeof local - 1));
        return std::string(kUnix) + local.sun_path;
    }
    sockaddr_in any{};  // the port stands at the same place in both families
    std::memcpy(&any, endpoint.data(), sizeof any);
    const auto port = std::to_string(ntohs(any.sin_port));
    return (address->is_v4() ? address->text() : "[" + address->text() + "]") + ":" + port;
}

}  // namespace latchkey
