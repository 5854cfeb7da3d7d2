#pragma once

#include "engine/crypto.h"
#include "engine/ids.h"
#include "engine/time.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

/// A person in the user table.
struct Account {
    AccountId id;
    std::string user_name;
    bool disabled = false;
    std::string locale;  // preferred language tag, or empty
    std::vector<std::string> groups;
    std::vector<std::string> roles;
    /// email, phone, given_name, family_name, display_name, employee_number and what else was
    /// imported.
    std::map<std::string, std::string, std::less<>> attributes;
    /// When attributes changed last, of those that did since the account was added.
    std::map<std::string, TimePoint, std::less<>> changed = {};
    std::int64_t version = 0;

    bool operator==(const Account&) const = default;
};

/// Is the account in one of `groups`? None means everybody.
bool belongs_to(const Account& account, const std::vector<std::string>& groups);

/// Whom a dialogue talks about: the account as known now, or a decoy made from the typed name.
/// Nothing here tells the two apart, so no dialogue can (S03).
struct Subject {
    AccountId account;
    std::string user_name;
    std::map<std::string, std::string, std::less<>> attributes;

    /// Empty if the person has no such attribute.
    std::string attribute(std::string_view name) const;
};

Subject subject_of(const Account& account);

/// How this installation's people look from outside, so that decoys look like them: which mail
/// domains occur how often, and whether addresses begin like user names.
struct DecoyShape {
    std::map<std::string, std::int64_t> mail_domains;  // domain to number of people; may be empty
    bool mail_begins_like_name = true;
};

/// The canonical form in which identifiers are looked up and counted (S04); nothing if it cannot be
/// anybody's: empty, longer than 256 code points, control characters, invalid UTF-8.
std::optional<std::string> canonical_identifier(std::string_view typed);

/// The person that a name nobody has would be: the same for the same name at any time and on every
/// node (S03, R9.2). `canonical` is from canonical_identifier.
Subject decoy_for(std::string_view canonical, const DecoyShape& shape, const Crypto& crypto);

}  // namespace latchkey
