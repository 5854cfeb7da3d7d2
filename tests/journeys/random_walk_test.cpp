// Every call in every order, by its owner and by others, compared with the model after each one
// (S09, S12, S13, S31): whatever is done, a password changes only after every proof. LATCHKEY_STEPS
// says how many calls there are for each database.
#include "tests/journeys/reference_model.h"
#include "tests/journeys/world.h"
#include "tests/support/builders.h"
#include "tests/support/test_database.h"

#include <gtest/gtest.h>
#include <cstdlib>

namespace latchkey {
namespace {

const std::vector<std::string> kVerifications{"first", "second"};
constexpr int kSteps = 5000;
constexpr int kStepsOfAPair = 120;
constexpr std::size_t kRequests = 3;  // of one person, side by side

Json two_words() {
    return DefinitionsBuilder()
        .verification("first", "word")
        .verification("second", "other")
        .setting("limits.requests_per_day", 100)
        .setting("limits.answers_per_day", 100)
        .process("reset", kVerifications,
                 {{"identify_by", {"user_name"}}, {"password", {{"history", 0}}}})
        .build();
}

/// One person in a browser, their requests, and what should have come of them.
class Walker {
 public:
    Walker(JourneyWorld& world, int number)
        : world_(world),
          chance_(static_cast<std::uint64_t>(number) * 1000),
          name_("walker" + std::to_string(number)),
          session_("the browser of " + name_),
          account_(world.stores.add(AccountBuilder(name_).build(), kBefore)),
          model_(kVerifications, world.stores.clock.now()) {
        begin();
    }

    /// Some call, or one of `other` who meddles with these requests.
    void step(const Walker& other) {
        trace_ += "\n  ";
        const std::size_t at = chance_.below(model_.requests.size());
        auto& expected = model_.requests[at];
        const RequestId id = id_of(at);
        const std::string& verification = kVerifications[chance_.below(kVerifications.size())];
        const auto call = [&](const std::string& what) {
            trace_ += what + " of request " + std::to_string(at);
        };
        switch (chance_.below(14)) {
            case 0:
                if (model_.requests.size() < kRequests) begin();
                break;
            case 1:
            case 2:
            case 3:
                call("choose " + verification);
                model_.choose(expected, verification);
                (void)conductor().choose(id, session_, verification, "", {});
                break;
            case 4:
            case 5:
            case 6:
                reply(at, verification, true);
                break;
            case 7:
                reply(at, verification, false);
                break;
            case 8:
                call("another way");
                model_.another_way(expected);
                (void)conductor().another_way(id, session_);
                break;
            case 9:
                call("extend");
                model_.extend(expected);
                (void)conductor().extend(id, session_, {});
                break;
            case 10:
                act(at);
                break;
            case 11:
                advance();
                break;
            case 12:
                intrude(other, at, verification);
                break;
            default:
                if (chance_.below(4) != 0) return advance();
                call("cancel");
                model_.cancel(expected);
                (void)conductor().cancel(id, session_, {});
        }
    }

    void compare() {
        model_.move_to(world_.stores.clock.now());
        for (std::size_t at = 0; at < model_.requests.size(); ++at) {
            const auto& expected = model_.requests[at];
            const auto seen = conductor().look(id_of(at), session_);
            ASSERT_TRUE(seen) << trace_;
            EXPECT_EQ(name(seen->request.state), name(expected.state)) << at << trace_;
            if (expected.runs()) {
                EXPECT_EQ(seen->request.current, expected.current) << at << trace_;
                EXPECT_EQ(seen->request.expires_at, expected.expires_at) << at << trace_;
            }
            for (const auto& [verification, step] : expected.steps) {
                const StepState state = seen->request.step(verification)->state;
                EXPECT_EQ(state == StepState::passed, step.passed) << at << trace_;
                EXPECT_EQ(state == StepState::failed, step.failed) << at << trace_;
                EXPECT_EQ(state == StepState::asking, step.takes_answers()) << at << trace_;
            }
        }
        const std::string password = model_.password.empty() ? kBefore : model_.password;
        EXPECT_TRUE(world_.stores.credentials.sign_in(account_.id, Secret(password))) << trace_;
    }

 private:
    static constexpr const char* kBefore = "the password before it all";

    void begin() {
        trace_ += "begin";
        model_.begin();
        const RequestId id = id_of(model_.requests.size() - 1);
        ASSERT_TRUE(conductor().begin({"reset", name_, id, session_}, {}));
    }

    void reply(std::size_t at, const std::string& verification, bool right) {
        trace_ += std::string("reply ") + (right ? "right" : "wrong") + " to " + verification +
                  " of request " + std::to_string(at);
        auto& expected = model_.requests[at];
        const auto before = blocked_until(verification);
        (void)conductor().reply(id_of(at), session_, verification,
                                {{"word", right ? "open sesame" : "close sesame"}}, {}, {});
        const TimePoint after = blocked_until(verification);
        // How long a block lasts is the subject of attempts_test; that there is a new one is ours.
        model_.reply(expected, verification, right,
                     after > before ? after : world_.stores.clock.now() + Hours{1000});
    }

    void act(std::size_t at) {
        const bool acceptable = chance_.below(3) != 0;
        const std::string chosen =
            acceptable ? "violet kettle oceans " + std::to_string(chance_.below(1000)) : "short";
        trace_ += "act on request " + std::to_string(at) + " with " + chosen;
        model_.act(model_.requests[at], chosen, acceptable);
        (void)conductor().act(id_of(at), session_, Secret(chosen), {});
    }

    void advance() {
        const Minutes by{static_cast<std::int64_t>(chance_.below(9))};
        trace_ += std::to_string(by.count()) + " minutes pass";
        world_.stores.clock.advance(by);
    }

    /// Another browser that knows the request's id: it learns nothing and changes nothing.
    void intrude(const Walker& stranger, std::size_t at, const std::string& verification) {
        trace_ += stranger.name_ + " tries request " + std::to_string(at);
        const SessionId& other = stranger.session_;
        const RequestId id = id_of(at);
        const auto refused = [](const auto& result) {
            ASSERT_FALSE(result);
            EXPECT_EQ(result.error().code, Errc::unknown_request);
        };
        refused(conductor().look(id, other));
        refused(conductor().choose(id, other, verification, "", {}));
        refused(conductor().reply(id, other, verification, {{"word", "open sesame"}}, {}, {}));
        refused(conductor().another_way(id, other));
        refused(conductor().extend(id, other, {}));
        refused(conductor().cancel(id, other, {}));
        refused(conductor().act(id, other, Secret("violet kettle oceans 1"), {}));
        refused(conductor().begin({"reset", name_, id, other}, {}));
    }

    TimePoint blocked_until(const std::string& verification) {
        for (const Block& block : world_.stores.budgets.blocks(account_.id))
            if (block.verification == verification) return block.until;
        return {};
    }

    RequestId id_of(std::size_t at) const {
        return RequestId{name_ + "-request-" + std::to_string(at)};
    }
    Conductor& conductor() { return world_.conductor; }

    JourneyWorld& world_;
    CountingRandom chance_;
    std::string name_;
    SessionId session_;
    Account account_;
    ReferenceModel model_;
    std::string trace_;
};

using RandomWalks = OnBothDatabases;

TEST_P(RandomWalks, EndWhereTheModelEnds) {
    JourneyWorld world(*database, stub_registry(), two_words());
    const char* wanted = std::getenv("LATCHKEY_STEPS");
    const int steps = wanted ? std::atoi(wanted) : kSteps;
    CountingRandom turns;
    for (int i = 0; i * kStepsOfAPair < steps; ++i) {
        Walker one(world, 2 * i);
        Walker two(world, 2 * i + 1);
        for (int call = 0; call < kStepsOfAPair && !HasFailure(); ++call) {
            turns.below(2) == 0 ? one.step(two) : two.step(one);
            one.compare();
            two.compare();
        }
    }
}

ON_BOTH_DATABASES(RandomWalks);

}  // namespace
}  // namespace latchkey
