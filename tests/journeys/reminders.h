#pragma once

#include "engine/campaign_desk.h"
#include "engine/enrollment_desk.h"
#include "tests/journeys/world.h"
#include "tests/support/builders.h"
#include "tests/support/test_database.h"
#include "verifications/make_registry.h"

#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace latchkey {

/// Complete sentences for every id, in two languages.
class TwoLanguages final : public Phrasebook {
 public:
    std::vector<std::string> languages() const override { return {"en", "es"}; }
    Words say(const std::string& id) const override {
        const std::string names = " {about} {until} {address} {contact}";
        return {{"en", "A sentence: " + id + names}, {"es", "Una frase: " + id + names}};
    }
};

inline Json pin_definitions(const Json& pin_settings = {{"expires", true}}) {
    return DefinitionsBuilder()
        .setting("service_desk.contact", "extension 4357")
        .verification("email-code", "email_code")
        .verification("soft-pin", "soft_pin", pin_settings)
        .process("reset", {"email-code", "soft-pin"})
        .build();
}

/// People with Soft PINs that expire, and a desk that reminds them, on real stores.
class PinWorld : public OnBothDatabases {
 protected:
    using days = std::chrono::days;

    JourneyWorld world{*database, make_registry(), pin_definitions()};
    TwoLanguages phrases;
    CampaignDesk desk{world.parts, world.stores.campaigns, phrases};
    const Origin origin{.channel = "command", .actor = "command:test"};

    TimePoint now() const { return world.stores.clock.now(); }

    static AccountBuilder with_mail(const std::string& name) {
        return AccountBuilder(name).with("email", name + "@example.org");
    }

    /// Somebody with a PIN set so long ago, which ends in so long.
    Account add(const AccountBuilder& person, std::optional<Milliseconds> ends_in,
                Milliseconds set_ago = Hours{1}) {
        const Account account = world.stores.add(person.build());
        Enrollment pin{.account = account.id,
                       .verification = "soft-pin",
                       .data = {{"pins", {world.stores.crypto.hash_secret("480615")}}},
                       .source = "user",
                       .changed_at = now() - set_ago};
        if (ends_in) pin.expires_at = now() + *ends_in;
        world.stores.changes.commit({.enrollments = {pin}}).value();
        return account;
    }
    Account add(const std::string& name, std::optional<Milliseconds> ends_in) {
        return add(with_mail(name), ends_in);
    }
    void add_many(std::size_t count, Milliseconds ends_in) {
        for (std::size_t i = 0; i < count; ++i) add("p" + std::to_string(i), ends_in);
    }

    Enrollment pin_of(const AccountId& account) {
        return world.stores.enrollments.of(account).at(0);
    }

    /// All that there is to do now.
    void work(const std::string& worker = "host/1") {
        for (int step = 0; step < 100 && desk.work(worker); ++step) {
        }
    }

    /// Sends what is due; returns "account wording", and remembers it.
    std::vector<std::string> deliver(std::size_t count = 10000) {
        std::vector<std::string> list;
        while (list.size() < count) {
            const auto claimed = world.stores.messages.claim("w", 1, now(), Minutes{1});
            if (claimed.empty()) break;
            const Message& message = claimed.front().message;
            world.stores.messages.settle(message.id, "w", {Outcome::Kind::accepted, true, ""},
                                         now(), {});
            list.push_back(message.to.substr(0, message.to.find('@')) + " " + message.wording);
            ++got[message.account.text() + " " + message.wording];
            last = message;
        }
        return list;
    }

    std::map<std::string, int> got;  // how often whom was told what
    Message last;
};

/// The same with campaigns.
class CampaignWorld : public PinWorld {
 protected:
    static constexpr const char* kName = "soft-pin";  // the campaign that is there by itself

    CampaignView look(const std::string& name = kName) { return desk.look(name).value(); }

    /// Nobody was told the same thing more than once.
    void expect_nobody_twice() {
        for (const auto& [what, times] : got) EXPECT_EQ(times, 1) << what;
    }

    /// One that asks people to enroll.
    static Json drive(std::int64_t every_days = 0) {
        return {{"name", "drive"},
                {"kind", "enrollment"},
                {"about", "reset"},
                {"deadline", "2026-01-21"},
                {"every_days", every_days}};
    }
};

}  // namespace latchkey
