#pragma once

#include "engine/json.h"
#include "engine/time.h"

#include <string>
#include <variant>
#include <vector>

namespace latchkey {

/// How many messages of one kind all accounts together may have sent within 24 hours.
struct SharedLimit {
    std::string name;  // "sms", "sms/34"
    std::int64_t per_day = 0;

    auto operator<=>(const SharedLimit&) const = default;
};

/// Asks the engine to send something. `wording` names a template below templates/<channel>/.
struct SendMessage {
    std::string channel;  // the name of a transport: "email", "sms"
    std::string to;       // the address on file, never one typed by a stranger (R9.3)
    std::string wording;
    Json data;
    // What limits repetition. The engine reserves both before it accepts the turn, for people and
    // decoys alike (S49): nothing to the same device again within `not_again_for`, and `per_day`
    // messages.
    Milliseconds not_again_for{0};
    std::int64_t per_day = 10;
    std::string device = {};        // the destination's id
    bool limit_per_device = false;  // the daily limit counts per device instead of per account
    std::vector<SharedLimit> shared = {};  // reserved as well, most particular first
};

/// Tells the account's owner on every channel on file, beside what the engine says itself. For a
/// decoy nothing is sent.
struct TellOwner {
    std::string wording;  // as in SendMessage
    Json data;
};

/// What a turn wants done outside. Data only: committed with the new state, carried out afterwards.
using Effect = std::variant<SendMessage, TellOwner>;

}  // namespace latchkey
