#pragma once

#include "engine/casework.h"

/// Is what a person proved enough for this person? Some accounts need more than the process asks of
/// everybody.
namespace latchkey {

/// True if what the turn proved is held for a short while only: a device that is new or was changed
/// a few days ago may be an intruder's (S57).
bool freshly_held(const Parts& parts, const Bench& bench, const Turn& turn, TimePoint now);

/// What the request needs beyond, with `verification` passed as well; nothing: it is enough. Only
/// for a real person. An account with something stronger than one mailed code must use it (S39),
/// and what is new does not carry a public or service-desk process by itself (S57).
std::optional<MoreProof> more_needed(const Parts& parts, const Case& opened,
                                     const std::string& verification);

}  // namespace latchkey
