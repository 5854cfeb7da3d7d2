#pragma once

#include "engine/campaign.h"
#include "engine/message.h"
#include "engine/random.h"
#include "engine/subject.h"

/// What the use cases of campaigns and the job that carries them out have in common.
namespace latchkey {

/// Null if nothing of that name is defined.
const ConfiguredVerification* find_verification(const Definitions& definitions,
                                                const std::string& name);
const Process* find_process(const Definitions& definitions, const std::string& name);

/// What the campaign is about, as people know it.
Words title_of(const Campaign& campaign, const Definitions& definitions);

bool in_audience(const Campaign& campaign, const Account& account);

/// Has this person a process with that verification? Only then is there a page to enroll it.
bool uses(const Definitions& definitions, const Account& account, const std::string& verification);

/// Where reminders go; empty: nowhere.
std::string reminder_address(const Account& account);

/// A mail of the bulk lane.
Message mail_to(const Account& account, std::string wording, Json data, Random& random,
                TimePoint now, TimePoint give_up_at);

}  // namespace latchkey
