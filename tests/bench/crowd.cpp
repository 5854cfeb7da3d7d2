#include "engine/json.h"
#include "tests/support/at_once.h"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <condition_variable>
#include <iostream>
#include <map>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

// People who reset their passwords over HTTP, and the SMTP server that takes their codes, at as
// little cost as can be: they share the cores with the server that they measure.
// Prints the port of the SMTP server. Then reads lines of JSON,
//   {"port": 8080, "at_once": 8, "seconds": 6, "names": ["amy", ...]}
// and answers each, when the time is over or everybody is done, with
//   {"seconds": 6.1, "failed": 0, "steps": [{"page": 0.4, "identify": 3.1, ...}, ...]}
// in milliseconds, one object for each journey that came to its end. Each is its own connection.

namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;
using latchkey::Json;
using net::ip::tcp;
using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point begin) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

/// Takes every mail and hands the codes to whoever waits for them.
class Sink {
 public:
    Sink() {
        std::thread([this] {
            for (;;)
                std::thread([this, socket = acceptor_.accept()]() mutable {
                    try {
                        serve(socket);
                    } catch (const boost::system::system_error&) {  // hung up
                    }
                }).detach();
        }).detach();
    }

    unsigned short port() const { return acceptor_.local_endpoint().port(); }

    std::string code_to(const std::string& address) {
        std::unique_lock lock(mutex_);
        if (!came_.wait_for(lock, std::chrono::seconds{30},
                            [&] { return codes_.contains(address); }))
            throw std::runtime_error("no mail to " + address);
        return codes_.extract(address).mapped();
    }

 private:
    void serve(tcp::socket& socket) {
        std::string input;
        std::string address;
        const auto take = [&](std::string_view end) {
            const std::size_t size = net::read_until(socket, net::dynamic_buffer(input), end);
            std::string text = input.substr(0, size);
            input.erase(0, size);
            return text;
        };
        const auto say = [&](std::string_view text) { net::write(socket, net::buffer(text)); };
        socket.set_option(tcp::no_delay(true));
        say("220 sink ESMTP\r\n");
        for (;;) {
            const std::string line = take("\r\n");
            if (line.starts_with("QUIT")) return say("221 bye\r\n");
            if (line.starts_with("RCPT TO:<")) address = line.substr(9, line.find('>') - 9);
            if (line.starts_with("DATA")) {
                say("354 go on\r\n");
                keep(address, take("\r\n.\r\n"));
            }
            say(line.starts_with("EHLO") ? "250-sink\r\n250 8BITMIME\r\n" : "250 fine\r\n");
        }
    }

    /// A code stands on a line of its own; the notice afterwards has none.
    void keep(const std::string& address, const std::string& mail) {
        std::istringstream lines(mail);
        for (std::string line; std::getline(lines, line);) {
            std::erase_if(line, [](char c) { return c == ' ' || c == '\r'; });
            if (line.size() != 6 || line.find_first_not_of("0123456789") != std::string::npos)
                continue;
            const std::scoped_lock lock(mutex_);
            codes_[address] = line;
            came_.notify_all();
            return;
        }
    }

    net::io_context io_;
    tcp::acceptor acceptor_{io_, {net::ip::address_v4::loopback(), 0}};
    std::mutex mutex_;
    std::condition_variable came_;
    std::map<std::string, std::string> codes_;
};

struct Form {
    std::string action;
    std::string fields;
};

/// A browser without a screen, on a connection of its own.
class Browser {
 public:
    explicit Browser(unsigned short port) : host_("127.0.0.1:" + std::to_string(port)) {
        socket_.connect({net::ip::address_v4::loopback(), port});
        socket_.set_option(tcp::no_delay(true));
    }

    const std::string& text() const { return text_; }

    void get(const std::string& path) { request(http::verb::get, path, {}); }

    /// Sends the page's form whose action ends so, with what it hides and what was typed.
    void send(std::string_view end, const std::string& typed = {}) {
        const Form form = find(end);
        request(http::verb::post, form.action, form.fields + typed);
    }

 private:
    static std::string between(std::string_view text, std::string_view begin,
                               std::string_view end) {
        const auto from = text.find(begin);
        if (from == std::string_view::npos) return {};
        text.remove_prefix(from + begin.size());
        return std::string(text.substr(0, text.find(end)));
    }

    Form find(std::string_view end) const {
        constexpr std::string_view kForm = "<form method=\"post\" ";
        constexpr std::string_view kHidden = "<input type=\"hidden\" ";
        const std::string_view page = text_;
        for (auto at = page.find(kForm); at != std::string_view::npos;
             at = page.find(kForm, at + 1)) {
            const auto body = page.substr(at, page.find("</form>", at) - at);
            Form form{.action = between(body, "action=\"", "\""), .fields = {}};
            if (!form.action.ends_with(end)) continue;
            for (auto input = body.find(kHidden); input != std::string_view::npos;
                 input = body.find(kHidden, input + 1))
                form.fields += between(body.substr(input), "name=\"", "\"") + "=" +
                               between(body.substr(input), "value=\"", "\"") + "&";
            return form;
        }
        throw std::runtime_error("no form " + std::string(end) + " on " +
                                 between(page, "<h1>", "</h1>"));
    }

    void request(http::verb method, const std::string& path, const std::string& body) {
        http::request<http::string_body> request{method, path, 11, body};
        request.set(http::field::host, host_);
        request.set(http::field::cookie, cookie_);
        if (method == http::verb::post)
            request.set(http::field::content_type, "application/x-www-form-urlencoded");
        request.prepare_payload();
        http::write(socket_, request);
        http::response<http::string_body> response;
        http::read(socket_, buffer_, response);
        for (auto [at, end] = response.equal_range(http::field::set_cookie); at != end; ++at)
            keep(at->value());
        if (response.result() == http::status::see_other)
            return get(std::string(response[http::field::location]));
        if (response.result() != http::status::ok)
            throw std::runtime_error(path + ": " + std::to_string(response.result_int()));
        text_ = std::move(response.body());
    }

    void keep(std::string_view set_cookie) {
        const std::string cookie(set_cookie.substr(0, set_cookie.find(';')));
        cookies_[cookie.substr(0, cookie.find('='))] = cookie;
        cookie_.clear();
        for (const auto& [name, value] : cookies_) cookie_ += (cookie_.empty() ? "" : "; ") + value;
    }

    std::string host_;
    net::io_context io_;
    tcp::socket socket_{io_};
    boost::beast::flat_buffer buffer_;
    std::map<std::string, std::string> cookies_;
    std::string cookie_;
    std::string text_;
};

/// One person: identifies, asks for the code, types it, chooses a password.
Json journey(unsigned short port, Sink& sink, const std::string& name) {
    Json steps;
    Browser browser(port);
    const auto timed = [&](const char* step, const auto& act) {
        const auto begin = Clock::now();
        act();
        steps[step] = milliseconds_since(begin);
    };
    timed("page", [&] { browser.get("/p/reset"); });
    timed("identify", [&] { browser.send("/p/reset", "identifier=" + name); });
    timed("choose", [&] { browser.send("/choose"); });
    std::string code;
    timed("mail", [&] { code = sink.code_to(name + "@example.org"); });
    timed("verify", [&] { browser.send("/answer", "code=" + code); });
    timed("act", [&] { browser.send("/act", "password=violet+kettle+seven+oceans+" + name); });
    if (browser.text().find("Your password is changed") == std::string::npos)
        throw std::runtime_error(name + " did not come to the end");
    return steps;
}

Json journeys(const Json& order, Sink& sink) {
    const auto names = order.at("names").get<std::vector<std::string>>();
    const double limit = 1000 * order.at("seconds").get<double>();
    Json steps = Json::array();
    int failed = 0;
    std::mutex mutex;
    std::atomic<std::size_t> next = 0;
    const auto begin = Clock::now();
    latchkey::at_once(order.at("at_once"), [&](std::size_t) {
        while (milliseconds_since(begin) < limit) {
            const std::size_t mine = next++;
            if (mine >= names.size()) return;
            try {
                Json took = journey(order.at("port"), sink, names[mine]);
                const std::scoped_lock lock(mutex);
                steps.push_back(std::move(took));
            } catch (const std::exception& trouble) {
                const std::scoped_lock lock(mutex);
                ++failed;
                std::cerr << trouble.what() << '\n';
            }
        }
    });
    return {{"seconds", milliseconds_since(begin) / 1000}, {"failed", failed}, {"steps", steps}};
}

}  // namespace

int main() {
    Sink sink;
    std::cout << sink.port() << std::endl;
    for (std::string line; std::getline(std::cin, line);)
        std::cout << journeys(Json::parse(line), sink) << std::endl;
    std::quick_exit(0);  // the threads of the sink wait for ever
}
