#pragma once

#include "engine/crypto.h"
#include "engine/ids.h"
#include "engine/json.h"
#include "engine/time.h"

#include <string>
#include <string_view>

namespace latchkey {

/// The closed list of things worth remembering. Names are stable and documented; they never change.
// clang-format off
enum class ActivityType {
    request_started, identify_ambiguous, request_verified, request_completed,
    request_locked, request_expired, request_cancelled, request_extended,
    challenge_opened, challenge_refused, answer_right, answer_wrong,
    attempts_exhausted, message_limit, verification_blocked, password_rejected,
    password_changed, account_unlocked, resets_frozen, notice_link_opened,
    enrollment_proved, enrollment_added, enrollment_removed, enrollment_renamed,
    session_signed_in, session_refused, session_signed_out, account_added,
    account_changed, definitions_applied, command_run, message_accepted,
    message_refused, campaign_added, campaign_started, campaign_paused,
    campaign_resumed, campaign_cancelled, enrollment_imported, enrollment_refused,
    account_erased, enrollment_restored,
};
// clang-format on

std::string_view name(ActivityType type);

/// One entry: who did what to whom, when, from where (S69). Holds no secret and no full address.
struct Activity {
    ActivityType type;
    TimePoint at;
    std::string actor;  // "person", "agent:<name>", "command", "system"
    AccountId account;  // whom it concerns; may be empty
    RequestId request;
    std::string channel;
    std::string network;  // the client's address
    std::string reason;   // a stable code
    Json details;         // object; strings are cut at 200 code points
};

/// One line of JSON: members in a fixed order, control characters escaped.
std::string activity_line(const Activity& activity);

/// The link between entries: a keyed digest over sequence, previous link and line (S70). Whoever
/// edits, removes or moves an entry without the key breaks the chain there.
std::string chain_link(const Crypto& crypto, std::int64_t sequence, std::string_view previous,
                       std::string_view line);

}  // namespace latchkey
