#pragma once

#include "engine/json.h"
#include "tests/support/certificates.h"
#include "tests/support/child_process.h"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace latchkey {

/// A real SMTP server (smtp_peer.py, which says how recipients steer it) that runs as long as the
/// object lives.
class SmtpPeer {
 public:
    /// `mode`: "plain", "starttls" or "implicit".
    explicit SmtpPeer(const std::string& mode, const Certificates::Pair& pair = {});
    ~SmtpPeer();

    std::uint16_t port() const { return port_; }

    /// Changes its behaviour: {"greeting": "hang"}.
    void set(const Json& behaviour);
    /// Says `word` to everyone connected, unless it is empty, and closes.
    void hang_up(const std::string& word);
    /// From now on connections are refused.
    void stop();

    /// What happened so far: all events, those of one name, and the mails.
    std::vector<Json> events();
    std::vector<Json> events(std::string_view name);
    std::vector<Json> mails() { return events("mail"); }

    /// Returns once that many events of that name happened. Fails after some seconds.
    void wait_for(std::string_view name, std::size_t count);

 private:
    void order(const Json& order);
    void listen();
    std::vector<Json> collected(std::string_view name) const;

    ChildProcess process_;
    std::uint16_t port_ = 0;
    int syncs_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Json> events_;
    bool ended_ = false;
    std::thread listener_;
};

}  // namespace latchkey
