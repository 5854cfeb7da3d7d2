#pragma once

#include "engine/campaign.h"
#include "engine/message.h"
#include "engine/random.h"
#include "engine/subject.h"

/// What the use cases of campaigns and the job that carries them out have in common.
namespace latchkey {

/// What the campaign is about, as people know it.
Words title_of(const Campaign& campaign, const Definitions& definitions);

/// Where reminders go; empty: nowhere.
std::string reminder_address(const Account& account);

/// A mail of the bulk lane.
Message mail_to(const Account& account, std::string wording, Json data, Random& random,
                TimePoint now, TimePoint give_up_at);

}  // namespace latchkey
