#pragma once

#include "engine/settings.h"
#include "engine/subject.h"
#include "engine/verification.h"

#include <memory>
#include <string>
#include <vector>

namespace latchkey {

/// Something that stands in a person's profile, as the setting "attributes" names it.
struct ProfileFact {
    std::string attribute;  // "user_name", "employee_number", …
    FieldKind kind = FieldKind::text;
    Text label;
};

/// The setting "attributes" with `attribute` as its default, and what it holds.
Setting profile_facts_setting(const char* attribute);
std::vector<ProfileFact> profile_facts(const Json& settings);

/// An attribute that the catalogs do not name needs a label.
std::vector<Problem> profile_facts_faults(const Json& settings, const std::string& pointer);

/// Empty if the person's profile does not have it.
std::string value_of(const ProfileFact& fact, const Subject& subject);

/// True if the profile has all of them, or for a decoy, whose profile holds next to nothing.
bool has_facts(const Subject& subject, const Json& enrollment, const Json& settings);

/// A type that rests on these facts; only its dialogue differs from others.
std::unique_ptr<Verification> make_facts_verification(VerificationType type,
                                                      std::unique_ptr<Dialogue> challenge);

/// What a decoy holds in place of a profile. Real people have no enrollment of these types.
Json facts_of_nobody();

}  // namespace latchkey
