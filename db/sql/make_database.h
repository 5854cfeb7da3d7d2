#pragma once

#include "db/sql/database.h"

#include <filesystem>
#include <memory>
#include <string>

namespace latchkey {

/// The database of a configuration: "sqlite:PATH", relative to `base_folder`, or "postgresql://…".
/// Throws std::invalid_argument with a sentence for the operator if it is neither.
std::unique_ptr<Database> make_database(const std::string& url,
                                        const std::filesystem::path& base_folder);

}  // namespace latchkey
