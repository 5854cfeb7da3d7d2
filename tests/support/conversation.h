#pragma once

#include "engine/verification.h"
#include "tests/support/counting_random.h"
#include "tests/support/fixed_clock.h"
#include "tests/support/plain_crypto.h"

#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

namespace latchkey {

/// Time, chance and keys for the conversations of one test.
struct World {
    FixedClock clock;
    CountingRandom random;
    PlainCrypto crypto;
};

/// A dialogue with one person as the engine leads it: answers pass check_answers, and whatever a
/// turn leaves is kept as text until the next one.
class Conversation {
 public:
    Conversation(World& world, const Dialogue& dialogue, Subject subject, Json settings,
                 Json enrollment)
        : world_(world),
          dialogue_(dialogue),
          subject_(std::move(subject)),
          settings_(std::move(settings)),
          enrollment_(std::move(enrollment)) {}

    Turn open(const std::string& destination = {}) {
        destination_ = destination;
        state_ = nullptr;
        return keep(dialogue_.open(situation()));
    }

    Turn reply(const RawAnswers& raw) {
        const auto answers = check_answers(prompt_, raw);
        EXPECT_TRUE(answers) << Json(prompt_).dump(1) << testing::PrintToString(raw);
        return keep(dialogue_.reply(situation(), *answers));
    }

    Turn signal(const Signal& news) { return keep(dialogue_.signal(situation(), news)); }

    /// The last message was taken by its peer, now.
    void message_accepted() {
        delivery_ = {.state = Delivery::State::accepted,
                     .at = world_.clock.now(),
                     .accepted_at = world_.clock.now()};
    }

    /// The account and what it holds may change while a conversation goes on.
    Subject& subject() { return subject_; }
    Json& enrollment() { return enrollment_; }
    Json& settings() { return settings_; }
    Json& state() { return state_; }

    World& world() const { return world_; }
    const Json& enrollment() const { return enrollment_; }
    const Json& state() const { return state_; }
    const Prompt& prompt() const { return prompt_; }
    const std::vector<SendMessage>& sent() const { return sent_; }
    const std::vector<TellOwner>& told() const { return told_; }

    Situation situation() const {
        return {.subject = subject_,
                .settings = settings_,
                .enrollment = enrollment_,
                .state = state_,
                .destination = destination_,
                .now = world_.clock.now(),
                .delivery = delivery_,
                .random = world_.random,
                .crypto = world_.crypto,
                .organisation = "Example Org"};
    }

 private:
    static Json kept(const Json& value) { return Json::parse(value.dump()); }

    Turn keep(Turn turn) {
        state_ = kept(turn.state);
        if (!turn.prompt.title.empty()) prompt_ = kept(turn.prompt).get<Prompt>();
        if (turn.enrollment) enrollment_ = kept(*turn.enrollment);
        for (const Effect& effect : turn.effects) {
            if (const auto* tell = std::get_if<TellOwner>(&effect)) {
                told_.push_back(*tell);
                continue;
            }
            sent_.push_back(std::get<SendMessage>(effect));
            delivery_ = {.state = Delivery::State::queued, .at = world_.clock.now()};
        }
        return turn;
    }

    World& world_;
    const Dialogue& dialogue_;
    Subject subject_;
    Json settings_;
    Json enrollment_;
    Json state_;
    Prompt prompt_;
    std::string destination_;
    Delivery delivery_;
    std::vector<SendMessage> sent_;
    std::vector<TellOwner> told_;
};

}  // namespace latchkey
