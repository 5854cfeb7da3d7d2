#pragma once

#include "engine/answers.h"
#include "engine/assurance.h"
#include "engine/crypto.h"
#include "engine/effect.h"
#include "engine/prompt.h"
#include "engine/random.h"
#include "engine/result.h"
#include "engine/settings.h"
#include "engine/subject.h"

#include <optional>
#include <string>
#include <vector>

namespace latchkey {

enum class Verdict {
    ask,      // show the prompt and wait for answers
    wait,     // show the prompt and wait for a signal from outside
    passed,   // proved; for an enrollment: finished
    refused,  // a wrong answer; the engine decides whether the prompt is shown again
};

/// What a dialogue wants to happen next. Everything in it is committed together.
struct Turn {
    Verdict verdict = Verdict::refused;   // a forgotten outcome fails closed
    Prompt prompt = {};                   // without a title: the one before stays
    Json state = {};                      // this dialogue's memory, sealed at rest
    std::optional<Json> enrollment = {};  // replaces what is kept for the account
    std::vector<Effect> effects = {};
    std::vector<Problem> problems = {};  // why the last answer was not taken
    /// Until when at most an enrollment's memory is kept (S30); nothing: as long as any other.
    std::optional<TimePoint> forget_at = {};
    /// What was proved, where the person holds several things: its id among the enrollment's items.
    std::string item = {};
};

/// How far the last message of this dialogue has come.
struct Delivery {
    enum class State { none, queued, accepted, delayed, refused };
    State state = State::none;               // as anyone may see it
    TimePoint at{};                          // when it reached that state
    std::optional<TimePoint> accepted_at{};  // when the peer really took it, if it did
};

/// News from outside: a push was approved, a webhook answered.
struct Signal {
    std::string name;
    Json payload;
};

/// All that a dialogue may know. It has nowhere else to look.
struct Situation {
    const Subject& subject;
    const Json& settings;    // of the configured verification, complete: defaults are filled in
    const Json& enrollment;  // null if there is none
    const Json& state;       // what the last turn left; null at open()
    std::string
        destination;  // the id of the chosen destination; empty if there is nothing to choose
    TimePoint now;
    Delivery delivery;
    Random& random;
    const Crypto& crypto;
    std::string_view organisation = {};  // as its people know it; may be empty
};

/// A conversation with one person about one thing. Stateless and without I/O: what it must
/// remember, it returns. One object serves all requests on all threads.
class Dialogue {
 public:
    virtual ~Dialogue() = default;

    /// The shape of the prompt that takes the answer, for previews and to tell whether a channel
    /// can ask it. Has no effects and knows nobody.
    virtual Prompt outline(const Json& settings) const = 0;

    virtual Turn open(const Situation& situation) const = 0;
    virtual Turn reply(const Situation& situation, const Answers& answers) const = 0;

    /// A dialogue that only listens to the person goes on asking: nothing changes.
    virtual Turn signal(const Situation& situation, const Signal& news) const;
};

/// One of several addresses or devices that a challenge can go to. `label` is masked.
struct Destination {
    std::string id;
    Text label;
};

/// A channel and an address that belong to the account's owner.
struct Contact {
    std::string channel;
    std::string to;

    auto operator<=>(const Contact&) const = default;
};

/// What must hold before people find the page on which they enroll a type, as keys of product
/// settings. It concerns enrolling alone: what is enrolled goes on verifying.
struct EnrollmentGate {
    std::string installed;  // false: there is no such page
    std::string enabled;    // false: it is hidden, and whoever knows its address reads `closed`
    Text closed;
};

/// What a reminder says of a type whose enrollments can expire.
struct ExpiryWords {
    Text why;        // what it is for
    Text otherwise;  // what stops when it has expired, and what does not
};

/// What is true of a type whoever uses it. Drives validation, the administrators' forms and the
/// API.
struct VerificationType {
    std::string id;  // stored in processes, enrollments and activity: never renamed
    Text name;
    Assurance assurance = Assurance::none;
    Standing standing = {};                // what it may carry, alone and combined
    std::vector<Asset> assets = {};        // what an attacker needs to pass it
    std::vector<Setting> settings = {};    // of a configured verification
    std::vector<Setting> properties = {};  // more product settings; keys begin with the type's id
    std::optional<EnrollmentGate> gate = {};     // nothing: people can always enroll it
    std::optional<Asset> proof_to_replace = {};  // rests on this; asked for before a replacement
    std::optional<ExpiryWords> expiry = {};      // with lifetime_settings() among the settings
    Text renew = {"enrollment.renew", {}};       // the button that replaces all that is held
    bool sends = false;      // its challenge begins with a message: asked for explicitly
    bool public_use = true;  // may stand in a process with public access
    /// There it is offered only once another verification proved something (S23): before that it
    /// would show strangers what a person enrolled, or tell them whether the person exists.
    bool after_a_proof = false;
};

class Intake;  // intake.h

/// A way of verifying someone. Adding one: verifications/README.md.
class Verification {
 public:
    virtual ~Verification() = default;
    virtual const VerificationType& type() const = 0;

    /// What is wrong with settings that are right one by one. Pointers begin with `pointer`.
    virtual std::vector<Problem> settings_faults(const Json& /*settings*/,
                                                 const std::string& /*pointer*/) const {
        return {};
    }

    /// Can this person do it now? `enrollment` is null if there is none.
    virtual bool available(const Subject& subject, const Json& enrollment,
                           const Json& settings) const = 0;

    virtual const Dialogue& challenge() const = 0;

    /// What the person picks from before the challenge opens; empty if there is nothing to pick.
    virtual std::vector<Destination> destinations(const Subject&, const Json& /*enrollment*/,
                                                  const Json& /*settings*/) const {
        return {};
    }

    /// Null for types that need no enrollment.
    virtual const Dialogue* enrollment() const { return nullptr; }

    /// How enrollments come from files and go to them; null: not at all.
    virtual const Intake* intake() const { return nullptr; }

    /// An enrollment that looks real and that no answer satisfies, for a decoy; null if its profile
    /// alone looks real enough. The same for the same subject at any time.
    virtual Json decoy_enrollment(const Subject&, const Json& /*settings*/, const Crypto&) const {
        return nullptr;
    }

    /// What is kept of an enrollment that ended, so that rules about former ones hold on; null:
    /// nothing. It verifies nobody, and stands before the enrollment dialogue when it begins anew.
    virtual Json remains(const Json& /*enrollment*/) const { return nullptr; }

    /// What its owner reads about it on the account's page, such as how much is left; empty:
    /// nothing.
    virtual Text summary(const Json& /*enrollment*/) const { return {}; }

    /// Where a notice about the account can reach its owner.
    virtual std::vector<Contact> contacts(const Subject&, const Json& /*enrollment*/,
                                          const Json& /*settings*/) const {
        return {};
    }
};

}  // namespace latchkey
