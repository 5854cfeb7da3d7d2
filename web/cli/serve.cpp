#include "engine/casework.h"
#include "web/cli/commands.h"
#include "web/cli/people.h"
#include "web/log.h"
#include "web/render/assets.h"
#include "web/users_file.h"

#include <fstream>

namespace latchkey {
namespace {

/// Marks a folder as a demonstration's own: no other is ever served as one (S59).
constexpr const char* kMark = "this-is-a-demonstration";

std::string demo_config(const DemoOptions& options) {
    return config_template({{"server.listen", options.listen},
                            {"server.public_url", "http://" + options.listen + "/"},
                            {"server.operations_listen", ""},
                            {"logging.format", "text"},
                            {"logging.level", "warning"}});
}

/// Definitions and people of templates/demo. Doing it again changes nothing.
Json fill(Application& application, const Assets& assets) {
    const Parts& parts = application.parts();
    JsonError error;
    const Json json = parse_json(*assets.find("demo/definitions.json"), error);
    const auto definitions = parse_definitions(json, parts.registry);
    parts.processes.apply(definitions.value(),
                          activity(ActivityType::definitions_applied, parts.clock.now(), {}, {},
                                   command_origin(), "demo"));
    Json accounts = Json::array();
    const UsersFile people = parse_users(*assets.find("demo/users.csv"));
    for (const UserRow& row : people.rows) {
        const auto name = canonical_identifier(row.account.user_name).value();
        // Someone may have reset it: what the person chose stays.
        const bool known = !parts.accounts.identify("user_name", name).empty();
        const std::string role = row.account.roles.empty() ? "user" : row.account.roles.front();
        const std::string words = role == "service_desk" ? "agent" : role;
        accounts.push_back({{"user_name", row.account.user_name},
                            {"password", std::string(row.password.reveal())},
                            {"role", Text{"demo." + words, {}}}});
        if (!known) save_user(parts, row, people.columns, "demo");
    }
    return accounts;
}

}  // namespace

int serve_command(const Config& config) {
    if (!config.mail.host.empty() && config.server.public_url.empty())
        throw ConfigError("server.public_url is missing: mails need it for their links");
    set_log(config.logging.level, config.logging.format);
    Application application(config);
    if (const auto faults = application.damage(); !faults.empty())
        throw CommandFailure("the database is damaged: " + faults.front() +
                             ". Move its file away and run `latchkey restore` with a backup");
    application.serve(nullptr, {});
    return 0;
}

int demo_command(const DemoOptions& options, Terminal& terminal) {
    if (!on_this_machine(options.listen))
        throw CommandFailure(
            "the demonstration shows its passwords: it listens on this machine only, "
            "such as 127.0.0.1:8080");
    const auto mark = options.folder / kMark;
    if (std::filesystem::exists(options.folder) && !std::filesystem::is_empty(options.folder) &&
        !std::filesystem::exists(mark))
        throw CommandFailure(options.folder.string() +
                             " is not a demonstration's folder: name another with --folder");
    std::filesystem::create_directories(options.folder);
    std::ofstream(mark) << "Safe to delete with everything beside it.\n";

    const Config config = parse_config(demo_config(options), "demonstration",
                                       std::filesystem::absolute(options.folder),
                                       [](const std::string&) { return std::nullopt; });
    set_log(config.logging.level, config.logging.format);
    Application::initialise(config);
    Application application(config);
    const Application::Demo demo{fill(application, Assets())};
    application.serve(&demo, [&](const std::string& address) {
        terminal.out() << "Latchkey with demonstration data: http://" << address << "\n"
                       << "The page says how to sign in and where the messages are. Ctrl-C ends it."
                       << std::endl;
    });
    return 0;
}

}  // namespace latchkey
