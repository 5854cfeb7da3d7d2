#include "engine/campaign_casework.h"

#include "engine/enrollment_desk.h"

#include <algorithm>

namespace latchkey {

const ConfiguredVerification* find_verification(const Definitions& definitions,
                                                const std::string& name) {
    const auto found =
        std::ranges::find(definitions.verifications, name, &ConfiguredVerification::name);
    return found == definitions.verifications.end() ? nullptr : &*found;
}

const Process* find_process(const Definitions& definitions, const std::string& name) {
    const auto found = std::ranges::find(definitions.processes, name, &Process::name);
    return found == definitions.processes.end() ? nullptr : &*found;
}

Words title_of(const Campaign& campaign, const Definitions& definitions) {
    if (campaign.kind == CampaignKind::expiry) {
        const auto* verification = find_verification(definitions, campaign.about);
        return verification ? verification->title : Words{};
    }
    const auto* process = find_process(definitions, campaign.about);
    return process ? process->title : Words{};
}

bool in_audience(const Campaign& campaign, const Account& account) {
    return campaign.groups.empty() ||
           std::ranges::any_of(campaign.groups, [&](const std::string& group) {
               return std::ranges::count(account.groups, group) > 0;
           });
}

std::string reminder_address(const Account& account) {
    return subject_of(account).attribute("email");
}

bool uses(const Definitions& definitions, const Account& account, const std::string& verification) {
    return std::ranges::any_of(definitions.processes, [&](const Process& process) {
        return process.enabled && is_for(process, account) && process.step(verification);
    });
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
