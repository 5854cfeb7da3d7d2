#pragma once

#include "engine/enrollment_desk.h"
#include "engine/notice_desk.h"
#include "tests/journeys/world.h"
#include "tests/support/builders.h"
#include "tests/support/test_database.h"
#include "verifications/make_registry.h"
#include "verifications/totp.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

namespace latchkey {

inline constexpr const char* kPin = "480615";
inline constexpr const char* kWrongPin = "903618";

inline DefinitionsBuilder factor_definitions() {
    const auto optional = [](const char* name) {
        return Json{{"verification", name}, {"required", false}};
    };
    return DefinitionsBuilder()
        .verification("mail", "email_code")
        .verification("app", "authenticator")
        .verification("pin", "soft_pin", {{"wrong_in_a_row", 4}})
        .verification("codes", "recovery_codes")
        .setting("limits.answers_per_day", 100)
        .process(
            "reset", {"mail"},
            {{"verifications", {{{"verification", "mail"}}, optional("app"), optional("codes")}}})
        .process("app-alone", {"app"})
        .process("two", {"mail", "pin"})
        .process("sheet", {"mail", "codes"});
}

/// Somebody with an address in the profile, and everything that can be done about verifications.
class FactorTest : public OnBothDatabases {
 protected:
    Account add(const std::string& name) {
        return world.stores.add(AccountBuilder(name).with("email", name + "@example.org").build(),
                                "a password of old");
    }

    /// What was put into the outbox since the last look, newest last.
    std::vector<Message> sent() {
        std::vector<Message> messages;
        for (auto& claimed :
             world.stores.messages.claim("test", 100, world.stores.clock.now(), Hours{1000}))
            messages.push_back(std::move(claimed.message));
        return messages;
    }
    std::string code_sent() {
        std::string code;
        for (const Message& message : sent()) code = message.data.value("code", code);
        return code;
    }

    std::string app_code(const std::string& key) const {
        return hotp(world.stores.crypto, key_bytes(key),
                    static_cast<std::uint64_t>(time_step(world.stores.clock.now())));
    }

    /// Pairs another app; returns its key.
    std::string enroll_app(const Account& account, const std::string& replaces = {}) {
        const auto draft = desk.open(account, "app", replaces, "mail", {});
        const auto key = draft.value().memory.at("key").get<std::string>();
        EXPECT_FALSE(desk.reply(account, "app", {{"code", app_code(key)}}, {}).value());
        world.stores.clock.advance(kTimeStep);  // the code that paired it is used up
        return key;
    }
    std::vector<Problem> choose_pin(const Account& account, const std::string& pin) {
        desk.open(account, "pin", "", "mail", {}).value();
        const auto turn = desk.reply(account, "pin", {{"pin", pin}, {"again", pin}}, {}).value();
        return turn ? turn->problems : std::vector<Problem>{};
    }

    std::optional<Enrollment> held(const Account& account, const std::string& verification) {
        for (auto& enrollment : world.stores.enrollments.of(account.id))
            if (enrollment.verification == verification) return enrollment;
        return {};
    }
    FactorState state(const Account& account, const std::string& verification) {
        for (const auto& entry : desk.overview(account))
            if (entry.verification.name == verification) return entry.state;
        throw std::logic_error("not on the page: " + verification);
    }

    // A request of its own for each call of begin().
    Proceeding begin(const std::string& process, const std::string& name) {
        request = RequestId{"request-" + std::to_string(++requests)};
        return world.conductor.begin({process, name, request, session}, {}).value();
    }
    Result<Proceeding> answer(const std::string& verification, const RawAnswers& raw) {
        const auto opened = world.conductor.choose(request, session, verification, "", {});
        if (!opened) return opened;
        return world.conductor.reply(request, session, verification, raw, {}, {});
    }
    Proceeding pass_mail() {
        world.conductor.choose(request, session, "mail", "profile", {}).value();
        return world.conductor.reply(request, session, "mail", {{"code", code_sent()}}, {}, {})
            .value();
    }
    /// In a browser of its own.
    Result<std::optional<EnrollmentDraft>> try_answer(const Account& account,
                                                      const std::string& verification,
                                                      const RawAnswers& raw) {
        const std::string browser = "tries " + std::to_string(++browsers);
        return trials.reply(account, verification, raw,
                            {.id = SessionId{browser}, .digest = browser}, {});
    }
    Proceeding look() { return world.conductor.look(request, session).value(); }
    Result<Proceeding> act() {
        return world.conductor.act(request, session, Secret("violet kettle seven oceans"), {});
    }

    static std::vector<std::string> names(const std::vector<Proceeding::Offer>& offers) {
        std::vector<std::string> out;
        for (const auto& offer : offers) out.push_back(offer.verification);
        return out;
    }

    JourneyWorld world{*database, make_registry(), factor_definitions().build()};
    EnrollmentDesk desk{world.parts};
    TrialDesk trials{world.parts};
    NoticeDesk notices{world.parts, world.stores.links};
    SessionId session{"browser"};
    RequestId request;
    int requests = 0;
    int browsers = 0;
};

}  // namespace latchkey
