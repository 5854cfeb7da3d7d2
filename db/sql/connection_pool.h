#pragma once

#include "engine/result.h"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace latchkey {

/// Connections of one kind, opened when they are needed and kept for the next caller. A connection
/// that says `broken()` is closed instead of kept. Thread-safe.
template <class Connection>
class ConnectionPool {
 public:
    using Open = std::function<std::unique_ptr<Connection>()>;

    /// `limit`: how many may exist at once; whoever comes then waits up to five seconds.
    ConnectionPool(std::size_t limit, Open open) : open_(std::move(open)), free_places_(limit) {}

    /// A connection for one caller, given back when the lease ends.
    class Lease {
     public:
        Lease(ConnectionPool& pool, std::unique_ptr<Connection> connection, bool fresh)
            : pool_(&pool), connection_(std::move(connection)), fresh_(fresh) {}
        Lease(Lease&&) noexcept = default;
        Lease& operator=(Lease&&) = delete;
        ~Lease() {
            if (connection_) pool_->give_back(std::move(connection_));
        }
        Connection& operator*() const { return *connection_; }
        Connection* operator->() const { return connection_.get(); }
        /// Just opened, so that its failure is not merely old age.
        bool fresh() const { return fresh_; }

     private:
        ConnectionPool* pool_;
        std::unique_ptr<Connection> connection_;
        bool fresh_;
    };

    Lease lease() {
        std::unique_lock lock(mutex_);
        const auto ready = [this] { return !idle_.empty() || free_places_ > 0; };
        if (!available_.wait_for(lock, kLongestWait, ready))
            throw Busy("waiting for a database connection", kLongestWait);
        const auto unusable = [](const auto& connection) { return connection->broken(); };
        free_places_ += std::erase_if(idle_, unusable);
        if (!idle_.empty()) {
            auto connection = std::move(idle_.back());
            idle_.pop_back();
            return Lease(*this, std::move(connection), false);
        }
        --free_places_;
        lock.unlock();
        try {
            return Lease(*this, open_(), true);
        } catch (...) {
            give_back(nullptr);
            throw;
        }
    }

    /// Closes what is idle: after one connection was found dead, the others probably are as well.
    /// `but` as many as that.
    void close_idle(std::size_t but = 0) {
        std::vector<std::unique_ptr<Connection>> closing;
        const std::lock_guard lock(mutex_);
        for (; idle_.size() > but; idle_.pop_back()) closing.push_back(std::move(idle_.back()));
        free_places_ += closing.size();
        available_.notify_all();
    }

 private:
    static constexpr Seconds kLongestWait{5};

    void give_back(std::unique_ptr<Connection> connection) {
        const bool keep = connection && !connection->broken();
        if (!keep) connection.reset();
        const std::lock_guard lock(mutex_);
        if (keep)
            idle_.push_back(std::move(connection));
        else
            ++free_places_;
        available_.notify_one();
    }

    Open open_;
    std::mutex mutex_;
    std::condition_variable available_;
    std::vector<std::unique_ptr<Connection>> idle_;
    std::size_t free_places_;
};

}  // namespace latchkey
