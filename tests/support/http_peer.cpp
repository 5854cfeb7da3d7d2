#include "tests/support/http_peer.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace latchkey {
namespace {

constexpr std::chrono::seconds kPatience{20};

}  // namespace

HttpPeer::HttpPeer()
    : process_({"/usr/bin/python3", LATCHKEY_SOURCE "/tests/support/http_peer.py"}) {
    const auto ready = Json::parse(process_.read_line(), nullptr, false);
    if (ready.is_discarded()) throw std::runtime_error("the HTTP peer does not start");
    port_ = ready.at("port").get<std::uint16_t>();
    listener_ = std::thread([this] { listen(); });
}

HttpPeer::~HttpPeer() {
    stop();
    listener_.join();
}

void HttpPeer::set(const Json& behaviour) {
    order({{"set", behaviour}});
}

void HttpPeer::stop() {
    process_.stop();
}

std::vector<Json> HttpPeer::requests() {
    order(Json::object());
    const std::lock_guard lock(mutex_);
    return collected("request");
}

/// Gives an order and waits until everything that happened before its answer is known here.
void HttpPeer::order(const Json& order) {
    Json line = order;
    line["sync"] = ++syncs_;
    std::unique_lock lock(mutex_);
    if (ended_) return;
    process_.write_line(line.dump());
    const bool answered = changed_.wait_for(lock, kPatience, [&] {
        const auto done = [&](const Json& event) { return event.value("sync", 0) == syncs_; };
        return ended_ || std::ranges::any_of(events_, done);
    });
    if (!answered) throw std::runtime_error("the HTTP peer does not obey");
}

void HttpPeer::listen() {
    for (;;) {
        const std::string line = process_.read_line();
        const std::lock_guard lock(mutex_);
        ended_ = line.empty();
        if (!ended_) events_.push_back(Json::parse(line));
        changed_.notify_all();
        if (ended_) return;
    }
}

std::vector<Json> HttpPeer::collected(std::string_view name) const {
    std::vector<Json> found;
    std::ranges::copy_if(events_, std::back_inserter(found),
                         [&](const Json& event) { return event.at("event") == name; });
    return found;
}

}  // namespace latchkey
