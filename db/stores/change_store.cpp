#include "db/stores/change_store.h"

#include <stdexcept>

namespace latchkey {

Result<void> SqlChangeStore::commit(const Change& change) {
    const Sealed ready = sealed(change);
    return parts_.database.write([&](Transaction& transaction) {
        const Result<void> applied = apply(transaction, change, ready, parts_.clock.now());
        if (!applied) transaction.undo();
        return applied;
    });
}

SqlChangeStore::Sealed SqlChangeStore::sealed(const Change& change) const {
    Sealed out;
    if (change.request) out.request = parts_.requests.sealed(change.request->request);
    for (const auto& enrollment : change.enrollments)
        out.enrollments.push_back(parts_.enrollments.sealed(enrollment));
    for (const auto& message : change.messages)
        out.messages.push_back(parts_.messages.sealed(message));
    return out;
}

Result<void> SqlChangeStore::apply(Transaction& transaction, const Change& change,
                                   const Sealed& sealed, TimePoint now) {
    Error lost_race{Errc::already_answered};

    if (change.account)
        if (auto done = parts_.accounts.save(transaction, *change.account); !done) return done;
    if (auto done = apply_request(transaction, change, sealed.request, now); !done) return done;
    if (auto done = reserve(transaction, change, now); !done) return done;
    for (const auto& digest : change.used_links)
        if (!parts_.links.use(transaction, digest)) return lost_race;
    for (std::size_t i = 0; i < change.enrollments.size(); ++i)
        if (!parts_.enrollments.save(transaction, change.enrollments[i], sealed.enrollments[i]))
            return lost_race;
    for (const auto& former : change.former) parts_.enrollments.keep(transaction, former);
    for (const auto& draft : change.drafts)
        if (!parts_.enrollments.save(transaction, draft, now)) return lost_race;
    for (const auto& draft : change.dropped_drafts) parts_.enrollments.drop(transaction, draft);

    for (const auto& key : change.clear) parts_.budgets.begin_anew(transaction, key);
    for (const auto& account : change.cleared_blocks)
        parts_.budgets.clear_blocks(transaction, account);
    for (const auto& block : change.blocks) parts_.budgets.save(transaction, block);

    if (change.ended) end_everything_else(transaction, change, now);
    if (change.unreminded) parts_.messages.drop_reminders_to(transaction, *change.unreminded);
    if (change.session && !parts_.sessions.save(transaction, *change.session)) return lost_race;
    for (std::size_t i = 0; i < change.messages.size(); ++i)
        parts_.messages.enqueue(transaction, change.messages[i], sealed.messages[i]);
    for (const auto& link : change.links) parts_.links.add(transaction, link);
    parts_.log.append(transaction, change.activities);
    return {};
}

Result<void> SqlChangeStore::apply_request(Transaction& transaction, const Change& change,
                                           const std::string& sealed_request, TimePoint now) {
    if (!change.act) {
        if (!change.request) return {};
        return parts_.requests.save(transaction, *change.request, sealed_request, now);
    }
    if (!change.request) throw std::logic_error("an act without a request");
    auto completed = parts_.requests.complete(transaction, change.request->request, *change.act,
                                              sealed_request, now);
    if (!completed) return completed;
    const auto& credential = change.act->credential;
    if (credential && !parts_.credentials.replace(transaction, *credential, now))
        return Error{Errc::already_answered};
    return {};
}

Result<void> SqlChangeStore::reserve(Transaction& transaction, const Change& change,
                                     TimePoint now) {
    const Spent spent = parts_.budgets.spend(transaction, change.reserve, now);
    if (spent.refused) return Error{change.reserve[*spent.refused].refusal, {}, spent.until};
    return {};
}

void SqlChangeStore::end_everything_else(Transaction& transaction, const Change& change,
                                         TimePoint now) {
    const RequestId request = change.request ? change.request->request.id : RequestId{};
    const SessionId session = change.session ? change.session->id : SessionId{};
    parts_.requests.cancel_all(transaction, *change.ended, request, now);
    parts_.sessions.end_all(transaction, *change.ended, session);
    parts_.messages.withdraw_codes(transaction, *change.ended, request);
}

}  // namespace latchkey
