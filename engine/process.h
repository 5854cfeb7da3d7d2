#pragma once

#include "engine/registry.h"
#include "engine/settings.h"

#include <set>
#include <string>
#include <vector>

namespace latchkey {

/// What a process is for. All but verify_identity are sensitive: they change something.
enum class Purpose { reset_password, unlock_account, reset_and_unlock, verify_identity };

std::string_view name(Purpose purpose);
bool sets_password(Purpose purpose);
bool unlocks(Purpose purpose);

/// A verification type with a name and settings, such as "Email code to the work address".
struct ConfiguredVerification {
    std::string name;  // unique; stored in enrollments and requests
    std::string type;
    Words title;
    Json settings;  // complete: checked against the type, defaults filled in
};

/// A verification's place in a process.
struct Step {
    ConfiguredVerification verification;
    bool required = true;
};

/// One immutable version of a process. Carries copies of the verifications it uses, so that a
/// request runs to its end under the rules with which it began.
struct Process {
    std::string name;
    std::int64_t version = 0;  // counted by the store; 0: not stored
    std::string slug;          // its public URL is /p/{slug}
    Words title;
    Words description;
    bool enabled = true;
    std::int64_t order = 0;
    Purpose purpose = Purpose::reset_password;
    std::vector<std::string> audience;     // of kAudiences
    std::vector<std::string> groups;       // empty: everybody
    std::vector<std::string> identify_by;  // "user_name", "email", or another attribute
    std::string credential_store;
    Assurance required_assurance = Assurance::medium;
    std::vector<Step> steps;
    std::int64_t optional_needed = 0;  // how many of the optional ones
    Json limits;                       // complete: process_limit_settings
    Json password;                     // complete: process_password_settings

    /// Null if the process has no such verification.
    const Step* step(std::string_view verification) const;
    bool sensitive() const { return purpose != Purpose::verify_identity; }
    bool open_to(std::string_view audience_name) const;
};

inline constexpr std::array<std::string_view, 4> kAudiences{"public", "signed_in", "service_desk",
                                                            "api"};
inline constexpr std::array<std::string_view, 4> kPurposes{"reset_password", "unlock_account",
                                                           "reset_and_unlock", "verify_identity"};

/// More verifications than this a process cannot have: every way through it is judged.
inline constexpr std::size_t kMostSteps = 12;

/// What "limits" and "password" of a process may hold.
std::span<const Setting> process_limit_settings();
std::span<const Setting> process_password_settings();

/// What the rules of assurance.h know of each step.
std::vector<Factor> factors_of(const Process& process, const Registry& registry);

/// Why the process may not run, and what is allowed but worth a second thought. Problems carry JSON
/// pointers below `pointer`. Asked when definitions are saved and again when a request begins, in
/// case a stored one was changed behind the validator's back (S21).
std::vector<Problem> process_faults(const Process& process, const Registry& registry,
                                    const std::string& pointer);
std::vector<Problem> process_warnings(const Process& process, const Registry& registry,
                                      const std::string& pointer);

}  // namespace latchkey
