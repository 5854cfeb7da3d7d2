#include "web/outbound/outbox_worker.h"

#include <algorithm>
#include <exception>
#include <iterator>
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
      settings_(settings) {}

OutboxWorker::~OutboxWorker() {
    stop();
}

void OutboxWorker::start() {
    for (std::size_t number = 0; number < settings_.threads; ++number)
        threads_.emplace_back([this, number] { run(name_ + '/' + std::to_string(number)); });
}

void OutboxWorker::notify(Lane lane, std::size_t count) {
    {
        const std::lock_guard lock(mutex_);
        if (lane == Lane::code) codes_expected_ += count;
        news_ = true;
    }
    changed_.notify_all();
}

void OutboxWorker::stop() {
    {
        std::unique_lock lock(mutex_);
        stopping_ = true;
        changed_.notify_all();
        changed_.wait_for(lock, settings_.grace, [this] { return under_way_ == 0; });
    }
    interrupt_.request_stop();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
}

void OutboxWorker::run(const std::string& thread_name) {
    while (const auto claimed = next(thread_name)) carry(thread_name, *claimed);
}

/// Waits for a message; nothing when it is time to stop.
std::optional<ClaimedMessage> OutboxWorker::next(const std::string& thread_name) {
    const std::lock_guard turn(looking_);
    for (;;) {
        Milliseconds pause = settings_.poll;
        if (auto found = look(thread_name, pause)) return found;
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, pause, [this] { return stopping_ || news_; });
        if (stopping_) return {};
    }
}

/// One look at the outbox. If it finds nothing, `pause` says when to look again at the latest.
std::optional<ClaimedMessage> OutboxWorker::look(const std::string& thread_name,
                                                 Milliseconds& pause) {
    const TimePoint now = clock_.now();
    if (!room(now)) return {};
    try {
        auto found = courier_.claim(thread_name);
        claimed(found);
        outages_ = 0;
        if (found) return found;
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
    done(claimed.message.lane, retry_at);
}

/// The rest of the threads is kept for codes: with the others busy they look only when a code must
/// be due, which this process committed or could not deliver before (F29, R2.5).
bool OutboxWorker::room(TimePoint now) {
    const std::lock_guard lock(mutex_);
    news_ = false;
    const auto due = code_retries_.upper_bound(now);
    codes_expected_ += static_cast<std::size_t>(std::distance(code_retries_.begin(), due));
    code_retries_.erase(code_retries_.begin(), due);
    codes_seen_ = codes_expected_;
    return !stopping_ && (others_ < settings_.for_others || codes_expected_ > 0);
}

void OutboxWorker::claimed(const std::optional<ClaimedMessage>& found) {
    const std::lock_guard lock(mutex_);
    const bool code = found && found->message.lane == Lane::code;
    // Codes come first: if something else was found, those expected before are in other hands.
    codes_expected_ -= code ? std::min<std::size_t>(codes_expected_, 1) : codes_seen_;
    if (found) ++under_way_;
    if (found && !code) ++others_;
}

void OutboxWorker::done(Lane lane, std::optional<TimePoint> retry_at) {
    {
        const std::lock_guard lock(mutex_);
        --under_way_;
        if (retry_at) news_ = true;
        if (retry_at && lane == Lane::code) code_retries_.insert(*retry_at);
        if (lane != Lane::code && others_-- == settings_.for_others) news_ = true;
    }
    changed_.notify_all();
}

}  // namespace latchkey
