#include "engine/notice_desk.h"

#include "engine/casework.h"

#include <algorithm>

namespace latchkey {

std::optional<NoticeLink> NoticeDesk::find(std::string_view token) const {
    return links_.find(base32(parts_.crypto.keyed_digest(KeyUse::link, {token})),
                       parts_.clock.now());
}

std::vector<Enrollment> NoticeDesk::former(const NoticeLink& link) const {
    if (!link.restores_to) return {};
    return parts_.enrollments.former(link.account, *link.restores_to);
}

NoticeDesk::Outlook NoticeDesk::outlook(const std::vector<Enrollment>& former) const {
    const auto definitions = parts_.processes.definitions();
    Outlook out{.freeze = duration(definitions->settings, "freeze.lasts")};
    for (const auto& configured : definitions->verifications)
        if (std::ranges::count(former, configured.name, &Enrollment::verification) > 0)
            out.restored.push_back(configured.title);
    return out;
}

std::optional<NoticeDesk::Outlook> NoticeDesk::look(std::string_view token) const {
    const auto link = find(token);
    if (!link) return {};
    return outlook(former(*link));
}

Result<NoticeDesk::Outlook> NoticeDesk::freeze(std::string_view token, const Origin& origin) {
    const auto link = find(token);
    if (!link) return Error{Errc::not_found};
    const TimePoint now = parts_.clock.now();
    const auto before = former(*link);
    Outlook done = outlook(before);
    Change change{.blocks = {{.account = link->account,
                              .verification = {},
                              .until = now + done.freeze,
                              .level = 1,
                              .at = now}},
                  .used_links = {link->digest}};
    change.activities.push_back(
        activity(ActivityType::resets_frozen, now, link->account, {}, origin));
    if (!before.empty()) restore(change, *link, before, origin);
    if (!parts_.changes.commit(change)) return Error{Errc::not_found};
    return done;
}

void NoticeDesk::restore(Change& change, const NoticeLink& link,
                         const std::vector<Enrollment>& former, const Origin& origin) const {
    const TimePoint now = parts_.clock.now();
    auto after = parts_.enrollments.of(link.account);
    for (Enrollment then : former) {
        const auto present = std::ranges::find(after, then.verification, &Enrollment::verification);
        if (present == after.end()) continue;
        then.data = put_back(then.data, present->data);
        then.version = present->version;
        *present = then;
        change.enrollments.push_back(std::move(then));
        change.activities.push_back(activity(ActivityType::enrollment_restored, now, link.account,
                                             {}, origin, {},
                                             {{"verification", present->verification}}));
    }
    change.ended = link.account;  // whoever made the change is signed out
    const auto account = parts_.accounts.find(link.account);
    // Also to whoever loses something by it: the link may be in the wrong hands.
    if (account)
        notify_owner(parts_, change, *account, "enrollment_restored", Json::object(),
                     contacts_of(parts_, *account, after), now);
}

}  // namespace latchkey
