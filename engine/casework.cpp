#include "engine/casework.h"

#include "engine/intake.h"

#include <algorithm>
#include <set>

namespace latchkey {
namespace {

constexpr Hours kNoticeIsSentFor{24};

}  // namespace

Identified identify(const Parts& parts, const std::string& canonical,
                    const std::vector<std::string>& kinds, const std::vector<std::string>& groups) {
    std::set<AccountId> found;
    for (const std::string& kind : kinds)
        found.merge([&] {
            const auto ids = parts.accounts.identify(kind, canonical);
            return std::set(ids.begin(), ids.end());
        }());

    Identified out;
    out.id = decoy_for(canonical, parts.accounts.decoy_shape(), parts.crypto).account;
    // Two people with one identifier are nobody, and so is one who may not use this (S07).
    out.account = parts.accounts.find(found.size() == 1 ? *found.begin() : out.id);
    if (!out.account) {
        out.reason = found.empty() ? "unknown" : "ambiguous";
        return out;
    }
    out.id = out.account->id;
    if (out.account->disabled)
        out.reason = "disabled";
    else if (!belongs_to(*out.account, groups))
        out.reason = "other_group";
    if (!out.reason.empty()) out.account.reset();
    return out;
}

Situation Bench::situation(const Parts& parts, const Json& memory, const std::string& destination,
                           TimePoint now, const Delivery& delivery) const {
    return {.subject = subject,
            .settings = configured->settings,
            .enrollment = enrollment,
            .state = memory,
            .destination = destination,
            .now = now,
            .delivery = delivery,
            .random = parts.random,
            .crypto = parts.crypto,
            .organisation = parts.organisation};
}

Enrollment used(const Bench& bench, const Turn& turn, TimePoint now) {
    Enrollment enrollment = bench.stored.value_or(Enrollment{.account = bench.subject.account,
                                                             .verification = bench.configured->name,
                                                             .source = "profile",
                                                             .changed_at = now});
    if (turn.enrollment) enrollment.data = *turn.enrollment;
    if (turn.verdict == Verdict::passed) enrollment.used_at = now;
    return enrollment;
}

Person person_of(const Parts& parts, const AccountId& account) {
    return {parts.accounts.find(account), parts.enrollments.of(account)};
}

Bench bench_for(const Parts& parts, const ConfiguredVerification& configured, const Person& person,
                const std::string& identifier, bool decoy) {
    Bench bench{.type = parts.registry.find(configured.type), .configured = &configured};
    if (!bench.type) throw Outage("the verification type " + configured.type + " is not installed");

    for (const Enrollment& enrollment : person.held) {
        if (enrollment.verification != configured.name) continue;
        const auto state = state_at(enrollment, configured.settings, parts.clock.now());
        if (counts(state, configured.settings)) bench.enrollment = enrollment.data;
        bench.stored = enrollment;
    }
    // Made for everybody: who is somebody must not be answered sooner (S02).
    Subject nobody = decoy_for(identifier, parts.accounts.decoy_shape(), parts.crypto);
    Json of_nobody = bench.type->decoy_enrollment(nobody, configured.settings, parts.crypto);
    if (!decoy && person.account && !person.account->disabled) {
        bench.subject = subject_of(*person.account);
        bench.changed = person.account->changed;
        if (bench.type->available(bench.subject, bench.enrollment, configured.settings))
            return bench;
    }
    // Nothing of the real person may shine through: not even how an unused address would look.
    bench.decoy = true;
    bench.subject = std::move(nobody);
    bench.enrollment = std::move(of_nobody);
    return bench;
}

void send(const Parts& parts, Change& change, const std::vector<Effect>& effects,
          const Bench& bench, const Message& draft) {
    const std::string& verification = bench.configured->name;
    for (const Effect& effect : effects) {
        if (const auto* tell = std::get_if<TellOwner>(&effect)) {
            const auto owner =
                bench.decoy ? std::nullopt : parts.accounts.find(bench.subject.account);
            if (owner)
                notify_owner(parts, change, *owner, tell->wording, tell->data, {},
                             draft.created_at);
            continue;
        }
        const auto& wanted = std::get<SendMessage>(effect);
        Message message = draft;
        message.id = MessageId{random_token(parts.random)};
        message.reference = random_reference(parts.random);
        message.channel = wanted.channel;
        message.to = wanted.to;
        message.wording = wanted.wording;
        message.data = wanted.data;
        message.decoy = bench.decoy;

        const auto key = [&](const std::string& what) {
            return sending_key(draft.account, verification, what);
        };
        const std::string day = wanted.limit_per_device ? "day/" + wanted.device : "day";
        const std::string again = "again/" + wanted.device;
        change.reserve.push_back({.key = key(again),
                                  .limit = 1,
                                  .window = wanted.not_again_for,
                                  .refusal = Errc::resend_too_soon});
        change.reserve.push_back({.key = key(day),
                                  .limit = wanted.per_day,
                                  .window = Hours{24},
                                  .refusal = Errc::daily_limit_reached});
        message.refunds = {key(again), key(day)};
        for (const SharedLimit& limit : wanted.shared) {
            const std::string shared = "sent/" + limit.name;
            change.reserve.push_back({.key = shared,
                                      .limit = limit.per_day,
                                      .window = Hours{24},
                                      .refusal = Errc::daily_limit_reached});
            message.refunds.push_back(shared);
        }
        change.messages.push_back(std::move(message));
    }
}

std::vector<Contact> contacts_of(const Parts& parts, const Account& account) {
    return contacts_of(parts, account, parts.enrollments.of(account.id));
}

std::vector<Contact> contacts_of(const Parts& parts, const Account& account,
                                 const std::vector<Enrollment>& enrollments) {
    const Subject subject = subject_of(account);
    const auto definitions = parts.processes.definitions();
    std::set<Contact> contacts;
    for (const auto& configured : definitions->verifications) {
        const Verification* type = parts.registry.find(configured.type);
        if (!type) continue;
        const auto held =
            std::ranges::find(enrollments, configured.name, &Enrollment::verification);
        const Json& data = held == enrollments.end() ? Json() : held->data;
        for (auto& contact : type->contacts(subject, data, configured.settings))
            contacts.insert(std::move(contact));
    }
    if (const std::string mail = subject.attribute("email"); !mail.empty())
        contacts.insert({"email", mail});
    return {contacts.begin(), contacts.end()};
}

void notify_owner(const Parts& parts, Change& change, const Account& account,
                  const std::string& wording, const Json& data, const std::vector<Contact>& extra,
                  TimePoint now, std::optional<TimePoint> restores_to) {
    std::set<Contact> contacts(extra.begin(), extra.end());
    for (auto& contact : contacts_of(parts, account)) contacts.insert(std::move(contact));

    const std::string token = random_token(parts.random);
    change.links.push_back({.digest = base32(parts.crypto.keyed_digest(KeyUse::link, {token})),
                            .account = account.id,
                            .expires_at = now + kRestorable,
                            .restores_to = restores_to});
    for (const Contact& contact : contacts) {
        Json content = data;
        content["link"] = token;
        content["restores"] = restores_to.has_value();
        content["at"] = millis(now);
        content["name"] = account.user_name;
        change.messages.push_back({.id = MessageId{random_token(parts.random)},
                                   .reference = random_reference(parts.random),
                                   .lane = Lane::notice,
                                   .channel = contact.channel,
                                   .to = contact.to,
                                   .wording = wording,
                                   .locale = account.locale,
                                   .data = std::move(content),
                                   .account = account.id,
                                   .created_at = now,
                                   .give_up_at = now + kNoticeIsSentFor});
    }
}

Message code_message(const Account& account, const Origin& origin, TimePoint now, TimePoint end) {
    return {.lane = Lane::code,
            .locale = origin.locale,
            .account = account.id,
            .created_at = now,
            .give_up_at = end};
}

Enrollment revoked(const Parts& parts, Enrollment held, TimePoint now) {
    const auto definitions = parts.processes.definitions();
    const auto* configured = find_verification(*definitions, held.verification);
    const Verification* type = configured ? parts.registry.find(configured->type) : nullptr;
    held.state = EnrollmentState::revoked;
    held.data = type ? type->remains(held.data) : Json();
    held.changed_at = now;
    return held;
}

std::optional<TimePoint> frozen_until(const Parts& parts, const AccountId& account, TimePoint now) {
    return blocked_until(parts.budgets.blocks(account), "", now);
}

Block next_block(const std::vector<Block>& blocks, const AccountId& account,
                 const std::string& verification, const Json& settings, Milliseconds forgotten,
                 TimePoint now) {
    const auto last = std::ranges::find(blocks, verification, &Block::verification);
    const auto level =
        next_level(last == blocks.end() ? std::nullopt : std::optional(*last), now, forgotten);
    const auto length = block_length(level, duration(settings, "limits.first_block"),
                                     duration(settings, "limits.longest_block"));
    return {account, verification, now + length, level, now};
}

Activity Case::activity(ActivityType type, const Origin& origin, std::string reason,
                        Json details) const {
    return latchkey::activity(type, now, request.account, request.id, origin, std::move(reason),
                              std::move(details));
}

Activity activity(ActivityType type, TimePoint at, const AccountId& account,
                  const RequestId& request, const Origin& origin, std::string reason,
                  Json details) {
    return {.type = type,
            .at = at,
            .actor = origin.actor,
            .account = account,
            .request = request,
            .channel = origin.channel,
            .network = origin.network,
            .reason = std::move(reason),
            .details = std::move(details)};
}

}  // namespace latchkey
