#include "web/cli/commands.h"
#include "web/cli/people.h"

#include "engine/casework.h"

#include <charconv>

namespace latchkey {
namespace {

/// "SEQUENCE:LINK", as audit verify prints it.
std::optional<std::pair<std::int64_t, std::string>> remembered_head(const std::string& text) {
    if (text.empty()) return {};
    const auto colon = text.find(':');
    std::int64_t sequence = 0;
    const char* end = text.data() + std::min(colon, text.size());
    const auto [stop, error] = std::from_chars(text.data(), end, sequence);
    if (colon == std::string::npos || error != std::errc{} || stop != end)
        throw CommandFailure("--head must be SEQUENCE:LINK, as an earlier run printed it");
    return std::pair{sequence, text.substr(colon + 1)};
}

}  // namespace

int migrate_command(const Config& config, Terminal& terminal) {
    const auto applied = Application::migrate(config);
    if (applied.empty()) terminal.out() << "The database is up to date.\n";
    for (const auto& name : applied) terminal.out() << "Applied " << name << ".\n";
    return 0;
}

int backup_command(Application& application, const std::filesystem::path& file,
                   Terminal& terminal) {
    application.back_up(file);
    application.record(activity(ActivityType::command_run, application.parts().clock.now(), {}, {},
                                command_origin(), "backup"));
    terminal.out() << "Wrote " << file.string()
                   << ". It can be restored only with the key file, which is not in it.\n";
    return 0;
}

int restore_command(const Config& config, const std::filesystem::path& file, Terminal& terminal) {
    Application::restore(config, file);
    Application application(config);
    application.record(activity(ActivityType::command_run, application.parts().clock.now(), {}, {},
                                command_origin(), "restore"));
    terminal.out()
        << "Restored. Sessions, open requests and unsent messages of the backup are void.\n";
    return 0;
}

int key_rotate_command(Application& application, Terminal& terminal) {
    const auto rotation = application.rotate_key();
    application.record(activity(ActivityType::command_run, application.parts().clock.now(), {}, {},
                                command_origin(), "key rotate",
                                {{"key", rotation.key}, {"rows", rotation.rows}}));
    terminal.out() << (rotation.went_on ? "Went on with the rotation to" : "Made") << " root key "
                   << rotation.key << "; " << rotation.rows
                   << " records were sealed again, none is left under a former key.\n"
                      "Keep a new copy of the key file. Leave the former keys in it: backups need "
                      "them, and so do digests that must never change.\n";
    return 0;
}

int audit_verify_command(Application& application, const AuditOptions& options,
                         Terminal& terminal) {
    const auto audit = application.audit(remembered_head(options.head));
    if (options.json) {
        Json out{{"entries", audit.entries}, {"head", audit.head}, {"intact", !audit.fault_at}};
        if (audit.fault_at) out["fault"] = {{"sequence", *audit.fault_at}, {"reason", audit.fault}};
        terminal.out() << out.dump(2) << "\n";
    } else if (audit.fault_at) {
        terminal.err() << "The record breaks at entry " << *audit.fault_at << ": " << audit.fault
                       << ".\n";
    } else {
        terminal.out() << audit.entries
                       << " entries, none changed or missing.\nHead: " << audit.entries << ":"
                       << audit.head << "\n";
    }
    return audit.fault_at ? 1 : 0;
}

}  // namespace latchkey
