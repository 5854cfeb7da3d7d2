#include "tests/support/smtp_peer.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace latchkey {
namespace {

constexpr std::chrono::seconds kPatience{20};

}  // namespace

SmtpPeer::SmtpPeer(const std::string& mode, const Certificates::Pair& pair)
    // Debian's aiosmtpd belongs to Debian's Python, which need not be the first on the path.
    : process_({"/usr/bin/python3", LATCHKEY_SOURCE "/tests/support/smtp_peer.py", mode,
                pair.certificate, pair.key}) {
    const auto ready = Json::parse(process_.read_line(), nullptr, false);
    if (ready.is_discarded()) throw std::runtime_error("the SMTP peer does not start");
    port_ = ready.at("port").get<std::uint16_t>();
    listener_ = std::thread([this] { listen(); });
}

SmtpPeer::~SmtpPeer() {
    stop();
    listener_.join();
}

void SmtpPeer::set(const Json& behaviour) {
    order({{"set", behaviour}});
}

void SmtpPeer::hang_up(const std::string& word) {
    order({{"hang_up", word}});
}

void SmtpPeer::stop() {
    process_.stop();
}

std::vector<Json> SmtpPeer::events() {
    order(Json::object());
    const std::lock_guard lock(mutex_);
    return events_;
}

std::vector<Json> SmtpPeer::events(std::string_view name) {
    order(Json::object());
    const std::lock_guard lock(mutex_);
    return collected(name);
}

void SmtpPeer::wait_for(std::string_view name, std::size_t count) {
    std::unique_lock lock(mutex_);
    const bool happened = changed_.wait_for(
        lock, kPatience, [&] { return ended_ || collected(name).size() >= count; });
    if (!happened || ended_) throw std::runtime_error("did not happen: " + std::string(name));
}

/// Gives an order and waits until everything that happened before its answer is known here.
void SmtpPeer::order(const Json& order) {
    Json line = order;
    line["sync"] = ++syncs_;
    std::unique_lock lock(mutex_);
    if (ended_) return;
    process_.write_line(line.dump());
    const bool answered = changed_.wait_for(lock, kPatience, [&] {
        const auto done = [&](const Json& event) { return event.value("sync", 0) == syncs_; };
        return ended_ || std::ranges::any_of(events_, done);
    });
    if (!answered) throw std::runtime_error("the SMTP peer does not obey");
}

void SmtpPeer::listen() {
    for (;;) {
        const std::string line = process_.read_line();
        const std::lock_guard lock(mutex_);
        ended_ = line.empty();
        if (!ended_) events_.push_back(Json::parse(line));
        changed_.notify_all();
        if (ended_) return;
    }
}

std::vector<Json> SmtpPeer::collected(std::string_view name) const {
    std::vector<Json> found;
    std::ranges::copy_if(events_, std::back_inserter(found),
                         [&](const Json& event) { return event.at("event") == name; });
    return found;
}

}  // namespace latchkey
