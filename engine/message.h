#pragma once

#include "engine/ids.h"
#include "engine/json.h"
#include "engine/time.h"

#include <optional>
#include <string>
#include <vector>

namespace latchkey {

/// Codes go before notices, and both before reminders (product.md, section 3).
enum class Lane { code = 0, notice = 1, bulk = 2 };

/// A message to be sent, as data: put into words and handed to a transport by the outbox worker.
struct Message {
    MessageId id;
    std::string reference;  // short, printed in the message
    Lane lane = Lane::code;
    std::string channel;  // the name of a transport
    std::string to;
    std::string wording;  // a template below templates/<channel>/
    std::string locale;
    Json data;
    AccountId account;
    RequestId request;
    bool decoy =
        false;  // takes the same way, but the transport only asks whether its peer is there
    TimePoint created_at;
    TimePoint give_up_at;  // never sent from then on
    /// Budgets that get one back if it is refused or given up: a failed delivery costs no slot.
    std::vector<std::string> refunds = {};
    std::string campaign = {};  // a reminder of this campaign: sent only while that runs
};

/// What anyone who holds a message may know of it.
struct SentMessage {
    TimePoint at;  // when its peer took it
    std::string channel;
    std::string wording;
};

/// What became of one attempt to send a message.
struct Outcome {
    enum class Kind {
        accepted,   // the peer took responsibility
        temporary,  // may succeed later
        permanent,  // never: not tried again
    };
    Kind kind = Kind::temporary;
    /// The peer itself answered and took the sender; what failed concerns this recipient only.
    /// Strangers see such a failure as the normal course, since a decoy never fails so (S01).
    bool reached = false;
    std::string answer;  // the peer's own words, for staff; never shown to strangers
};

/// A link in a notice. Opening it changes nothing; a person presses a button on the page it shows
/// (S15).
struct NoticeLink {
    std::string digest;  // of the token, which is kept nowhere
    AccountId account;
    TimePoint expires_at;
    /// To when it puts the account's enrollments back, beside stopping resets; nothing: only that.
    std::optional<TimePoint> restores_to = {};
};

}  // namespace latchkey
