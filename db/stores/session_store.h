#pragma once

#include "db/sql/database.h"
#include "engine/stores.h"

namespace latchkey {

class SqlSessionStore final : public SessionStore {
 public:
    explicit SqlSessionStore(Database& database) : database_(database) {}

    std::optional<Session> find(const std::string& digest) override;
    /// Leaves a session as it is that somebody else changed since it was loaded.
    bool save(const Session& session) override;
    void end(const SessionId& id) override;

    // Parts of a larger write.

    /// False if somebody else changed it since it was loaded.
    bool save(Transaction& transaction, const Session& session);
    /// Ends whatever is signed in as `account`, except one.
    void end_all(Transaction& transaction, const AccountId& account, const SessionId& except);

 private:
    Database& database_;
};

}  // namespace latchkey
