#include "web/cli/commands.h"
#include "web/cli/people.h"
#include "web/users_file.h"

#include <sys/stat.h>
#include <fstream>

namespace latchkey {
namespace {

/// What was given by option, else asked for, else its default.
std::string value_of(const std::string& given, const std::string& question,
                     const std::string& fallback, Terminal& terminal) {
    if (!given.empty() || !terminal.interactive()) return given.empty() ? fallback : given;
    return terminal.ask(question, fallback);
}

void write_new_file(const std::filesystem::path& file, const std::string& text) {
    if (!file.parent_path().empty()) std::filesystem::create_directories(file.parent_path());
    const auto mask = umask(077);  // the file may come to hold a password
    std::ofstream out(file, std::ios::binary);
    umask(mask);
    out << text;
    if (!out.flush()) throw CommandFailure(file.string() + ": cannot be written");
}

std::map<std::string, std::string> answers_of(const InitOptions& options, Terminal& terminal) {
    std::map<std::string, std::string> values;
    const auto keep = [&](const char* key, std::string value) {
        if (!value.empty()) values[key] = std::move(value);
    };
    keep("server.public_url",
         value_of(options.public_url, "Where people reach the server (https://…)", "", terminal));
    keep("server.listen", value_of(options.listen, "Listen on", "127.0.0.1:8080", terminal));
    keep("database.url", value_of(options.database, "Database", "sqlite:latchkey.db", terminal));
    keep("branding.name", value_of(options.organisation, "Name of the organisation", "", terminal));
    keep("mail.host", value_of(options.mail_host, "Mail server (empty: none)", "", terminal));
    keep("mail.from",
         value_of(options.mail_from, "Sender of mails (Name <address>)", "", terminal));
    return values;
}

void add_administrator(Application& application, const InitOptions& options, Terminal& terminal) {
    const std::string name =
        value_of(options.administrator, "User name of the first administrator", "", terminal);
    if (name.empty()) {
        terminal.out()
            << "No administrator was made: `latchkey user add NAME --roles administrator`.\n";
        return;
    }
    UserRow row{.line = 0, .account = {.user_name = name, .roles = {"administrator"}}};
    if (!canonical_identifier(name)) throw CommandFailure("that cannot be a user name");
    row.password = terminal.new_password(options.password_file);
    require_good_password(application.parts(), application.catalogs(), row.account, row.password);
    save_user(application.parts(), row, {"user_name", "roles"}, "init");
    terminal.out() << "Made the administrator " << name << ".\n";
}

}  // namespace

Config open_config(const std::filesystem::path& file) {
    return read_config(file, process_environment());
}

int init_command(const InitOptions& options, Terminal& terminal) {
    if (std::filesystem::exists(options.config)) {
        terminal.out() << options.config.string() << " is there already and stays as it is.\n";
    } else {
        const std::string text = config_template(answers_of(options, terminal));
        // Checked before it is written: a mistake leaves nothing behind.
        parse_config(text, options.config.string(), options.config.parent_path(),
                     [](const std::string&) { return std::nullopt; });
        write_new_file(options.config, text);
        terminal.out() << "Wrote " << options.config.string() << ".\n";
    }
    const Config config = open_config(options.config);
    Application::initialise(config);
    terminal.out()
        << "The key file and the database are ready. Keep a copy of the key file: without "
           "it the data cannot be read.\n";
    Application application(config);
    add_administrator(application, options, terminal);
    terminal.out()
        << "Next: `latchkey config apply FILE` with your processes, `latchkey import users "
           "FILE`, `latchkey serve`.\n";
    return 0;
}

}  // namespace latchkey
