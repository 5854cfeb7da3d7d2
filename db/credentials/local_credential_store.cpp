#include "db/credentials/local_credential_store.h"

#include <algorithm>

namespace latchkey {

Result<void> LocalCredentialStore::sign_in(const AccountId& account, const Secret& password) {
    const auto stored = latest(account, 0);
    const std::string hash = stored.empty() ? crypto_.unmatchable_hash() : stored.front().hash;
    const Match match = crypto_.match_secret(hash, password.reveal());
    if (!match.equal) return Error{Errc::wrong_credentials};
    if (match.outdated) renew(account, stored.front().version, password);
    return {};
}

Result<CredentialChange> LocalCredentialStore::prepare(const AccountId& account,
                                                       const Secret& password,
                                                       std::int64_t history) {
    const auto stored = latest(account, history);
    CredentialChange change{.account = account,
                            .hash = {},
                            .history = history,
                            .version = stored.empty() ? 0 : stored.front().version};
    // The new password, hashed once for each salt and cost in use: after a change of the cost there
    // are two for a while, otherwise one.
    std::vector<std::string> hashed;
    bool used_before = false;
    for (const auto& former : stored) {
        const auto alike = [&](const std::string& hash) {
            return SodiumCrypto::alike(hash, former.hash);
        };
        auto match = std::ranges::find_if(hashed, alike);
        if (match == hashed.end())
            match = hashed.insert(hashed.end(), crypto_.hash_like(former.hash, password.reveal()));
        used_before = crypto_.same_secret(*match, former.hash) || used_before;
    }
    if (used_before)
        return Error{Errc::password_rejected,
                     {{"password", "password_used_before", {"problem.password_used_before", {}}}}};
    change.hash = hashed.empty() || crypto_.outdated(hashed.front())
                      ? crypto_.hash_secret(password.reveal())
                      : hashed.front();
    return change;
}

std::vector<CredentialRows::Stored> LocalCredentialStore::latest(const AccountId& account,
                                                                 std::int64_t history) {
    return database_.read(
        [&](Transaction& transaction) { return rows_.latest(transaction, account, history); });
}

void LocalCredentialStore::renew(const AccountId& account, std::int64_t version,
                                 const Secret& password) try {
    const CredentialRows::Stored renewed{version, crypto_.hash_secret(password.reveal())};
    database_.write([&](Transaction& transaction) { rows_.renew(transaction, account, renewed); });
} catch (const Outage&) {
    // The password was right all the same; the next sign-in tries again.
}

}  // namespace latchkey
