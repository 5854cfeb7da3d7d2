#pragma once

#include "tests/support/stub_verification.h"

#include <vector>

namespace latchkey {

/// The table of product.md section 2, row by row, with what each type rests on: the oracle for what
/// the types say of themselves and for the rules that combine them.
inline std::vector<VerificationType> type_table() {
    using enum Assurance;
    using Alone = Standing::Alone;
    const auto row = [](const char* id, Assurance level, Standing standing,
                        std::vector<Asset> assets, bool public_use = true) {
        return VerificationType{.id = id,
                                .name = {std::string(id) + ".name", {}},
                                .assurance = level,
                                .standing = standing,
                                .assets = std::move(assets),
                                .public_use = public_use};
    };
    return {
        row("authenticator", high, {Alone::yes, true, true}, {Asset::authenticator}),
        row("push", high, {Alone::yes, true, true}, {Asset::authenticator}),
        row("soft_pin", medium, {Alone::only_to_verify, true, true}, {Asset::memorised_secret}),
        row("email_code", medium, {Alone::with_warning, true, true}, {Asset::mailbox}),
        row("sms_code", medium, {Alone::no, false, true}, {Asset::phone_number}),
        row("security_questions", low, {Alone::no, true, false}, {Asset::memorised_secret}),
        row("personal_data", none, {Alone::no, false, false}, {Asset::public_facts}),
        row("personal_data_confirmation", none, {Alone::no, false, false},
            {Asset::public_facts, Asset::service_desk_agent}, false),
        row("recovery_codes", high, {Alone::no, true, true}, {Asset::recovery_codes}),
    };
}

/// All of them, as stubs.
inline Registry registry_of_table() {
    Registry registry;
    for (auto& type : type_table()) registry.add(make_stub(std::move(type)));
    return registry;
}

}  // namespace latchkey
