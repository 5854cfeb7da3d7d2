#include "web/cli/people.h"

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

bool save_user(const Parts& parts, Account account, const Secret& password,
               const std::string& reason) {
    const auto canonical = canonical_identifier(account.user_name);
    const auto ids = parts.accounts.identify("user_name", canonical.value_or(""));
    const auto known = ids.empty() ? std::nullopt : parts.accounts.find(ids.front());
    account.id = known ? known->id : AccountId{random_token(parts.random)};
    account.version = known ? known->version : 0;
    if (known) account.disabled = known->disabled;

    std::optional<CredentialChange> credential;
    if (!password.empty()) {
        auto prepared = parts.credentials.prepare(account.id, password, 0);
        // Imported again, the password that a person has already is no change.
        if (prepared) credential = std::move(*prepared);
    }
    const auto type = known ? ActivityType::account_changed : ActivityType::account_added;
    const auto saved = parts.accounts.save(
        account, credential ? &*credential : nullptr,
        activity(type, parts.clock.now(), account.id, {}, command_origin(), reason));
    if (!saved)
        throw CommandFailure("user " + account.user_name +
                             " was changed by someone else meanwhile");
    return !known;
}

void require_good_password(const Parts& parts, const Catalogs& catalogs, const Account& account,
                           const Secret& password) {
    std::vector<Problem> ignored;
    const Json settings = checked_settings(process_password_settings(), nullptr, "", ignored);
    std::vector<std::string> context{account.user_name};
    for (const auto& [name, value] : account.attributes) context.push_back(value);
    std::string reasons;
    for (const auto& fault : parts.passwords.faults(password.reveal(), settings, context))
        reasons += "\n  " + catalogs.in("en").say(fault.text);
    if (!reasons.empty()) throw CommandFailure("the password is refused:" + reasons);
}

}  // namespace latchkey
