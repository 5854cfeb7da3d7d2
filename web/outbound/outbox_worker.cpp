#include "web/outbound/outbox_worker.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace latchkey {
namespace {

constexpr Milliseconds kFirstOutagePause{250};
constexpr Milliseconds kLongestOutagePause = Seconds{5};

Milliseconds outage_pause(int outages) {
    return std::min(kFirstOutagePause * (1 << std::min(outages - 1, 10)), kLongestOutagePause);
}

}  // namespace

OutboxWorker::OutboxWorker(Courier& courier, MessageStore& messages, const Clock& clock,
                           std::string name, std::function<void(std::string_view)> warn,
                           OutboxSettings settings)
    : courier_(courier),
      messages_(messages),
      clock_(clock),
      name_(std::move(name)),
      warn_(std::move(warn)),
      settings_(settings),
      gate_(settings.for_others) {}

OutboxWorker::~OutboxWorker() {
    stop();
}

void OutboxWorker::start() {
    for (std::size_t number = 0; number < settings_.threads; ++number)
        threads_.emplace_back([this, number] { run(name_ + '/' + std::to_string(number)); });
    keeper_ = std::thread([this] { keep_leases(); });
}

void OutboxWorker::notify(Lane lane, std::size_t count) {
    {
        const std::lock_guard lock(mutex_);
        if (lane == Lane::code) gate_.expect_codes(count);
        news_ = true;
    }
    changed_.notify_all();
}

void OutboxWorker::stop() {
    {
        std::unique_lock lock(mutex_);
        stopping_ = true;
        changed_.notify_all();
        changed_.wait_for(lock, settings_.grace, [this] { return under_way_.empty(); });
    }
    interrupt_.request_stop();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    changed_.notify_all();
    if (keeper_.joinable()) keeper_.join();
}

void OutboxWorker::run(const std::string& thread_name) {
    while (const auto claimed = next(thread_name)) carry(thread_name, *claimed);
}

/// Waits for a message; nothing when it is time to stop.
std::optional<ClaimedMessage> OutboxWorker::next(const std::string& thread_name) {
    const std::lock_guard turn(looking_);
    for (;;) {
        Milliseconds pause = settings_.poll;
        if (auto claimed = look(thread_name, pause)) return claimed;
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, pause, [this] { return stopping_ || news_; });
        if (stopping_) return {};
    }
}

/// One look at the outbox. If it finds nothing, `pause` says when to look again at the latest.
std::optional<ClaimedMessage> OutboxWorker::look(const std::string& thread_name,
                                                 Milliseconds& pause) {
    const TimePoint now = clock_.now();
    if (!may_look(now)) return {};
    try {
        auto claimed = courier_.claim(thread_name);
        found(thread_name, claimed);
        outages_ = 0;
        if (claimed) return claimed;
        // What is due already and was not found is in somebody else's hands.
        const auto due = messages_.next_due();
        if (due && *due > now) pause = std::min<Milliseconds>(*due - now, settings_.poll);
    } catch (const std::exception& fault) {
        pause = outage_pause(++outages_);
        warn_(fault.what());
    }
    return {};
}

void OutboxWorker::carry(const std::string& thread_name, const ClaimedMessage& claimed) {
    std::optional<TimePoint> retry_at;
    try {
        retry_at = courier_.carry(thread_name, claimed, interrupt_.get_token());
    } catch (const std::exception& fault) {
        warn_(fault.what());
    }
    done(thread_name, claimed.message.lane, retry_at);
}

bool OutboxWorker::may_look(TimePoint now) {
    const std::lock_guard lock(mutex_);
    news_ = false;
    return !stopping_ && gate_.open(now);
}

void OutboxWorker::keep_leases() {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, settings_.renewal, [this] { return ended_; })) {
        const auto held = under_way_;
        lock.unlock();
        try {
            for (const auto& [thread_name, message] : held) courier_.renew(thread_name, message);
        } catch (const std::exception& fault) {
            warn_(fault.what());
        }
        lock.lock();
    }
}

void OutboxWorker::found(const std::string& thread_name,
                         const std::optional<ClaimedMessage>& claimed) {
    const std::lock_guard lock(mutex_);
    gate_.found(claimed ? std::optional(claimed->message.lane) : std::nullopt);
    if (claimed) under_way_.emplace(thread_name, claimed->message.id);
}

void OutboxWorker::done(const std::string& thread_name, Lane lane,
                        std::optional<TimePoint> retry_at) {
    {
        const std::lock_guard lock(mutex_);
        gate_.done(lane, retry_at);
        under_way_.erase(thread_name);
        // There is an earlier instant to wake up at, or room for what had to wait.
        if (retry_at || lane != Lane::code) news_ = true;
    }
    changed_.notify_all();
}

}  // namespace latchkey
