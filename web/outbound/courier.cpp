#include "web/outbound/courier.h"

#include "web/outbound/peer_answer.h"
#include "web/outbound/retry.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <utility>

namespace latchkey {
namespace {

constexpr Milliseconds kLongestAttempt = Seconds{45};
constexpr Milliseconds kLease = Seconds{30};  // so soon is taken over what a dead process left
constexpr std::int64_t kComposingAttempts = 3;

/// The exception that is being handled, in words for staff.
std::string reason_of(const std::exception& fault) {
    return peer_answer(fault.what(), {});
}

void wait(Milliseconds time, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any nobody_calls;
    std::unique_lock lock(mutex);
    nobody_calls.wait_for(lock, stop, time, [] { return false; });
}

/// What became of putting a message into words.
struct Composing {
    std::optional<Composed> words;
    std::string fault;
};

Composing compose(const Composer& composer, const Message& message) {
    try {
        return {composer.compose(message), {}};
    } catch (const Outage&) {
        throw;  // the message is not to blame
    } catch (const std::exception& fault) {
        return {{}, "the message cannot be put into words: " + reason_of(fault)};
    }
}

}  // namespace

Courier::Courier(const Parts& parts) : parts_(parts) {
    for (Transport* transport : parts_.transports) lines_.emplace_back(*transport);
}

std::optional<ClaimedMessage> Courier::claim(const std::string& worker) {
    record_leftovers();
    auto claimed = parts_.messages.claim(worker, 1, parts_.clock.now(), kLease);
    if (claimed.empty()) return {};
    return std::move(claimed.front());
}

void Courier::renew(const std::string& worker, const MessageId& message) {
    parts_.messages.renew(message, worker, parts_.clock.now() + kLease);
}

std::optional<TimePoint> Courier::carry(const std::string& worker, const ClaimedMessage& claimed,
                                        const std::stop_token& stop) {
    Settlement settlement{claimed.message.id, worker, attempt(claimed, stop), {}, {}};
    settlement.at = parts_.clock.now();
    if (settlement.outcome.kind == Outcome::Kind::temporary)
        settlement.retry_at = retry_at(claimed.message, claimed.attempts + 1, settlement.at);
    const auto again = settlement.retry_at;
    record(std::move(settlement));
    return again;
}

bool Courier::step(const std::string& worker) {
    const auto claimed = claim(worker);
    if (claimed) carry(worker, *claimed);
    return claimed.has_value();
}

Courier::Line* Courier::line(std::string_view channel) {
    const auto found = std::ranges::find_if(
        lines_, [&](const Line& each) { return each.transport.channel() == channel; });
    return found == lines_.end() ? nullptr : &*found;
}

Outcome Courier::attempt(const ClaimedMessage& claimed, const std::stop_token& stop) {
    const Message& message = claimed.message;
    Line* const way = line(message.channel);
    if (!way)
        return {Outcome::Kind::permanent, false, "nothing is set up to send by " + message.channel};
    const TimePoint now = parts_.clock.now();
    const Milliseconds left = message.give_up_at - now;
    if (left <= Milliseconds{0}) return {Outcome::Kind::temporary, false, "too late"};
    if (auto spared = way->breaker.instead(now)) return *std::move(spared);
    Outcome outcome;
    try {
        outcome = hand_over(*way, claimed, {std::min(left, kLongestAttempt), stop});
    } catch (const std::exception& fault) {
        outcome = {Outcome::Kind::temporary, false, reason_of(fault)};
    }
    way->breaker.after(outcome, parts_.clock.now());
    return outcome;
}

Outcome Courier::hand_over(Line& way, const ClaimedMessage& claimed, const Allowance& allowance) {
    const auto began = std::chrono::steady_clock::now();
    const auto elapsed = [&] {
        return std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - began);
    };
    const auto composing = compose(parts_.composer, claimed.message);
    if (!composing.words || claimed.message.decoy) {
        Outcome outcome = way.transport.probe(allowance);
        if (outcome.kind != Outcome::Kind::accepted) return outcome;
        const Milliseconds pace = std::min(way.pace.next(), allowance.time);
        wait(std::max(pace - elapsed(), Milliseconds{0}), allowance.stop);
        if (composing.words) return outcome;
        const bool last = claimed.attempts + 1 >= kComposingAttempts;
        return {last ? Outcome::Kind::permanent : Outcome::Kind::temporary, true, composing.fault};
    }
    Outcome outcome = way.transport.deliver(claimed.message, *composing.words, allowance);
    if (outcome.kind == Outcome::Kind::accepted) way.pace.note(elapsed());
    return outcome;
}

void Courier::record(Settlement done) {
    try {
        parts_.messages.settle(done.message, done.worker, done.outcome, done.at, done.retry_at);
    } catch (const Outage&) {
        const std::lock_guard lock(mutex_);
        unrecorded_.push_back(std::move(done));
        throw;
    }
}

void Courier::record_leftovers() {
    for (;;) {
        std::optional<Settlement> next;
        {
            const std::lock_guard lock(mutex_);
            if (unrecorded_.empty()) return;
            next = std::move(unrecorded_.back());
            unrecorded_.pop_back();
        }
        record(*std::move(next));
    }
}

}  // namespace latchkey
