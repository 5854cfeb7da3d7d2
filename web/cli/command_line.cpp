#include "web/cli/command_line.h"

#include "web/cli/commands.h"
#include "web/signals.h"

#include <CLI/CLI.hpp>

namespace latchkey {
namespace {

constexpr const char* kWho = "User name";

/// The grammar: commands with their options, each setting what is to be run.
class CommandLine {
 public:
    CommandLine() {
        app_.require_subcommand(1);
        app_.add_option("--config", config_, "Configuration file")->capture_default_str();
        add_server_commands();
        add_user_commands();
        add_file_commands();
        add_definition_commands();
        add_campaign_commands();
        add_database_commands();
    }

    int run(int argc, char** argv) {
        try {
            app_.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            return app_.exit(error) == 0 ? 0 : 2;
        }
        try {
            return chosen_();
        } catch (const std::exception& failure) {
            terminal_.err() << "latchkey: " << failure.what() << "\n";
            return 1;
        }
    }

 private:
    CLI::App* command(CLI::App& parent, const std::string& name, const std::string& help,
                      std::function<int()> run) {
        auto* added = parent.add_subcommand(name, help);
        added->callback([this, run = std::move(run)] { chosen_ = run; });
        return added;
    }

    CLI::App* group(const std::string& name, const std::string& help) {
        auto* added = app_.add_subcommand(name, help);
        added->require_subcommand(1);
        return added;
    }

    /// A command that works with what `init` made.
    template <class Run>
    std::function<int()> with_application(Run run) {
        return [this, run] {
            const Config config = open_config(config_);
            Application application(config);
            return run(application);
        };
    }

    void add_server_commands() {
        command(app_, "serve",
                "Run the server. SIGHUP reads the certificate again, SIGTERM ends it gently.",
                [this] { return serve_command(open_config(config_)); });
        auto* demo = command(app_, "demo",
                             "Serve with demonstration data, and a mailbox page instead of real "
                             "delivery.",
                             [this] { return demo_command(demo_, terminal_); });
        demo->add_option("--folder", demo_.folder, "Where the demonstration keeps its data")
            ->default_val("latchkey-demo");
        demo->add_option("--listen", demo_.listen, "host:port on this machine")
            ->capture_default_str();
        auto* init = command(app_, "init",
                             "Make the configuration file, the keys and the first administrator. "
                             "What is not given is asked for.",
                             [this] {
                                 init_.config = config_;
                                 return init_command(init_, terminal_);
                             });
        init->add_option("--public-url", init_.public_url, "Where people will reach the server");
        init->add_option("--listen", init_.listen, "host:port, or unix:PATH");
        init->add_option("--database", init_.database, "sqlite:PATH or postgresql://…");
        init->add_option("--organisation", init_.organisation, "Name that people see");
        init->add_option("--mail-host", init_.mail_host, "The mail server");
        init->add_option("--mail-from", init_.mail_from, "Sender: \"Example <reset@example.org>\"");
        init->add_option("--administrator", init_.administrator, "User name of the first one");
        init->add_option("--password-file", init_.password_file,
                         "File with the administrator's password; - for standard input");
    }

    void add_user_commands() {
        auto* user = group("user", "One person.");
        auto* add = command(*user, "add", "Add a person.", with_application([this](auto& a) {
            return user_add_command(a, user_, terminal_);
        }));
        add->add_option("user_name", user_.user_name, kWho)->required();
        add->add_option("--email", user_.email, "Mail address");
        add->add_option("--phone", user_.phone, "Phone number");
        add->add_option("--display-name", user_.display_name, "Name that others see");
        add->add_option("--groups", user_.groups, "Separated by ;");
        add->add_option("--roles", user_.roles, "administrator;service_desk;auditor");
        add->add_option("--locale", user_.locale, "Language tag");
        add->add_option("--password-file", user_.password_file,
                        "File with the password; - for standard input; without it, no password");

        auto* show = command(*user, "show", "Show a person, what is enrolled and blocked.",
                             with_application([this](auto& a) {
                                 return user_show_command(a, user_.user_name, json_, terminal_);
                             }));
        show->add_option("user_name", user_.user_name, kWho)->required();
        show->add_flag("--json", json_, "As JSON");

        auto* set = command(*user, "set-password", "Give a person a new password.",
                            with_application([this](auto& a) {
                                return user_set_password_command(a, user_, terminal_);
                            }));
        set->add_option("user_name", user_.user_name, kWho)->required();
        set->add_option("--password-file", user_.password_file,
                        "File with the password; - for standard input");

        auto* unlock =
            command(*user, "unlock", "End a person's blocks.", with_application([this](auto& a) {
                return user_unlock_command(a, user_.user_name, terminal_);
            }));
        unlock->add_option("user_name", user_.user_name, kWho)->required();

        for (const bool disabled : {true, false})
            command(
                *user, disabled ? "disable" : "enable",
                disabled ? "Keep a person out: no sign-in, no reset." : "Let a person in again.",
                with_application([this, disabled](auto& a) {
                    return user_disable_command(a, user_.user_name, disabled, terminal_);
                }))
                ->add_option("user_name", user_.user_name, kWho)
                ->required();

        auto* erase = command(*user, "erase",
                              "Remove a person and all that is kept about them. The activity "
                              "record stays whole; only an id is left in it.",
                              with_application([this](auto& a) {
                                  return user_erase_command(a, user_.user_name, yes_, terminal_);
                              }));
        erase->add_option("user_name", user_.user_name, kWho)->required();
        erase->add_flag("--yes", yes_, "Do not ask");
    }

    void add_file_commands() {
        auto* import = group("import", "Many people or enrollments at once, from CSV.");
        const auto importing = [&](const std::string& name, const std::string& help,
                                   auto carry_out) {
            auto* added = command(*import, name, help, with_application([this, carry_out](auto& a) {
                return carry_out(a, import_, terminal_);
            }));
            added->add_option("file", import_.file, "CSV file with a header line")->required();
            added->add_flag("--dry-run", import_.dry_run,
                            "Report what would happen; change nothing");
            added->add_flag("--keep-going", import_.keep_going,
                            "Import the good lines of a file with bad ones");
            added->add_flag("--json", import_.json, "Report as JSON");
            return added;
        };
        importing(
            "users",
            "Add people, or bring them up to date. Columns that the file does not have stay as "
            "they are.",
            import_users_command);
        importing("enrollments",
                  "Add what people prove themselves with: user_name, verification and the columns "
                  "that its type takes, such as address and name. It counts once its owner has "
                  "confirmed it.",
                  import_enrollments_command)
            ->add_flag("--replace", import_.replace,
                       "Also put a PIN in the place of one that its owner set up");

        auto* exporting = group("export", "People or enrollments as CSV, without any secret.");
        command(
            *exporting, "users", "Print everybody, as `import users` reads it.",
            with_application([this](auto& a) { return export_users_command(a, json_, terminal_); }))
            ->add_flag("--json", json_, "A JSON object a line");
        command(*exporting, "enrollments",
                "Print what people hold, with its state. Keys, PINs and answers are left out: "
                "`backup` moves those.",
                with_application(
                    [this](auto& a) { return export_enrollments_command(a, json_, terminal_); }))
            ->add_flag("--json", json_, "A JSON object a line");
    }

    void add_definition_commands() {
        auto* config = group("config", "Processes, verifications and settings as one JSON file.");
        command(*config, "export", "Print the definitions.",
                with_application([this](auto& a) { return config_export_command(a, terminal_); }));
        const auto with_file = [&](const std::string& name, const std::string& help,
                                   auto carry_out) {
            command(*config, name, help, with_application([this, carry_out](auto& a) {
                return carry_out(a, file_, terminal_);
            }))
                ->add_option("file", file_, "JSON file")
                ->required();
        };
        with_file("check", "Say what is wrong with a file.", config_check_command);
        with_file("diff", "Show what applying a file would change.", config_diff_command);
        with_file("apply", "Make a file the definitions: all of it, or nothing if it is wrong.",
                  config_apply_command);
    }

    void add_campaign_commands() {
        auto* campaign = group("campaign", "Reminders to many people.");
        command(*campaign, "list", "Show all campaigns and how far they have come.",
                with_application(
                    [this](auto& a) { return campaign_list_command(a, json_, terminal_); }))
            ->add_flag("--json", json_, "As JSON");
        command(
            *campaign, "add", "Keep a campaign as a draft, if its text is complete.",
            with_application([this](auto& a) { return campaign_add_command(a, file_, terminal_); }))
            ->add_option("file", file_, "JSON file")
            ->required();
        const auto named = [&](const std::string& name, const std::string& help, auto carry_out) {
            auto* added = command(*campaign, name, help, with_application(carry_out));
            added->add_option("name", campaign_)->required();
            return added;
        };
        named("preview", "Print the reminder as somebody would get it. Nothing is sent.",
              [this](auto& a) {
                  return campaign_preview_command(a, campaign_, language_, terminal_);
              })
            ->add_option("--language", language_, "Language tag");
        named("audience", "Count the people it concerns.", [this](auto& a) {
            return campaign_audience_command(a, campaign_, json_, terminal_);
        })->add_flag("--json", json_, "As JSON");
        named("start", "Begin to send a draft.",
              [this](auto& a) { return campaign_start_command(a, campaign_, terminal_); });
        named("pause", "Stop at once, what is queued included.", [this](auto& a) {
            return campaign_pause_command(a, campaign_, reason_, terminal_);
        })->add_option("--reason", reason_, "For the record");
        named("resume", "Go on. Nobody is written to twice.",
              [this](auto& a) { return campaign_resume_command(a, campaign_, terminal_); });
        named(
            "cancel", "End it for good, and tell those who were written to.",
            [this](auto& a) { return campaign_cancel_command(a, campaign_, reasons_, terminal_); })
            ->add_option("--reason", reasons_,
                         "What they read; es=TEXT for one language. May be repeated.")
            ->required();
    }

    void add_database_commands() {
        command(app_, "doctor",
                "Look at configuration, keys, database, clock and peers, and say what to change.",
                [this] { return doctor_command(config_, json_, terminal_); })
            ->add_flag("--json", json_, "As JSON");
        command(app_, "migrate", "Bring the database to this version of the program.",
                [this] { return migrate_command(open_config(config_), terminal_); });
        command(app_, "backup", "Write all data to a file, while serving. Keep the key file too.",
                with_application([this](auto& a) { return backup_command(a, file_, terminal_); }))
            ->add_option("file", file_, "File of the backup")
            ->required();
        command(app_, "restore", "Replace all data by a backup.",
                [this] { return restore_command(open_config(config_), file_, terminal_); })
            ->add_option("file", file_, "File of the backup")
            ->required();
        command(*group("key", "The root keys, which protect all secrets in the database."),
                "rotate",
                "Make a new root key and seal everything under it, while serving. Run it again "
                "after an interruption. Give every machine that serves the new key file at once.",
                with_application([this](auto& a) { return key_rotate_command(a, terminal_); }));
        auto* audit = group("audit", "The record of everything that happened.");
        auto* verify = command(*audit, "verify", "Check the record and say where it breaks.",
                               with_application([this](auto& a) {
                                   return audit_verify_command(a, audit_, terminal_);
                               }));
        auto* dump = command(*audit, "export",
                             "Print the record, the oldest entry first: a JSON object a line.",
                             with_application([this](auto& a) {
                                 return audit_export_command(a, audit_export_, terminal_);
                             }));
        dump->add_option("--after", audit_export_.after,
                         "Number of the last entry that you have already")
            ->check(CLI::NonNegativeNumber);
        dump->add_flag("--csv", audit_export_.csv, "As CSV");
        verify->add_option("--head", audit_.head,
                           "SEQUENCE:LINK that an earlier run printed: shows a record put back");
        verify->add_flag("--json", audit_.json, "As JSON");
    }

    Terminal terminal_;
    CLI::App app_{"Latchkey: self-hosted password resets."};
    std::function<int()> chosen_;

    std::string config_ = "latchkey.toml";
    DemoOptions demo_;
    InitOptions init_;
    UserOptions user_;
    AuditOptions audit_;
    AuditExportOptions audit_export_;
    std::string campaign_, language_, reason_;
    std::vector<std::string> reasons_;
    std::string file_;
    ImportOptions import_;
    bool yes_ = false;
    bool json_ = false;
};

}  // namespace

int run_command_line(int argc, char** argv) {
    block_signals();
    return CommandLine().run(argc, argv);
}

}  // namespace latchkey
