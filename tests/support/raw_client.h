#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

/// A response as it came. Header names in lower case; status 0: the connection ended before one.
struct RawResponse {
    int status = 0;
    std::map<std::string, std::string> headers;
    std::string body;
};

/// A socket to a server under test that sends exactly what it is told to, right or wrong. Reading
/// waits for a few seconds at most and then throws.
class RawClient {
 public:
    /// "127.0.0.1:8080", "[::1]:8080" or "unix:/path". `certificate`: speaks TLS and trusts that
    /// PEM file alone, for "localhost".
    explicit RawClient(const std::string& address, const std::string& certificate = {});
    ~RawClient();
    RawClient(RawClient&&) noexcept;

    /// False if the other side does not take it any more.
    bool send(std::string_view bytes);
    /// Says that nothing more will come.
    void finish();

    /// The next response; pass true after a HEAD request. An interim response (1xx) is one too.
    RawResponse read(bool head = false);
    std::vector<RawResponse> read_many(std::size_t count);
    /// Sends and reads one response.
    RawResponse ask(std::string_view request) { return send(request), read(); }

    /// True if the other side closes within that time and sends nothing more before.
    bool closed_within(std::chrono::milliseconds time);

    /// With TLS: "TLSv1.3".
    std::string protocol() const;

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace latchkey
