#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <string>
#include <utility>

namespace latchkey {

/// Passes on what an operator should know, of each kind one sentence a minute at most (R5.2): who
/// causes them must not fill the log. Belongs to the I/O thread.
class Notices {
 public:
    enum class Kind {
        unlisted_host,
        unclear_message,
        plain_http,
        connections_full,
        source_full,
        no_descriptors,
        workers_full,
        handler_failed,
        bad_response,
        count
    };

    explicit Notices(std::function<void(const std::string&)> listener)
        : listener_(std::move(listener)) {}

    void say(Kind kind, const std::string& sentence) {
        const auto now = std::chrono::steady_clock::now();
        auto& next = next_[static_cast<std::size_t>(kind)];
        if (!listener_ || now < next) return;
        next = now + std::chrono::minutes(1);
        listener_(sentence);
    }

 private:
    std::function<void(const std::string&)> listener_;
    std::array<std::chrono::steady_clock::time_point, static_cast<std::size_t>(Kind::count)>
        next_{};
};

}  // namespace latchkey
