#include "engine/campaign_casework.h"

namespace latchkey {

Words title_of(const Campaign& campaign, const Definitions& definitions) {
    if (campaign.kind == CampaignKind::expiry) {
        const auto* verification = find_verification(definitions, campaign.about);
        return verification ? verification->title : Words{};
    }
    const auto* process = find_process(definitions, campaign.about);
    return process ? process->title : Words{};
}

std::string reminder_address(const Account& account) {
    return subject_of(account).attribute("email");
}

Message mail_to(const Account& account, std::string wording, Json data, Random& random,
                TimePoint now, TimePoint give_up_at) {
    return {.id = MessageId{random_token(random)},
            .reference = random_reference(random),
            .lane = Lane::bulk,
            .channel = "email",
            .to = reminder_address(account),
            .wording = std::move(wording),
            .locale = account.locale,
            .data = std::move(data),
            .account = account.id,
            .created_at = now,
            .give_up_at = give_up_at};
}

}  // namespace latchkey
