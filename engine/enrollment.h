#pragma once

#include "engine/ids.h"
#include "engine/prompt.h"
#include "engine/result.h"
#include "engine/time.h"

#include <optional>
#include <string>
#include <string_view>

namespace latchkey {

/// The names are stored and never change. `expired` alone is not: it is what an active or
/// imported one has become (state_at).
enum class EnrollmentState { imported, proved, active, revoked, expired };

std::string_view name(EnrollmentState state);

/// What one person holds for one verification. A type that can hold several things (addresses,
/// apps) keeps them in data["items"], each with "id", "name" and "added_at" and what the type adds,
/// so that renaming and removing them is the same for all types.
struct Enrollment {
    AccountId account;
    std::string verification;
    EnrollmentState state = EnrollmentState::active;
    Json data;           // the type's own, sealed at rest
    std::string source;  // "user", "import", "profile"
    TimePoint changed_at;
    std::optional<TimePoint> used_at = {};
    std::int64_t version = 0;  // 0: new
    /// Set where the verification has a lifetime, and meaningless where it has none any more.
    std::optional<TimePoint> expires_at = {};
};

/// As what it counts at `now`, under the settings of its verification: an active or imported
/// one whose time is over is `expired`. It verifies nobody, and its owner can see, replace and
/// remove it.
EnrollmentState state_at(const Enrollment& enrollment, const Json& settings, TimePoint now);

/// When it expires under these settings; nothing: never.
std::optional<TimePoint> end_of(const Enrollment& enrollment, const Json& settings);

/// For so long the link in a notice about a change can put back what was there before (S30).
inline constexpr Hours kRestorable{72};

/// An enrollment as it was when something else took its place. Without one before it: revoked, with
/// version 0.
struct FormerEnrollment {
    Enrollment enrollment;
    TimePoint replaced_at;
};

/// The data of a former enrollment put back. Things that are held still stay as they are now: what
/// they learned meanwhile, such as the last code that was taken, must not be forgotten (S29).
Json put_back(const Json& former, const Json& present);

/// Since when its owner holds the thing of that id among the items, or the whole where there are no
/// items; nothing if the thing is not among them. What others put there counts as held for ever.
std::optional<TimePoint> held_since(const Enrollment& enrollment, std::string_view item);

/// An enrollment under way: the same kind of conversation as a challenge. Also what a trial
/// (trial_desk.h) remembers.
struct EnrollmentDraft {
    AccountId account;
    std::string verification;
    Json memory;
    Prompt prompt;
    std::vector<Problem> problems;
    MessageId message;
    TimePoint begun_at;
    std::string replaces;  // the thing that goes when the new one is there; empty: none
    TimePoint expires_at;
    std::int64_t version = 0;
};

struct DraftKey {
    AccountId account;
    std::string verification;
};

}  // namespace latchkey
