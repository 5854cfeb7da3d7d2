#pragma once

#include "db/sql/database.h"
#include "engine/stores.h"

namespace latchkey {

class SqlNoticeLinkStore final : public NoticeLinkStore {
 public:
    explicit SqlNoticeLinkStore(Database& database) : database_(database) {}

    /// Neither a link that was used nor one whose time is over.
    std::optional<NoticeLink> find(const std::string& digest, TimePoint now) override;

    // Parts of a larger write.

    void add(Transaction& transaction, const NoticeLink& link);
    /// False if it was used before, or never was. Links that put back something later than this
    /// one are used up with it: what they knew of is undone.
    bool use(Transaction& transaction, const std::string& digest);

 private:
    Database& database_;
};

}  // namespace latchkey
