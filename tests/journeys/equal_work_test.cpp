// Whoever a stranger names, every call costs the same statements, slow hashes and messages (S02).
#include "tests/journeys/factors.h"
#include "tests/support/builders.h"
#include "tests/support/test_database.h"
#include "verifications/make_registry.h"

#include <gtest/gtest.h>
#include <functional>
#include <map>

namespace latchkey {
namespace {

/// What one call costs.
struct Cost {
    std::int64_t statements = 0;
    std::int64_t hashes = 0;
    std::int64_t messages = 0;
    bool operator==(const Cost&) const = default;
    friend void PrintTo(const Cost& cost, std::ostream* out) {
        *out << cost.statements << " statements, " << cost.hashes << " hashes, " << cost.messages
             << " messages";
    }
};

class EqualWork : public OnBothDatabases {
 protected:
    void SetUp() override {
        const auto with_mail = [](const std::string& name) {
            return AccountBuilder(name).with("email", name + "@example.org");
        };
        for (const char* name : {"amy", "ben", "cleo"}) world.stores.add(with_mail(name).build());
        world.stores.add(with_mail("disabled").disabled().build());
        world.stores.add(AccountBuilder("unenrolled").build());
    }

    template <class Call>
    Cost cost(Call call) {
        const Query count{"SELECT COUNT(*) FROM message"};
        const auto messages = world.stores.number(count);
        const auto statements = database->statements();
        const auto hashes = world.stores.crypto.hashes();
        call();
        const auto after = database->statements();
        return {after - statements, world.stores.crypto.hashes() - hashes,
                world.stores.number(count) - messages};
    }

    /// A stranger's way through everything that is open to one who has no proof.
    std::map<std::string, Cost> way_of(const std::string& identifier) {
        const RequestId id{"request-of-" + identifier};
        const SessionId session{"browser-of-" + identifier};
        std::map<std::string, Cost> costs;
        std::string destination;
        costs["1 begin"] = cost([&] {
            const auto begun = world.conductor.begin({"reset", identifier, id, session}, {});
            ASSERT_TRUE(begun);
            const auto& places = begun->offers.at(0).destinations;
            destination = places.empty() ? "" : places.at(0).id;
        });
        const auto succeeds = [](const auto& result) { EXPECT_TRUE(result); };
        costs["2 choose"] =
            cost([&] { succeeds(world.conductor.choose(id, session, "mail", destination, {})); });
        costs["3 look"] = cost([&] { succeeds(world.conductor.look(id, session)); });
        for (const char* step : {"4 first wrong answer", "5 second wrong answer"})
            costs[step] = cost([&] {
                succeeds(world.conductor.reply(id, session, "mail", {{"code", "000000"}}, {}, {}));
            });
        costs["6 another way"] = cost([&] { succeeds(world.conductor.another_way(id, session)); });
        costs["7 act"] = cost([&] {
            const Secret password("violet kettle seven oceans");
            EXPECT_FALSE(world.conductor.act(id, session, password, {}));
        });
        costs["8 last wrong answer"] = cost([&] {
            succeeds(world.conductor.reply(id, session, "mail", {{"code", "000000"}}, {}, {}));
        });
        costs["9 begin again while blocked"] = cost([&] {
            const RequestId second{id.text() + "-2"};
            succeeds(world.conductor.begin({"reset", identifier, second, session}, {}));
        });
        return costs;
    }

    JourneyWorld world{*database, make_registry(),
                       DefinitionsBuilder()
                           .verification("mail", "email_code")
                           .process("reset", {"mail"}, {{"identify_by", {"user_name"}}})
                           .build()};
};

TEST_P(EqualWork, ForEverybodyAndNobody) {
    way_of("cleo");  // the first one fills the caches
    const auto known = way_of("amy");
    for (const auto& [call, cost] : known) EXPECT_GT(cost.statements, 0) << call;
    for (const char* stranger : {"ben", "disabled", "unenrolled", "nobody"})
        EXPECT_EQ(way_of(stranger), known) << stranger;
}

/// Verifications of which everybody holds others.
class EqualWorkOfFactors : public FactorTest {
 protected:
    Cost cost(const std::function<void()>& call) {
        const Query count{"SELECT COUNT(*) FROM message"};
        const auto messages = world.stores.number(count);
        const auto statements = database->statements();
        const auto hashes = world.stores.crypto.hashes();
        call();
        return {database->statements() - statements, world.stores.crypto.hashes() - hashes,
                world.stores.number(count) - messages};
    }

    /// What a stranger sees and costs who tries everything that the process offers.
    std::pair<std::map<std::string, Cost>, Json> way_of(const std::string& name) {
        std::map<std::string, Cost> costs;
        Json seen = Json::array();
        const auto look_at = [&](const Result<Proceeding>& at) {
            if (!at) {
                seen.push_back(static_cast<int>(at.error().code));
                return;
            }
            for (const auto& offer : at->offers) seen.push_back(offer.verification);
            for (const auto& step : at->request.steps) seen.push_back(step.prompt);
            seen.push_back(at->proofs_missing);
            seen.push_back(at->attempts_left);
        };
        costs["begin"] = cost([&] { look_at(begin("any-two", name)); });
        for (const auto& [verification, raw] :
             std::map<std::string, RawAnswers>{{"pin", {{"pin", kWrongPin}}},
                                               {"app", {{"code", "000000"}}},
                                               {"codes", {{"code", "0000-0000-0000-0000"}}}}) {
            const std::string& chosen = verification;
            const RawAnswers& typed = raw;
            costs[chosen + " chosen"] =
                cost([&] { look_at(world.conductor.choose(request, session, chosen, "", {})); });
            for (const char* wrong : {" wrong", " wrong again", " wrong the last time"})
                costs[chosen + wrong] = cost([&] {
                    look_at(world.conductor.reply(request, session, chosen, typed, {}, {}));
                });
        }
        costs["begin again"] = cost([&] { look_at(begin("any-two", name)); });
        return {costs, seen};
    }
};

TEST_P(EqualWorkOfFactors, WhicheverOfThemAreHeld) {
    const auto optional = [](const char* name) {
        return Json{{"verification", name}, {"required", false}};
    };
    const auto definitions =
        factor_definitions()
            .process("any-two", {},
                     {{"verifications",
                       {optional("mail"), optional("app"), optional("pin"), optional("codes")}},
                      {"optional_needed", 2}})
            .build();
    world.define(definitions);
    const Account with_app = add("with-app");
    const Account with_pin = add("with-pin");
    add("with-nothing");
    enroll_app(with_app);
    ASSERT_TRUE(choose_pin(with_pin, kPin).empty());
    way_of("nobody-else");  // the first one fills the caches
    const auto known = way_of("with-app");
    for (const char* name : {"with-pin", "with-nothing", "nobody"}) {
        const auto other = way_of(name);
        EXPECT_EQ(other.first, known.first) << name;
        EXPECT_EQ(other.second, known.second) << name;
    }
}

ON_BOTH_DATABASES(EqualWork);
ON_BOTH_DATABASES(EqualWorkOfFactors);

}  // namespace
}  // namespace latchkey
