#pragma once

#include "engine/message.h"
#include "web/outbound/composer.h"

#include <stop_token>
#include <string_view>

namespace latchkey {

/// How long one attempt may take, and who may end it sooner.
struct Allowance {
    Milliseconds time;
    std::stop_token stop = {};
};

/// A way to hand messages to the outside. Thread-safe: several deliveries may be under way at once.
/// Neither function throws for anything the peer does. `Outcome::answer` of both is fit for staff
/// to read: printable, short, without our credentials and the message's secrets_of.
class Transport {
 public:
    virtual ~Transport() = default;

    /// What Message::channel calls it: "email", "sms".
    virtual std::string_view channel() const = 0;

    /// Hands the message to the peer, or says what stood in the way. Returns within `allowance`,
    /// give or take a moment; a peer that was still thinking may then have taken the message all
    /// the same, so whatever tells repetitions apart must depend on the message's id alone.
    virtual Outcome deliver(const Message& message, const Composed& words,
                            const Allowance& allowance) = 0;

    /// What a decoy gets instead of a delivery: the same kind of connection, proof of identity and
    /// sender, and nothing sent to anybody. Fails as a delivery would whatever the recipient, so
    /// that strangers see the same states for people and for nobody (S01).
    virtual Outcome probe(const Allowance& allowance) = 0;
};

}  // namespace latchkey
