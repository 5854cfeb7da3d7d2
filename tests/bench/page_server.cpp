#include "web/server/server.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <iostream>
#include <memory>

// page_server bare|ours|pool: a page of 2 KiB at http://127.0.0.1:PORT/, where PORT is printed.
// `bare` is Beast with nothing around it: no deadlines, no limits but Beast's own. `ours` answers
// on the I/O thread, `pool` on a worker. For page_bench.

namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = net::ip::tcp;

const std::string& page() {
    static const std::string body(2048, 'x');
    return body;
}

class BareSession : public std::enable_shared_from_this<BareSession> {
 public:
    explicit BareSession(tcp::socket socket) : stream_(std::move(socket)) {}

    void read() {
        request_ = {};
        http::async_read(stream_, buffer_, request_,
                         [self = shared_from_this()](beast::error_code error, std::size_t) {
                             if (!error) self->answer();
                         });
    }

 private:
    void answer() {
        response_ = {http::status::ok, request_.version()};
        response_.set(http::field::content_type, "text/html; charset=utf-8");
        response_.keep_alive(request_.keep_alive());
        response_.body() = page();
        response_.prepare_payload();
        http::async_write(stream_, response_,
                          [self = shared_from_this()](beast::error_code error, std::size_t) {
                              if (!error && self->response_.keep_alive()) self->read();
                          });
    }

    beast::tcp_stream stream_;
    beast::flat_buffer buffer_;
    http::request<http::string_body> request_;
    http::response<http::string_body> response_;
};

void accept(tcp::acceptor& acceptor) {
    acceptor.async_accept([&acceptor](beast::error_code error, tcp::socket socket) {
        if (!error) {
            socket.set_option(tcp::no_delay(true));
            std::make_shared<BareSession>(std::move(socket))->read();
        }
        accept(acceptor);
    });
}

void serve_bare() {
    net::io_context io(1);
    tcp::acceptor acceptor(io, {net::ip::make_address("127.0.0.1"), 0});
    std::cout << acceptor.local_endpoint().port() << std::endl;
    accept(acceptor);
    io.run();
}

void serve_ours(bool quick) {
    latchkey::ServerSettings settings;
    settings.listen = "127.0.0.1:0";
    settings.hosts = {"*"};
    settings.limits.requests_per_connection = 1'000'000'000;
    latchkey::Server server(settings,
                            {.handle =
                                 [](const latchkey::http::Request&) {
                                     latchkey::http::Response response;
                                     response.with("Content-Type", "text/html; charset=utf-8");
                                     response.body = page();
                                     return response;
                                 },
                             .quick = [quick](const latchkey::http::Request&) { return quick; },
                             .notice = {}});
    const auto address = server.address();
    std::cout << address.substr(address.rfind(':') + 1) << std::endl;
    server.run();
}

}  // namespace

int main(int, char** arguments) {
    if (arguments[1] == std::string("bare"))
        serve_bare();
    else
        serve_ours(arguments[1] == std::string("ours"));
}
