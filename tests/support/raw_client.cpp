#include "tests/support/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cstring>
#include <stdexcept>

namespace latchkey {

namespace {

constexpr timeval kPatience = {10, 0};

template <class Address>
int connect_to(const Address& address, int family) {
    const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(fd);
        throw std::runtime_error(std::string("connect: ") + std::strerror(errno));
    }
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
    return fd;
}

int connect_to(const std::string& address) {
    if (address.starts_with("unix:")) {
        sockaddr_un local{};
        local.sun_family = AF_UNIX;
        address.copy(local.sun_path, sizeof local.sun_path - 1, 5);
        return connect_to(local, AF_UNIX);
    }
    const auto colon = address.rfind(':');
    const auto port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
    if (address.starts_with('[')) {
        sockaddr_in6 six{};
        six.sin6_family = AF_INET6;
        six.sin6_port = port;
        ::inet_pton(AF_INET6, address.substr(1, colon - 2).c_str(), &six.sin6_addr);
        return connect_to(six, AF_INET6);
    }
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = port;
    ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &four.sin_addr);
    return connect_to(four, AF_INET);
}

std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

/// Status line and headers, without the empty line.
RawResponse parse_head(const std::string& head) {
    RawResponse response;
    response.status = std::stoi(head.substr(head.find(' ') + 1));
    for (auto at = head.find("\r\n"); at != std::string::npos;) {
        const auto begin = at + 2;
        at = head.find("\r\n", begin);
        const auto line = head.substr(begin, at - begin);
        const auto colon = line.find(": ");
        response.headers[lower(line.substr(0, colon))] = line.substr(colon + 2);
    }
    return response;
}

}  // namespace

struct RawClient::State {
    int fd = -1;
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context{nullptr, ::SSL_CTX_free};
    std::unique_ptr<SSL, void (*)(SSL*)> tls{nullptr, ::SSL_free};
    std::string received;

    ~State() {
        if (tls) ::SSL_shutdown(tls.get());
        ::close(fd);
    }

    void shake_hands(const std::string& certificate) {
        context.reset(::SSL_CTX_new(::TLS_client_method()));
        ::SSL_CTX_load_verify_locations(context.get(), certificate.c_str(), nullptr);
        ::SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
        tls.reset(::SSL_new(context.get()));
        ::SSL_set_fd(tls.get(), fd);
        ::SSL_set1_host(tls.get(), "localhost");
        ::SSL_set_tlsext_host_name(tls.get(), "localhost");
        if (::SSL_connect(tls.get()) != 1) throw std::runtime_error("the TLS handshake failed");
    }

    /// False at the end of the connection, however it came.
    bool receive() {
        char bytes[4096];
        const auto count =
            tls ? ::SSL_read(tls.get(), bytes, sizeof bytes) : ::recv(fd, bytes, sizeof bytes, 0);
        if (count < 0 && !tls && (errno == EAGAIN || errno == EWOULDBLOCK))
            throw std::runtime_error("no answer came");
        if (count <= 0) return false;
        received.append(bytes, static_cast<std::size_t>(count));
        return true;
    }
};

RawClient::RawClient(const std::string& address, const std::string& certificate)
    : state_(std::make_unique<State>()) {
    state_->fd = connect_to(address);
    if (!certificate.empty()) state_->shake_hands(certificate);
}

RawClient::~RawClient() = default;
RawClient::RawClient(RawClient&&) noexcept = default;

bool RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto count =
            state_->tls
                ? ::SSL_write(state_->tls.get(), bytes.data(), static_cast<int>(bytes.size()))
                : ::send(state_->fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

void RawClient::finish() {
    ::shutdown(state_->fd, SHUT_WR);
}

RawResponse RawClient::read(bool head) {
    auto& received = state_->received;
    while (received.find("\r\n\r\n") == std::string::npos)
        if (!state_->receive()) return {};
    const auto end = received.find("\r\n\r\n");
    auto response = parse_head(received.substr(0, end));
    received.erase(0, end + 4);
    const auto length = response.headers.find("content-length");
    if (head || length == response.headers.end()) return response;
    const auto size = std::stoul(length->second);
    while (received.size() < size && state_->receive()) {
    }
    response.body = received.substr(0, size);
    received.erase(0, size);
    return response;
}

std::vector<RawResponse> RawClient::read_many(std::size_t count) {
    std::vector<RawResponse> all;
    for (std::size_t i = 0; i < count; ++i) all.push_back(read());
    return all;
}

bool RawClient::closed_within(std::chrono::milliseconds time) {
    const auto until = std::chrono::steady_clock::now() + time;
    while (state_->received.empty()) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            until - std::chrono::steady_clock::now());
        pollfd waiting{state_->fd, POLLIN, 0};
        if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) == 0)
            return false;
        if (!state_->receive()) return true;
    }
    return false;
}

std::string RawClient::protocol() const {
    return ::SSL_get_version(state_->tls.get());
}

}  // namespace latchkey
