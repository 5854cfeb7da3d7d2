#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

/// How sure a passed verification makes us (product.md section 2). Ordered.
enum class Assurance { none, low, medium, high, multi_factor };

std::string_view name(Assurance level);
std::optional<Assurance> assurance_named(std::string_view name);

/// What an attacker has to hold or know. A verification that rests on two assets needs both.
enum class Asset {
    mailbox,
    phone_number,
    authenticator,
    memorised_secret,
    recovery_codes,
    public_facts,
    service_desk_agent,
    remote_service,
};

std::string_view name(Asset asset);

/// What a type may carry. `alone`: a whole process. In a combination one verification must be fit
/// to be the first of two and another to be the second.
struct Standing {
    enum class Alone { no, only_to_verify, with_warning, yes };
    Alone alone = Alone::no;
    bool first_of_two = false;
    bool second_of_two = false;
};

/// What the rules below need to know of one verification of a process.
struct Factor {
    std::string type;  // two of one type are one proof, however they are configured
    Assurance assurance = Assurance::none;
    Standing standing;
    std::vector<Asset> assets;
    bool required = true;
};

/// What passing exactly these verifications proves: the highest single level, or multi_factor where
/// two of at least medium assurance rest on different kinds of thing (known and held).
Assurance combined_assurance(const std::vector<Factor>& passed);

/// The minimal ways through: all required ones and each choice of `optional_needed` of the others,
/// as indexes into `factors`.
std::vector<std::vector<std::size_t>> ways_through(const std::vector<Factor>& factors,
                                                   std::size_t optional_needed);

/// The smallest sets of assets that open a process: none contains another. An attacker needs one of
/// them.
std::set<std::set<Asset>> opening_sets(const std::vector<Factor>& factors,
                                       std::size_t optional_needed);

/// May these verifications together carry a process? `sensitive`: it changes something.
/// `with_warning` if only with the administrator's eyes open.
Standing::Alone may_carry(const std::vector<Factor>& passed, bool sensitive);

}  // namespace latchkey
