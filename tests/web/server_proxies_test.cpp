#include "tests/support/child_process.h"
#include "tests/support/raw_client.h"
#include "tests/support/running_server.h"
#include "tests/support/temporary_folder.h"
#include "tests/web/framing_cases.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <cctype>
#include <fstream>
#include <thread>

// Behind real proxies, with connections to us used again: as many requests reach us as were
// answered in front, and nobody gets another one's answer (S65).

namespace latchkey {
namespace {

using namespace std::chrono_literals;

/// A port that was free a moment ago.
std::uint16_t free_port() {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in local{};
    local.sin_family = AF_INET;
    local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof local;
    const bool bound = ::bind(descriptor, reinterpret_cast<const sockaddr*>(&local), size) == 0 &&
                       ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&local), &size) == 0;
    ::close(descriptor);
    if (!bound) throw std::runtime_error("no free port");
    return ntohs(local.sin_port);
}

/// Everything that comes back until the other side closes or nothing comes for that long, in lower
/// case.
std::string talk(std::uint16_t port, std::string_view bytes, std::chrono::milliseconds patience) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in remote{};
    remote.sin_family = AF_INET;
    remote.sin_port = htons(port);
    remote.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string answer;
    if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&remote), sizeof remote) == 0) {
        std::ignore = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        std::array<char, 4096> room{};
        pollfd waiting{descriptor, POLLIN, 0};
        while (::poll(&waiting, 1, static_cast<int>(patience.count())) > 0) {
            const auto count = ::recv(descriptor, room.data(), room.size(), 0);
            if (count <= 0) break;
            answer.append(room.data(), static_cast<std::size_t>(count));
        }
    }
    ::close(descriptor);
    std::ranges::transform(answer, answer.begin(), [](unsigned char c) { return std::tolower(c); });
    return answer;
}

std::size_t occurrences(const std::string& text, const std::string& what) {
    std::size_t found = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
    return found;
}

http::Response behind(const http::Request& request) {
    http::Response response;
    response.with("X-Behind", "yes").with("Content-Type", "text/plain");
    response.body = "asked for " + request.path;
    return response;
}

struct Proxy {
    std::string name;
    std::string program;
    std::vector<std::string> arguments;  // before the configuration file
    std::string configuration;           // PORT, BEHIND and FOLDER stand for what they are
};

const Proxy kHaproxy{"HAProxy",
                     "/usr/sbin/haproxy",
                     {"-db", "-f"},
                     "defaults\n"
                     "  mode http\n"
                     "  timeout connect 1s\n  timeout client 2s\n  timeout server 2s\n"
                     "frontend front\n  bind 127.0.0.1:PORT\n  default_backend back\n"
                     "backend back\n  http-reuse always\n  server one 127.0.0.1:BEHIND\n"};

const Proxy kNginx{"nginx",
                   "/usr/sbin/nginx",
                   {"-p", "FOLDER", "-e", "FOLDER/errors", "-c"},
                   "daemon off;\nmaster_process off;\npid FOLDER/pid;\nevents {}\n"
                   "http {\n  access_log off;\n  client_body_temp_path FOLDER/a;\n"
                   "  proxy_temp_path FOLDER/b;\n  fastcgi_temp_path FOLDER/c;\n"
                   "  uwsgi_temp_path FOLDER/d;\n  scgi_temp_path FOLDER/e;\n"
                   "  upstream back { server 127.0.0.1:BEHIND; keepalive 4; }\n"
                   "  server {\n    listen 127.0.0.1:PORT;\n    location / {\n"
                   "      proxy_pass http://back;\n      proxy_http_version 1.1;\n"
                   "      proxy_set_header Connection \"\";\n"
                   "      proxy_next_upstream off;\n    }\n  }\n}\n"};

class ServerBehind : public testing::TestWithParam<Proxy> {};

TEST_P(ServerBehind, SeesAsManyRequestsAsWereAnsweredInFront) {
    RunningServer server({}, {.handle = behind, .quick = [](const auto&) { return true; }});
    const TemporaryFolder folder;
    const std::uint16_t port = free_port();
    const std::string address = server->address();
    const auto filled = [&](std::string text) {
        for (const auto& [name, value] :
             {std::pair<std::string, std::string>{"FOLDER", folder.path().string()},
              {"PORT", std::to_string(port)},
              {"BEHIND", address.substr(address.rfind(':') + 1)}})
            for (auto at = text.find(name); at != std::string::npos; at = text.find(name))
                text.replace(at, name.size(), value);
        return text;
    };
    const std::string file = (folder.path() / "configuration").string();
    std::ofstream(file) << filled(GetParam().configuration);
    std::vector<std::string> command{GetParam().program};
    for (const std::string& argument : GetParam().arguments) command.push_back(filled(argument));
    command.push_back(file);
    const ChildProcess proxy(command);
    const auto probed = [&] {
        const std::string probe = "GET /probe HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        return occurrences(talk(port, probe, 3s), "asked for /probe") == 1;
    };
    for (int i = 0; i < 200 && !probed(); ++i) std::this_thread::sleep_for(20ms);

    std::size_t handled = 0;
    for (const FramingCase& one : framing_cases()) {
        const std::size_t before = server->counters().requests;
        const std::string answers = talk(port, one.bytes, 60ms);
        // nginx turns HTTP/0.9 into HTTP/1.1 and gives back the bare body.
        const std::size_t answered =
            occurrences(answers, "\nx-behind: ") + (answers.starts_with("asked for ") ? 1 : 0);
        EXPECT_TRUE(server.comes_to([&](const ServerCounters& now) {
            return now.requests - before == answered;
        })) << one.name
            << ": " << server->counters().requests - before << " behind, " << answered
            << " in front\n"
            << answers;
        handled += answered;
        EXPECT_TRUE(probed()) << "after " << one.name;
    }
    EXPECT_GT(handled, 10U) << "the proxy lets nothing through";
}

INSTANTIATE_TEST_SUITE_P(Proxies, ServerBehind, testing::Values(kHaproxy, kNginx),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace latchkey
