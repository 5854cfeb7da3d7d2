#include "engine/casework.h"
#include "engine/unicode.h"

#include <algorithm>

/// What a process is for, carried out: everything before this only led here.
namespace latchkey {
namespace {

/// Which passes the transaction itself must find (S31).
Change::Act proofs_demanded(const ResetRequest& request, const Process& process) {
    Change::Act act;
    for (const Step& step : process.steps) {
        const Progress* progress = request.step(step.verification.name);
        const bool demanded = step.required || (progress && progress->demanded);
        (demanded ? act.required : act.optional).push_back(step.verification.name);
    }
    act.optional_needed =
        std::min(process.optional_needed, static_cast<std::int64_t>(act.optional.size()));
    return act;
}

/// Words that belong to the person: a password must not be made of them.
std::vector<std::string> context_words(const Account& account) {
    std::vector<std::string> words{account.user_name};
    for (const auto& [name, value] : account.attributes) words.push_back(value);
    return words;
}

/// A refused password costs nothing that was proved (R12.3).
Result<Secret> acceptable(const PasswordPolicy& policy, const Secret& typed, const Process& process,
                          const Account& account) {
    auto password = to_nfc(typed.reveal());
    const auto context = context_words(account);
    auto faults = policy.faults(password.value_or("\xff"), process.password, context);
    if (!faults.empty()) return Error{Errc::password_rejected, std::move(faults)};
    return Secret(std::move(*password));
}

/// After a success the account begins anew: its blocks and failures are over (R8.3).
void clear_slate(Change& change, const Account& account, const Definitions& definitions) {
    change.ended = account.id;
    change.cleared_blocks.push_back(account.id);
    for (const auto& verification : definitions.verifications)
        change.clear.push_back(failures_key(account.id, verification.name));
    change.clear.push_back(failures_key(account.id, kPasswordDoor));
}

}  // namespace

Result<Proceeding> Conductor::act(const RequestId& id, const SessionId& session,
                                  const Secret& password, const Origin& origin) {
    auto opened = open_case(id, session);
    if (!opened) return opened.error();
    ResetRequest& request = opened->request;
    const Process& process = *opened->process;
    if (request.state == RequestState::completed) return proceeding(*opened);
    if (request.state == RequestState::expired) return Error{Errc::request_expired};
    if (closed(request.state)) return Error{Errc::request_closed};
    if (request.state != RequestState::verified || !proved(request, process))
        return Error{Errc::not_verified};

    const auto account = parts_.accounts.find(request.account);
    if (!account || account->disabled) return Error{Errc::request_closed};
    if (const auto until = blocked_until(parts_.budgets.blocks(account->id), "", opened->now))
        return Error{Errc::blocked, {}, until};
    const auto wait = duration(process.limits, "success_wait");
    if (const auto last = parts_.requests.last_success(account->id, process.name);
        last && opened->now < *last + wait) {
        // The same form sent twice, and the other one has just succeeded: that is this one's
        // result.
        const auto present = parts_.requests.find(id);
        if (present && present->state == RequestState::completed) return look(id, session);
        return Error{Errc::rate_limited, {}, *last + wait};
    }

    Change change{.act = proofs_demanded(request, process)};
    if (sets_password(process.purpose)) {
        const auto chosen = acceptable(parts_.passwords, password, process, *account);
        if (!chosen) return chosen.error();
        auto credential =
            parts_.credentials.prepare(account->id, *chosen, integer(process.password, "history"));
        if (!credential) return credential.error();
        credential->must_change = flag(process.password, "must_change");
        change.act->credential = std::move(*credential);
        change.activities.push_back(opened->activity(ActivityType::password_changed, origin));
    }
    if (unlocks(process.purpose))
        change.activities.push_back(opened->activity(ActivityType::account_unlocked, origin));
    if (process.sensitive()) {
        clear_slate(change, *account, *parts_.processes.definitions());
        notify_owner(parts_, change, *account,
                     sets_password(process.purpose) ? "password_changed" : "account_unlocked",
                     {{"request", request.reference}}, {}, opened->now);
    }
    // Hashing took a while: what counts is when it is done.
    opened->now = parts_.clock.now();
    if (expire(request, opened->now) || !advance(request, RequestEvent::acted))
        return Error{Errc::request_expired};
    change.request = Change::RequestChange{request};
    change.activities.push_back(opened->activity(ActivityType::request_completed, origin));

    const auto committed = parts_.changes.commit(change);
    if (!committed) {
        // The same form sent twice: the other one did it, and its result is this one's.
        if (committed.error().code == Errc::already_answered) return look(id, session);
        return committed.error();
    }
    ++request.version;
    return proceeding(*opened);
}

}  // namespace latchkey
