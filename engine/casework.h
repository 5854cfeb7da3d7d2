#pragma once

#include "engine/conductor.h"

/// What the conductor, the enrollment desk and sign-in have in common: whom a conversation is
/// about, and what a turn's effects become.
namespace latchkey {

/// The person behind a request, if there is one, and all that they enrolled.
struct Person {
    std::optional<Account> account;
    std::vector<Enrollment> held;
};

/// Takes the same statements for a decoy's id.
Person person_of(const Parts& parts, const AccountId& account);

/// A request that was loaded, with what belongs to it.
struct Case {
    TimePoint now;
    ResetRequest request;
    std::shared_ptr<const Process> process;
    Person person;  // filled while verifying

    Activity activity(ActivityType type, const Origin& origin, std::string reason = {},
                      Json details = Json::object()) const;
};

/// A dialogue's turn on its way into the request.
struct Taken {
    Turn turn;
    Change change;           // what is committed with it, besides the request
    bool exhausted = false;  // the answer was the last one allowed
    bool fresh = false;      // what was proved is held for a short while only
};

/// Whom an identifier names, and why nobody if so.
struct Identified {
    std::optional<Account> account;  // a usable one
    AccountId id;                    // its id, or that of the decoy: the key of every counter (S04)
    std::string reason;              // for staff: "unknown", "ambiguous", "disabled", "other_group"
};

/// Looks a canonical identifier up by each of `kinds`. Takes as many statements for nobody as for
/// somebody (S02).
Identified identify(const Parts& parts, const std::string& canonical,
                    const std::vector<std::string>& kinds, const std::vector<std::string>& groups);

/// One person's side of one verification: what its dialogue may see.
struct Bench {
    const Verification* type = nullptr;
    const ConfiguredVerification* configured = nullptr;
    Subject subject;
    Json enrollment;                     // what the dialogue sees
    std::optional<Enrollment> stored;    // what the person really has
    decltype(Account::changed) changed;  // of what the subject has
    bool decoy = false;

    Situation situation(const Parts& parts, const Json& memory, const std::string& destination,
                        TimePoint now, const Delivery& delivery) const;
};

/// The stored enrollment as a turn leaves it.
Enrollment used(const Bench& bench, const Turn& turn, TimePoint now);

/// The person, if they can do the verification; otherwise a decoy for `identifier`.
Bench bench_for(const Parts& parts, const ConfiguredVerification& configured, const Person& person,
                const std::string& identifier, bool decoy);

/// Turns effects into messages and into the budgets that they must be reserved from.
void send(const Parts& parts, Change& change, const std::vector<Effect>& effects,
          const Bench& bench, const Message& draft);

/// What a dialogue with somebody who is signed in sends is like this: of the codes' lane, in the
/// language of the page, and worth nothing after `end`.
Message code_message(const Account& account, const Origin& origin, TimePoint now, TimePoint end);

/// Tells the account's owner on every channel on file, in the owner's language (S39, R22.1, R25.1).
/// `extra` are contacts that no longer are on file. Adds a "this was not me" link, which puts
/// enrollments back to what they were at `restores_to`, if there is one.
void notify_owner(const Parts& parts, Change& change, const Account& account,
                  const std::string& wording, const Json& data, const std::vector<Contact>& extra,
                  TimePoint now, std::optional<TimePoint> restores_to = {});

/// Every contact that the account's profile and these enrollments give.
std::vector<Contact> contacts_of(const Parts& parts, const Account& account,
                                 const std::vector<Enrollment>& enrollments);
std::vector<Contact> contacts_of(const Parts& parts, const Account& account);

/// The enrollment that was withdrawn: what its type keeps of it, and nothing that verifies.
Enrollment revoked(const Parts& parts, Enrollment held, TimePoint now);

/// Until when the account's owner stopped everything by "this was not me"; nothing: not stopped.
std::optional<TimePoint> frozen_until(const Parts& parts, const AccountId& account, TimePoint now);

/// The block that begins when the last failure is used up: longer than the one before it, unless
/// that one is forgotten.
Block next_block(const std::vector<Block>& blocks, const AccountId& account,
                 const std::string& verification, const Json& settings, Milliseconds forgotten,
                 TimePoint now);

Activity activity(ActivityType type, TimePoint at, const AccountId& account,
                  const RequestId& request, const Origin& origin, std::string reason = {},
                  Json details = Json::object());

}  // namespace latchkey
