#pragma once

#include "db/sql/database.h"
#include "db/stores/activity_log.h"
#include "db/stores/message_store.h"
#include "engine/campaign_store.h"

namespace latchkey {

/// Campaigns and whom they reached. A reminder and the note that its person is reached are one
/// transaction, so that neither a crash nor a second process can write to anybody twice.
class SqlCampaignStore final : public CampaignStore {
 public:
    SqlCampaignStore(Database& database, SqlMessageStore& messages, SqlActivityLog& log)
        : database_(database), messages_(messages), log_(log) {}

    std::vector<Campaign> all() override;
    std::optional<Campaign> find(const std::string& name) override;
    CampaignReport report(const std::string& name) override;
    std::size_t waiting(const std::string& name) override;

    bool add(const Campaign& campaign, const Activity* activity) override;
    bool change(const Campaign& campaign, const Activity& activity) override;
    void drop_leftovers(const Campaign& campaign, TimePoint now) override;

    bool may_plan(const std::string& name, const std::string& worker, TimePoint now) override;
    std::vector<Expiring> expiring(const Campaign& campaign, const Expiring& after, TimePoint last,
                                   Milliseconds before, std::size_t count) override;
    std::vector<AccountId> people(const Campaign& campaign, TimePoint round, const AccountId& after,
                                  std::size_t count) override;
    std::vector<Expiring> everybody_expiring(const std::string& verification, const Expiring& after,
                                             std::size_t count) override;
    std::vector<AccountId> everybody(const AccountId& after, std::size_t count) override;
    bool reached(const std::string& name, const AccountId& account, TimePoint round) override;
    AccountId reached_up_to(const std::string& name, TimePoint round) override;
    std::optional<std::size_t> plan(const Campaign& campaign, const Lease& lease,
                                    const std::vector<Reminder>& reminders, TimePoint round,
                                    const AccountId& reached_up_to) override;

    std::vector<Reached> uncorrected(const std::string& name, TimePoint now,
                                     std::size_t count) override;
    void correct(const std::string& name, const std::vector<Message>& corrections) override;

    std::int64_t date_enrollments(const std::string& verification, Milliseconds lifetime,
                                  TimePoint earliest, std::size_t count) override;
    std::int64_t undate_enrollments(const std::string& verification, std::size_t count) override;

 private:
    Database& database_;
    SqlMessageStore& messages_;
    SqlActivityLog& log_;
};

}  // namespace latchkey
