#pragma once

#include "web/outbound/courier.h"
#include "web/outbound/lane_gate.h"

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace latchkey {

struct OutboxSettings {
    std::size_t threads = 12;           // ten messages that hang leave room for others (R2.5)
    std::size_t for_others = 4;         // of them at a time with anything but codes
    Milliseconds poll = Seconds{1};     // how often to look for what another process committed
    Milliseconds grace = Seconds{3};    // at stop(), for what is under way
    Milliseconds renewal = Seconds{8};  // how often leases are renewed; they last half a minute
};

/// Empties the outbox with a few threads, each with one message at a time. One thread looks for
/// work while the others carry or wait for their turn to look, so an idle outbox costs one question
/// to the database per `poll`. Every process that writes messages runs one; what a process leaves
/// behind when it dies is taken over when its leases end.
class OutboxWorker {
 public:
    /// `name` is this process's own among all that share the database; it is stored. `warn` gets a
    /// sentence for the log whenever the database fails, from any thread. Store, courier and clock
    /// must outlive the worker.
    OutboxWorker(Courier& courier, MessageStore& messages, const Clock& clock, std::string name,
                 std::function<void(std::string_view)> warn, OutboxSettings settings = {});
    ~OutboxWorker();
    OutboxWorker(const OutboxWorker&) = delete;
    OutboxWorker& operator=(const OutboxWorker&) = delete;

    void start();

    /// This process has committed `count` messages of that lane. Thread-safe and quick.
    void notify(Lane lane, std::size_t count = 1);

    /// Claims nothing more, gives what is under way `grace` to end, then interrupts it. What was
    /// interrupted is tried again later. A worker that was stopped cannot be started again.
    void stop();

 private:
    void run(const std::string& thread_name);
    std::optional<ClaimedMessage> next(const std::string& thread_name);
    std::optional<ClaimedMessage> look(const std::string& thread_name, Milliseconds& pause);
    void carry(const std::string& thread_name, const ClaimedMessage& claimed);

    bool may_look(TimePoint now);
    void found(const std::string& thread_name, const std::optional<ClaimedMessage>& claimed);
    void done(const std::string& thread_name, Lane lane, std::optional<TimePoint> retry_at);
    void keep_leases();

    Courier& courier_;
    MessageStore& messages_;
    const Clock& clock_;
    const std::string name_;
    const std::function<void(std::string_view)> warn_;
    const OutboxSettings settings_;

    std::mutex looking_;  // held by the one thread that looks for work
    int outages_ = 0;     // in a row; guarded by looking_

    std::mutex mutex_;  // guards what follows; never held while waiting for anything else
    std::condition_variable changed_;
    bool news_ = false;  // something changed since the last look
    bool stopping_ = false;
    bool ended_ = false;
    std::map<std::string, MessageId> under_way_;  // by thread
    LaneGate gate_;

    std::stop_source interrupt_;
    std::vector<std::thread> threads_;
    std::thread keeper_;  // of the leases: a peer may be slower than they are long
};

}  // namespace latchkey
