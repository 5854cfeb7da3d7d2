#include "web/outbound/http_call.h"

#include "web/outbound/curl.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <array>
#include <memory>
#include <new>
#include <stdexcept>

namespace latchkey {
namespace {

struct FreeMulti {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
enum class Network { open, own_machine, own_network };

Network network_of(std::uint32_t v4) {
    const auto within = [&](std::uint32_t network, int bits) {
        return (v4 >> (32 - bits)) == (network >> (32 - bits));
    };
    if (within(0x7F000000, 8)) return Network::own_machine;
    const bool inside = within(0, 8) || within(0x0A000000, 8) || within(0x64400000, 10) ||
                        within(0xA9FE0000, 16) || within(0xAC100000, 12) ||
                        within(0xC0A80000, 16) || within(0xC0000000, 24) ||
                        within(0xC6120000, 15) || within(0xE0000000, 3);
    return inside ? Network::own_network : Network::open;
}

Network network_of(const curl_sockaddr& address) {
    if (address.family == AF_INET)
        return network_of(
            ntohl(reinterpret_cast<const sockaddr_in*>(&address.addr)->sin_addr.s_addr));
    if (address.family != AF_INET6) return Network::own_network;
    const in6_addr& v6 = reinterpret_cast<const sockaddr_in6*>(&address.addr)->sin6_addr;
    if (IN6_IS_ADDR_LOOPBACK(&v6)) return Network::own_machine;
    if (IN6_IS_ADDR_V4MAPPED(&v6) || IN6_IS_ADDR_V4COMPAT(&v6)) {
        std::uint32_t v4 = 0;
        for (std::size_t i = 12; i < 16; ++i) v4 = v4 << 8 | v6.s6_addr[i];
        return network_of(v4);
    }
    return (v6.s6_addr[0] & 0xE0) == 0x20 ? Network::open : Network::own_network;  // 2000::/3
}

/// One call under way.
struct Call {
    const HttpLimits& limits;
    bool this_machine = false;  // is what the URL names
    bool forbidden = false;     // the host's address was not allowed
    bool too_large = false;
    std::string body = {};
    CurlTransfer easy = make_transfer();

    template <class Value>
    void set(CURLoption option, Value value) {
        const CURLcode code = curl_easy_setopt(easy.get(), option, value);
        if (code != CURLE_OK) throw std::runtime_error(curl_easy_strerror(code));
    }

    static std::size_t on_write(char* bytes, std::size_t size, std::size_t count, void* self) {
        auto& call = *static_cast<Call*>(self);
        call.too_large = call.body.size() + size * count > call.limits.largest;
        if (call.too_large) return 0;
        call.body.append(bytes, size * count);
        return size * count;
    }
    static curl_socket_t on_open(void* self, curlsocktype, curl_sockaddr* address) {
        auto& call = *static_cast<Call*>(self);
        const Network network = network_of(*address);
        const bool allowed = network == Network::open ||
                             (network == Network::own_machine && call.this_machine) ||
                             (network == Network::own_network && call.limits.private_networks);
        call.forbidden = !allowed;
        if (!allowed) return CURL_SOCKET_BAD;
        return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    }
};

void set_up(Call& call, const GatewayRequest& request, const curl_slist* headers) {
    call.this_machine = request.url.starts_with("http://");  // safe_gateway_url saw to that
    for (const char* name : {"https://127.0.0.1", "https://localhost", "https://[::1]"})
        if (request.url.starts_with(name)) call.this_machine = true;
    call.set(CURLOPT_URL, request.url.c_str());
    call.set(CURLOPT_PROTOCOLS_STR, call.this_machine ? "http,https" : "https");
    call.set(CURLOPT_PROXY, "");
    call.set(CURLOPT_NOSIGNAL, 1L);
    call.set(CURLOPT_FOLLOWLOCATION, 0L);
    call.set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    call.set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    call.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(call.limits.connect.count()));
    call.set(CURLOPT_TIMEOUT_MS, static_cast<long>(call.limits.total.count()));
    call.set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    if (request.method != "GET") {
        call.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        call.set(CURLOPT_POSTFIELDS, request.body.c_str());
    }
    call.set(CURLOPT_HTTPHEADER, headers);
    if (!call.limits.ca_file.empty()) call.set(CURLOPT_CAINFO, call.limits.ca_file.c_str());
    call.set(CURLOPT_WRITEFUNCTION, &Call::on_write);
    call.set(CURLOPT_WRITEDATA, static_cast<void*>(&call));
    call.set(CURLOPT_OPENSOCKETFUNCTION, &Call::on_open);
    call.set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&call));
}

/// libcurl's verdict, or nothing if somebody wanted it to end.
std::optional<CURLcode> perform(CURLM* multi, const std::stop_token& stop) {
    const std::stop_callback interrupt(stop, [&] { curl_multi_wakeup(multi); });
    for (int running = 1;;) {
        if (curl_multi_perform(multi, &running) != CURLM_OK) throw std::bad_alloc();
        if (running == 0) break;
        if (stop.stop_requested()) return {};
        curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
    }
    int left = 0;
    const CURLMsg* const message = curl_multi_info_read(multi, &left);
    return message ? message->data.result : CURLE_FAILED_INIT;
}

}  // namespace

std::variant<GatewayAnswer, NoAnswer> http_call(const GatewayRequest& request,
                                                const HttpLimits& limits,
                                                const std::stop_token& stop) {
    Call call{.limits = limits};
    const std::unique_ptr<CURLM, FreeMulti> multi(curl_multi_init());
    if (!multi) throw std::bad_alloc();
    CurlList headers;
    for (const std::string& header : request.headers) {
        curl_slist* const longer = curl_slist_append(headers.get(), header.c_str());
        if (!longer) throw std::bad_alloc();
        static_cast<void>(headers.release());
        headers.reset(longer);
    }
    set_up(call, request, headers.get());
    if (curl_multi_add_handle(multi.get(), call.easy.get()) != CURLM_OK) throw std::bad_alloc();
    const auto code = perform(multi.get(), stop);
    long status = 0;
    curl_easy_getinfo(call.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_multi_remove_handle(multi.get(), call.easy.get());
    if (!code) return NoAnswer{"interrupted"};
    if (call.forbidden) return NoAnswer{"its address belongs to an internal network"};
    if (call.too_large) return NoAnswer{"the answer is too large"};
    if (code == CURLE_OPERATION_TIMEDOUT) return NoAnswer{"no answer in time"};
    if (code != CURLE_OK) return NoAnswer{curl_easy_strerror(*code)};
    return GatewayAnswer{static_cast<int>(status), std::move(call.body)};
}

}  // namespace latchkey
