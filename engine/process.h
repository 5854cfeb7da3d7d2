#pragma once

#include "engine/registry.h"
#include "engine/settings.h"

#include <memory>
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
    std::set<std::string> audience;        // "public", "signed_in", "service_desk", "api"
    std::set<std::string> groups;          // empty: everybody
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
};

/// What "limits" and "password" of a process may hold.
std::span<const Setting> process_limit_settings();
std::span<const Setting> process_password_settings();

/// Everything that an administrator defines, as one file holds it.
struct Definitions {
    Json settings;  // complete: product_settings
    std::vector<ConfiguredVerification> verifications;
    std::vector<Process> processes;
    std::vector<Problem> warnings;  // accepted, but worth a second thought
};

/// Reads and checks definitions as a whole. A failure lists every problem, its pointer being a JSON
/// pointer into `json`, its text saying what to change.
Result<Definitions> parse_definitions(const Json& json, const Registry& registry);

/// The definitions as a file: members in a fixed order, defaults left out, so that the same
/// definitions always give the same bytes (R32.1).
nlohmann::ordered_json definitions_json(const Definitions& definitions, const Registry& registry);

/// One process with its verifications, as kept with its version.
nlohmann::ordered_json process_json(const Process& process, const Registry& registry);
Process process_from_json(const Json& json, const Registry& registry);

/// Whether the process may run: checked again at each start, in case a stored definition was
/// changed behind the validator's back (S21).
std::vector<Problem> process_faults(const Process& process, const Registry& registry,
                                    const std::string& pointer, std::vector<Problem>& warnings);

/// What the rules of assurance.h know of each step.
std::vector<Factor> factors_of(const Process& process, const Registry& registry);

}  // namespace latchkey
