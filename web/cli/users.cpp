#include "engine/casework.h"
#include "engine/enrollment_desk.h"
#include "web/cli/commands.h"
#include "web/cli/people.h"
#include "web/users_file.h"

namespace latchkey {
namespace {

/// One person as a line of a users file, so that commands and files follow the same rules.
UsersFile file_of(const UserOptions& options) {
    const auto quoted = [](const std::string& value) {
        std::string out = "\"";
        for (const char c : value) out += c == '"' ? std::string("\"\"") : std::string(1, c);
        return out + "\"";
    };
    std::string csv = "user_name,email,phone,display_name,groups,roles,locale\n";
    for (const auto* value : {&options.user_name, &options.email, &options.phone,
                              &options.display_name, &options.groups, &options.roles})
        csv += quoted(*value) + ",";
    csv += quoted(options.locale) + "\n";
    UsersFile parsed = parse_users(csv);
    if (!parsed.problems.empty()) throw CommandFailure(parsed.problems.front().reason);
    return parsed;
}

Json user_json(Application& application, const Account& account) {
    const Parts& parts = application.parts();
    Json out{{"id", account.id.text()},          {"user_name", account.user_name},
             {"disabled", account.disabled},     {"locale", account.locale},
             {"groups", account.groups},         {"roles", account.roles},
             {"attributes", account.attributes}, {"enrollments", Json::array()},
             {"blocks", Json::array()}};
    for (const auto& enrollment : parts.enrollments.of(account.id)) {
        // The one only says when the profile's address was used.
        if (enrollment.source == "profile" && enrollment.data.is_null()) continue;
        out["enrollments"].push_back({{"verification", enrollment.verification},
                                      {"state", name(enrollment.state)},
                                      {"source", enrollment.source},
                                      {"changed_at", rfc3339(enrollment.changed_at)}});
    }
    for (const auto& block : parts.budgets.blocks(account.id))
        if (parts.clock.now() < block.until)
            out["blocks"].push_back(
                {{"verification", block.verification.empty() ? "*" : block.verification},
                 {"until", rfc3339(block.until)}});
    return out;
}

}  // namespace

int user_add_command(Application& application, const UserOptions& options, Terminal& terminal) {
    const Parts& parts = application.parts();
    UsersFile file = file_of(options);
    UserRow& row = file.rows.front();
    const auto canonical = canonical_identifier(row.account.user_name).value();
    if (!parts.accounts.identify("user_name", canonical).empty())
        throw CommandFailure("there is a user " + options.user_name + " already");
    if (!options.password_file.empty()) {
        row.password = terminal.new_password(options.password_file);
        require_good_password(parts, application.catalogs(), row.account, row.password);
    }
    save_user(parts, row, file.columns, "user add");
    terminal.out() << "Added " << row.account.user_name << ".\n";
    return 0;
}

int user_show_command(Application& application, const std::string& user_name, bool json,
                      Terminal& terminal) {
    const Json user = user_json(application, find_user(application.parts(), user_name));
    if (json) {
        terminal.out() << user.dump(2) << "\n";
        return 0;
    }
    for (const auto& [key, value] : user.items()) {
        if (value.is_array() && !value.empty() && value.front().is_object()) {
            for (const Json& row : value) {
                terminal.out() << key << ":";
                for (const auto& [name, cell] : row.items())
                    terminal.out() << " " << name << "=" << cell.get<std::string>();
                terminal.out() << "\n";
            }
        } else if (value.is_object()) {
            for (const auto& [name, cell] : value.items())
                terminal.out() << name << ": " << cell.get<std::string>() << "\n";
        } else {
            terminal.out() << key << ": "
                           << (value.is_string() ? value.get<std::string>() : value.dump()) << "\n";
        }
    }
    return 0;
}

int user_set_password_command(Application& application, const UserOptions& options,
                              Terminal& terminal) {
    const Parts& parts = application.parts();
    const Account account = find_user(parts, options.user_name);
    const Secret password = terminal.new_password(options.password_file);
    require_good_password(parts, application.catalogs(), account, password);
    const auto credential = parts.credentials.prepare(account.id, password, 0);
    if (!credential) throw CommandFailure("that is the password already");
    Change change{.account = Change::AccountChange{account, *credential}, .ended = account.id};
    change.activities.push_back(activity(ActivityType::password_changed, parts.clock.now(),
                                         account.id, {}, command_origin()));
    notify_owner(parts, change, account, "password_changed", Json::object(), {}, parts.clock.now());
    if (!parts.changes.commit(change))
        throw CommandFailure("the account was changed by someone else meanwhile: try again");
    terminal.out() << "Changed the password of " << account.user_name
                   << "; sessions and open requests ended.\n";
    return 0;
}

int user_disable_command(Application& application, const std::string& user_name, bool disabled,
                         Terminal& terminal) {
    const Parts& parts = application.parts();
    Account account = find_user(parts, user_name);
    account.disabled = disabled;
    const char* const what = disabled ? "disabled" : "enabled";
    Change change{.account = Change::AccountChange{account}};
    if (disabled) change.ended = account.id;
    change.activities.push_back(activity(ActivityType::account_changed, parts.clock.now(),
                                         account.id, {}, command_origin(), what));
    if (!parts.changes.commit(change))
        throw CommandFailure("the account was changed by someone else meanwhile: try again");
    terminal.out() << account.user_name << " is " << what << ".\n";
    return 0;
}

int user_unlock_command(Application& application, const std::string& user_name,
                        Terminal& terminal) {
    const Parts& parts = application.parts();
    const Account account = find_user(parts, user_name);
    Change change{.cleared_blocks = {account.id}};
    change.clear.push_back(failures_key(account.id, kPasswordDoor));
    const auto definitions = parts.processes.definitions();
    for (const auto& verification : definitions->verifications)
        change.clear.push_back(failures_key(account.id, verification.name));
    change.activities.push_back(activity(ActivityType::account_unlocked, parts.clock.now(),
                                         account.id, {}, command_origin()));
    if (!parts.changes.commit(change)) throw CommandFailure("somebody else was faster: try again");
    terminal.out() << "All blocks of " << account.user_name << " are over.\n";
    return 0;
}

int user_erase_command(Application& application, const std::string& user_name, bool yes,
                       Terminal& terminal) {
    const Parts& parts = application.parts();
    const Account account = find_user(parts, user_name);
    if (!yes) {
        if (!terminal.interactive())
            throw CommandFailure("erasing cannot be undone: confirm it with --yes");
        if (terminal.ask("This removes " + account.user_name +
                         " with everything enrolled and cannot be undone. Type the user name to "
                         "go on") != account.user_name)
            throw CommandFailure("nothing was erased");
    }
    // The record keeps the id, which is nobody's from now on, and never the name.
    if (!parts.accounts.erase(account.id, activity(ActivityType::account_erased, parts.clock.now(),
                                                   account.id, {}, command_origin())))
        throw CommandFailure("somebody else erased " + user_name + " meanwhile");
    terminal.out()
        << "Erased. The activity record keeps what happened, under an id that belongs to "
           "nobody now. Backups keep the person until they are deleted.\n";
    return 0;
}

}  // namespace latchkey
