#pragma once

#include "web/application.h"
#include "web/cli/terminal.h"

#include <filesystem>
#include <optional>
#include <string>

/// What each command does. A command throws what it cannot do: std::exception whose text says what
/// to change; the command line shows it and ends with 1.
namespace latchkey {

/// Opens the configuration file that --config names.
Config open_config(const std::filesystem::path& file);

struct InitOptions {
    std::filesystem::path config;
    std::string public_url, listen, database, organisation, mail_host, mail_from;
    std::string administrator;  // user name; empty: asked for on a terminal
    std::string password_file;  // "-": one line from standard input; empty: asked for
};
int init_command(const InitOptions& options, Terminal& terminal);

struct DemoOptions {
    std::filesystem::path folder;
    std::string listen = "127.0.0.1:8080";
};
int serve_command(const Config& config);
int demo_command(const DemoOptions& options, Terminal& terminal);

struct UserOptions {
    std::string user_name;
    std::string email, phone, display_name, groups, roles, locale;
    std::string password_file;  // as above
};
int user_add_command(Application& application, const UserOptions& options, Terminal& terminal);
int user_show_command(Application& application, const std::string& user_name, bool json,
                      Terminal& terminal);
int user_set_password_command(Application& application, const UserOptions& options,
                              Terminal& terminal);
int user_disable_command(Application& application, const std::string& user_name, bool disabled,
                         Terminal& terminal);
int user_unlock_command(Application& application, const std::string& user_name, Terminal& terminal);
int user_erase_command(Application& application, const std::string& user_name, bool yes,
                       Terminal& terminal);

struct ImportOptions {
    std::filesystem::path file;
    bool keep_going = false;  // import the good lines of a file with bad ones
    bool dry_run = false;     // change nothing
    bool replace = false;     // of enrollments: also what its owner confirmed
    bool json = false;
};
int import_users_command(Application& application, const ImportOptions& options,
                         Terminal& terminal);
int import_enrollments_command(Application& application, const ImportOptions& options,
                               Terminal& terminal);

int export_users_command(Application& application, bool json, Terminal& terminal);
int export_enrollments_command(Application& application, bool json, Terminal& terminal);

int config_export_command(Application& application, Terminal& terminal);
int config_check_command(Application& application, const std::filesystem::path& file,
                         Terminal& terminal);
int config_diff_command(Application& application, const std::filesystem::path& file,
                        Terminal& terminal);
int config_apply_command(Application& application, const std::filesystem::path& file,
                         Terminal& terminal);

int campaign_list_command(Application& application, bool json, Terminal& terminal);
int campaign_add_command(Application& application, const std::filesystem::path& file,
                         Terminal& terminal);
int campaign_preview_command(Application& application, const std::string& name,
                             const std::string& language, Terminal& terminal);
int campaign_audience_command(Application& application, const std::string& name, bool json,
                              Terminal& terminal);
int campaign_start_command(Application& application, const std::string& name, Terminal& terminal);
int campaign_pause_command(Application& application, const std::string& name,
                           const std::string& reason, Terminal& terminal);
int campaign_resume_command(Application& application, const std::string& name, Terminal& terminal);
/// Each reason is "TEXT" for every language, or "es=TEXT" for one.
int campaign_cancel_command(Application& application, const std::string& name,
                            const std::vector<std::string>& reasons, Terminal& terminal);

int migrate_command(const Config& config, Terminal& terminal);
int backup_command(Application& application, const std::filesystem::path& file, Terminal& terminal);
int restore_command(const Config& config, const std::filesystem::path& file, Terminal& terminal);

int key_rotate_command(Application& application, Terminal& terminal);

struct AuditOptions {
    bool json = false;
    std::string head;  // "SEQUENCE:LINK" that an earlier run printed
};
int audit_verify_command(Application& application, const AuditOptions& options, Terminal& terminal);

struct AuditExportOptions {
    std::int64_t after = 0;  // number of the last entry that is known already
    bool csv = false;        // instead of JSON lines
};
int audit_export_command(Application& application, const AuditExportOptions& options,
                         Terminal& terminal);

int doctor_command(const std::filesystem::path& config_file, bool json, Terminal& terminal);

}  // namespace latchkey
