#include "engine/notice_desk.h"

#include "engine/casework.h"

namespace latchkey {

std::string NoticeDesk::digest(std::string_view token) const {
    return base32(parts_.crypto.keyed_digest(KeyUse::link, {token}));
}

bool NoticeDesk::usable(std::string_view token) const {
    return links_.find(digest(token), parts_.clock.now()).has_value();
}

Milliseconds NoticeDesk::freeze_length() const {
    return duration(parts_.processes.definitions()->settings, "freeze.lasts");
}

Result<void> NoticeDesk::freeze(std::string_view token, const Origin& origin) {
    const TimePoint now = parts_.clock.now();
    const auto link = links_.find(digest(token), now);
    if (!link) return Error{Errc::not_found};
    Change change{.blocks = {{.account = link->account,
                              .verification = {},
                              .until = now + freeze_length(),
                              .level = 1,
                              .at = now}},
                  .used_links = {link->digest}};
    change.activities.push_back(
        activity(ActivityType::resets_frozen, now, link->account, {}, origin));
    const auto done = parts_.changes.commit(change);
    if (!done) return Error{Errc::not_found};
    return {};
}

}  // namespace latchkey
