#include "web/cli/people.h"

#include "engine/profile.h"

#include "engine/casework.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace latchkey {

Origin command_origin() {
    const char* user = std::getenv("USER");
    return {.channel = "command",
            .actor = std::string("command:") + (user ? user : "unknown"),
            .network = "",
            .locale = ""};
}

std::optional<Json> read_json(const std::filesystem::path& file, Terminal& terminal) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw CommandFailure(file.string() + ": cannot be read");
    std::stringstream text;
    text << in.rdbuf();
    JsonError error;
    Json json = parse_json(text.str(), error);
    if (!json.is_discarded()) return json;
    terminal.err() << file.string() << ":" << error.line << ": " << error.reason << "\n";
    return {};
}

Account find_user(const Parts& parts, const std::string& user_name) {
    const auto canonical = canonical_identifier(user_name);
    const auto ids =
        canonical ? parts.accounts.identify("user_name", *canonical) : std::vector<AccountId>{};
    if (ids.size() == 1)
        if (auto account = parts.accounts.find(ids.front())) return *account;
    throw CommandFailure("there is no user " + user_name);
}

namespace {

/// The account as it is, if there is one, and as the row leaves it.
struct Update {
    std::optional<Account> before;
    Account after;
};

Update update_of(const Parts& parts, const UserRow& row, const std::vector<std::string>& columns) {
    const auto canonical = canonical_identifier(row.account.user_name);
    const auto ids = parts.accounts.identify("user_name", canonical.value_or(""));
    Update update;
    if (!ids.empty()) update.before = parts.accounts.find(ids.front());
    if (update.before) {
        update.after = brought_up_to_date(*update.before, row, columns);
    } else {
        update.after = row.account;
        update.after.id = AccountId{random_token(parts.random)};
        update.after.disabled = row.disabled.value_or(false);
    }
    return update;
}

}  // namespace

Saved save_user(const Parts& parts, const UserRow& row, const std::vector<std::string>& columns,
                const std::string& reason) {
    const auto [before, after] = update_of(parts, row, columns);
    std::optional<CredentialChange> credential;
    if (!row.password.empty()) {
        auto prepared = parts.credentials.prepare(after.id, row.password, 0);
        // Imported again, the password that a person has already is no change.
        if (prepared) credential = std::move(*prepared);
    }
    if (before == after && !credential) return Saved::unchanged;
    const auto type = before ? ActivityType::account_changed : ActivityType::account_added;
    const auto saved =
        save_profile(parts, before, after, std::move(credential),
                     activity(type, parts.clock.now(), after.id, {}, command_origin(), reason));
    if (!saved)
        throw CommandFailure("user " + after.user_name + " was changed by someone else meanwhile");
    return before ? Saved::updated : Saved::added;
}

Saved would_save(const Parts& parts, const UserRow& row, const std::vector<std::string>& columns) {
    const auto [before, after] = update_of(parts, row, columns);
    if (!before) return Saved::added;
    return *before == after && row.password.empty() ? Saved::unchanged : Saved::updated;
}

std::vector<std::string> password_faults(const Parts& parts, const Catalogs& catalogs,
                                         const Account& account, const Secret& password) {
    std::vector<Problem> ignored;
    const Json settings = checked_settings(process_password_settings(), nullptr, "", ignored);
    std::vector<std::string> context{account.user_name};
    for (const auto& [name, value] : account.attributes) context.push_back(value);
    std::vector<std::string> faults;
    for (const auto& fault : parts.passwords.faults(password.reveal(), settings, context))
        faults.push_back(catalogs.in("en").say(fault.text));
    return faults;
}

void require_good_password(const Parts& parts, const Catalogs& catalogs, const Account& account,
                           const Secret& password) {
    std::string reasons;
    for (const auto& fault : password_faults(parts, catalogs, account, password))
        reasons += "\n  " + fault;
    if (!reasons.empty()) throw CommandFailure("the password is refused:" + reasons);
}

}  // namespace latchkey
