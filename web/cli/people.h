#pragma once

#include "engine/conductor.h"
#include "web/cli/terminal.h"
#include "web/render/catalog.h"
#include "web/users_file.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

/// What the commands share.
namespace latchkey {

/// Who runs a command, for the activity record.
Origin command_origin();

/// A JSON file; nothing, after saying where it is broken, if it is none. Throws CommandFailure if
/// it cannot be read.
std::optional<Json> read_json(const std::filesystem::path& file, Terminal& terminal);

/// The account of that user name. Throws CommandFailure if there is none.
Account find_user(const Parts& parts, const std::string& user_name);

enum class Saved { added, updated, unchanged };

/// Adds the person, or brings the one of that user name up to date: what `columns` do not name
/// stays as it is. Throws CommandFailure if somebody else changed the account meanwhile.
Saved save_user(const Parts& parts, const UserRow& row, const std::vector<std::string>& columns,
                const std::string& reason);

/// What that would do, without doing it; a password counts as a change.
Saved would_save(const Parts& parts, const UserRow& row, const std::vector<std::string>& columns);

/// The rules that a password breaks, in words; none: it is good.
std::vector<std::string> password_faults(const Parts& parts, const Catalogs& catalogs,
                                         const Account& account, const Secret& password);

/// Throws CommandFailure, naming the rules, for a password that breaks any.
void require_good_password(const Parts& parts, const Catalogs& catalogs, const Account& account,
                           const Secret& password);

}  // namespace latchkey
