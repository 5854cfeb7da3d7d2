#pragma once

#include "engine/conductor.h"
#include "web/cli/terminal.h"
#include "web/render/catalog.h"

#include <filesystem>
#include <optional>
#include <string>

/// What the commands share.
namespace latchkey {

/// Who runs a command, for the activity record.
Origin command_origin();

/// A JSON file; nothing, after saying where it is broken, if it is none. Throws CommandFailure if
/// it cannot be read.
std::optional<Json> read_json(const std::filesystem::path& file, Terminal& terminal);

/// The account of that user name. Throws CommandFailure if there is none.
Account find_user(const Parts& parts, const std::string& user_name);

/// Adds the account, or replaces the one of that user name. Returns false if it was there.
bool save_user(const Parts& parts, Account account, const Secret& password,
               const std::string& reason);

/// Throws CommandFailure, naming the rules, for a password that breaks any.
void require_good_password(const Parts& parts, const Catalogs& catalogs, const Account& account,
                           const Secret& password);

}  // namespace latchkey
