#pragma once

#include "engine/stores.h"
#include "web/outbound/circuit_breaker.h"
#include "web/outbound/composer.h"
#include "web/outbound/delivery_pace.h"
#include "web/outbound/transport.h"

#include <list>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

/// Carries one message at a time from the outbox to the transport of its channel: claims it, puts
/// it into words, hands it over and records what came of it. Thread-safe, without threads of its
/// own. All functions throw Outage when the database cannot be reached.
///
/// A decoy takes every step of this but the delivery itself, for which the transport only asks
/// whether its peer is there; it takes as long as deliveries do. A message that cannot be put into
/// words ends after three attempts and meanwhile fails like one whose recipient was refused.
class Courier {
 public:
    struct Parts {
        const Clock& clock;
        MessageStore& messages;
        const Composer& composer;
        std::vector<Transport*> transports;  // one per channel
    };
    /// All parts must outlive the courier.
    explicit Courier(const Parts& parts);

    /// The most urgent due message, leased to `worker` for half a minute (F20); nothing if none is
    /// due. A worker is one thread of one process: nobody else may use its name. What the
    /// database could not take earlier is recorded first.
    std::optional<ClaimedMessage> claim(const std::string& worker);

    /// The worker still has the message in its hands: half a minute from now on.
    void renew(const std::string& worker, const MessageId& message);

    /// Returns when the message will be tried again; nothing if it is done with. If the outcome
    /// cannot be recorded, it is kept for the next claim(): an outage shorter than the lease
    /// repeats no message.
    std::optional<TimePoint> carry(const std::string& worker, const ClaimedMessage& claimed,
                                   const std::stop_token& stop = {});

    /// Claims and carries one message; false if none was due.
    bool step(const std::string& worker);

 private:
    /// A transport and what is known of its peer.
    struct Line {
        Transport& transport;
        CircuitBreaker breaker = {};
        DeliveryPace pace = {};
    };
    struct Settlement {
        MessageId message;
        std::string worker;
        Outcome outcome;
        TimePoint at;
        std::optional<TimePoint> retry_at;
    };

    Line* line(std::string_view channel);
    Outcome attempt(const ClaimedMessage& claimed, const std::stop_token& stop);
    Outcome hand_over(Line& line, const ClaimedMessage& claimed, const Allowance& allowance);
    void record(Settlement settlement);
    void record_leftovers();

    Parts parts_;
    std::list<Line> lines_;
    std::mutex mutex_;
    std::vector<Settlement> unrecorded_;
};

}  // namespace latchkey
