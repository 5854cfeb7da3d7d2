#pragma once

#include "engine/process.h"

#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

/// Everything that an administrator defines, as one file holds it.
struct Definitions {
    Json settings;  // complete: product_settings(registry)
    std::vector<ConfiguredVerification> verifications;
    std::vector<Process> processes;
    std::vector<Problem> warnings;  // accepted, but worth a second thought
};

/// Null if nothing of that name is defined.
const ConfiguredVerification* find_verification(const Definitions& definitions,
                                                std::string_view name);
const Process* find_process(const Definitions& definitions, std::string_view name);

/// Reads and checks definitions as a whole. A refusal lists every problem: its pointer is a JSON
/// pointer into `json`, its text says what to change.
Result<Definitions> parse_definitions(const Json& json, const Registry& registry);

/// The definitions as a file: members in a fixed order, defaults left out, so that the same
/// definitions always give the same bytes (R32.1).
nlohmann::ordered_json definitions_json(const Definitions& definitions, const Registry& registry);

/// One process with the verifications it uses, as kept with its version: a small definitions file.
nlohmann::ordered_json process_json(const Process& process, const Registry& registry);

/// Reads what process_json wrote. Throws std::logic_error for anything else; a type that is no
/// longer installed is kept, and process_faults names it.
Process process_from_json(const Json& json, const Registry& registry);

}  // namespace latchkey
