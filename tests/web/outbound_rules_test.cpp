#include "tests/support/messages.h"
#include "web/outbound/circuit_breaker.h"
#include "web/outbound/delivery_pace.h"
#include "web/outbound/lane_gate.h"
#include "web/outbound/peer_answer.h"
#include "web/outbound/retry.h"

#include <gtest/gtest.h>
#include <set>
#include <vector>

namespace latchkey {
namespace {

std::vector<std::int64_t> pauses(Lane lane, std::int64_t attempts) {
    Message message = code_message("m1");
    message.lane = lane;
    message.give_up_at = kNewYear + Hours{24};
    std::vector<std::int64_t> seconds;
    for (std::int64_t attempt = 1; attempt <= attempts; ++attempt)
        seconds.push_back(
            std::chrono::duration_cast<Seconds>(*retry_at(message, attempt, kNewYear) - kNewYear)
                .count());
    return seconds;
}

TEST(Retry, OfACodePausesAMinuteAtMost) {
    EXPECT_EQ(pauses(Lane::code, 7), (std::vector<std::int64_t>{2, 5, 15, 30, 60, 60, 60}));
}

TEST(Retry, OfTheOthersPausesTenMinutesAtMost) {
    const std::vector<std::int64_t> kExpected{2, 5, 15, 30, 60, 120, 300, 600, 600};
    EXPECT_EQ(pauses(Lane::notice, 9), kExpected);
    EXPECT_EQ(pauses(Lane::bulk, 9), kExpected);
}

TEST(Retry, NeverReachesTheEndOfTheMessagesLife) {
    Message message = code_message("m1");
    message.give_up_at = kNewYear + Seconds{2};
    EXPECT_EQ(retry_at(message, 1, kNewYear), std::nullopt);
    message.give_up_at += Milliseconds{1};
    EXPECT_EQ(retry_at(message, 1, kNewYear), kNewYear + Seconds{2});
    EXPECT_EQ(retry_at(message, 2, kNewYear), std::nullopt);
    EXPECT_EQ(retry_at(message, 1, kNewYear + Hours{1}), std::nullopt);
}

const Outcome kAway{Outcome::Kind::temporary, false, "connecting: refused"};
const Outcome kTaken{Outcome::Kind::accepted, true, "250 queued"};
const Outcome kRefused{Outcome::Kind::permanent, true, "550 no such user"};

TEST(CircuitBreaker, LetsEverythingThroughWhileThePeerAnswers) {
    CircuitBreaker breaker;
    for (const auto& outcome : {kTaken, kRefused, kTaken}) {
        EXPECT_FALSE(breaker.instead(kNewYear));
        breaker.after(outcome, kNewYear);
    }
    EXPECT_FALSE(breaker.instead(kNewYear));
}

TEST(CircuitBreaker, RestsTwiceAsLongAfterEachFailureAndLetsOneTryInBetween) {
    CircuitBreaker breaker;
    TimePoint now = kNewYear;
    EXPECT_FALSE(breaker.instead(now));
    breaker.after(kAway, now);
    for (const std::int64_t seconds : {1, 2, 4, 8, 16, 16, 16}) {
        EXPECT_EQ(breaker.instead(now + Seconds{seconds} - Milliseconds{1})->answer, kAway.answer);
        now += Seconds{seconds};
        EXPECT_FALSE(breaker.instead(now)) << seconds;
        EXPECT_TRUE(breaker.instead(now)) << "a second one while the first finds out";
        breaker.after(kAway, now);
    }
}

TEST(CircuitBreaker, CountsFailuresThatBeganTogetherAsOne) {
    CircuitBreaker breaker;
    for (int thread = 0; thread < 5; ++thread) EXPECT_FALSE(breaker.instead(kNewYear));
    for (int thread = 0; thread < 5; ++thread) breaker.after(kAway, kNewYear);
    EXPECT_FALSE(breaker.instead(kNewYear + Seconds{1}));
}

TEST(CircuitBreaker, ClosesWhenThePeerAnswersEvenWithARefusal) {
    CircuitBreaker breaker;
    breaker.after(kAway, kNewYear);
    breaker.after(kAway, kNewYear);
    EXPECT_FALSE(breaker.instead(kNewYear + Seconds{1}));
    breaker.after(kRefused, kNewYear + Seconds{1});
    EXPECT_FALSE(breaker.instead(kNewYear + Seconds{1}));
    breaker.after(kAway, kNewYear + Seconds{1});
    EXPECT_FALSE(breaker.instead(kNewYear + Seconds{2})) << "the first rest is short again";
}

TEST(CircuitBreaker, DoesNotRestLongerWhenTheClockIsSetBack) {
    CircuitBreaker breaker;
    breaker.after(kAway, kNewYear);
    EXPECT_FALSE(breaker.instead(kNewYear - Hours{1}));
}

TEST(DeliveryPace, ShowsEachOfTheRecentDurationsInTurn) {
    DeliveryPace pace;
    EXPECT_EQ(pace.next(), Milliseconds{0});
    for (int took = 1; took <= 100; ++took) pace.note(Milliseconds{took});
    std::set<Milliseconds> shown;
    for (int time = 0; time < 64; ++time) shown.insert(pace.next());
    EXPECT_EQ(shown.size(), 64U);
    EXPECT_EQ(*shown.begin(), Milliseconds{37});
    EXPECT_EQ(*shown.rbegin(), Milliseconds{100});
}

TEST(LaneGate, IsOpenUntilTheOthersHaveTheirShare) {
    LaneGate gate(2);
    for (const Lane lane : {Lane::bulk, Lane::code, Lane::notice}) {
        EXPECT_TRUE(gate.open(kNewYear));
        gate.found(lane);
    }
    EXPECT_FALSE(gate.open(kNewYear));
    gate.done(Lane::code, {});
    EXPECT_FALSE(gate.open(kNewYear));
    gate.done(Lane::notice, {});
    EXPECT_TRUE(gate.open(kNewYear));
}

struct ClosedLaneGate : ::testing::Test {
    LaneGate gate{1};
    ClosedLaneGate() {
        gate.open(kNewYear);
        gate.found(Lane::bulk);
    }
};

TEST_F(ClosedLaneGate, OpensOnceForEachExpectedCode) {
    gate.expect_codes(2);
    for (int code = 0; code < 2; ++code) {
        EXPECT_TRUE(gate.open(kNewYear));
        gate.found(Lane::code);
    }
    EXPECT_FALSE(gate.open(kNewYear));
}

TEST_F(ClosedLaneGate, OpensWhenACodeIsDueAgain) {
    gate.done(Lane::code, kNewYear + Seconds{2});
    EXPECT_FALSE(gate.open(kNewYear + Seconds{1}));
    EXPECT_TRUE(gate.open(kNewYear + Seconds{2}));
}

TEST_F(ClosedLaneGate, ForgetsCodesThatSomebodyElseTook) {
    gate.expect_codes(3);
    EXPECT_TRUE(gate.open(kNewYear));
    gate.found({});
    EXPECT_FALSE(gate.open(kNewYear));
    gate.expect_codes(1);
    EXPECT_TRUE(gate.open(kNewYear));
    gate.expect_codes(1);  // committed while the look was under way, and perhaps not seen by it
    gate.found(Lane::bulk);
    EXPECT_TRUE(gate.open(kNewYear));
}

TEST_F(ClosedLaneGate, ExpectsTheSameCodesAfterALookThatFailed) {
    gate.expect_codes(1);
    EXPECT_TRUE(gate.open(kNewYear));
    EXPECT_TRUE(gate.open(kNewYear));
}

TEST(PeerAnswer, IsOneShortPrintableLine) {
    EXPECT_EQ(peer_answer("250-first\r\n250 second\r\n", {}), "250-first 250 second");
    EXPECT_EQ(peer_answer("a\x1b[2Jb\xFF\x7f\t\tc", {}), "a\\x1B[2Jb\\xFF\\x7F c");
    EXPECT_EQ(peer_answer(std::string("a\0b", 3), {}), "a\\x00b");
    EXPECT_EQ(peer_answer("", {}), "");
    const std::string cut = peer_answer(std::string(5000, 'x'), {});
    EXPECT_EQ(cut.size(), 300U);
    EXPECT_TRUE(cut.ends_with("x..."));
    EXPECT_LE(peer_answer(std::string(5000, '\x01'), {}).size(), 300U);
}

TEST(PeerAnswer, MasksWhatIsHiddenInAnyLetterCase) {
    const std::vector<std::string> hidden{"s3cret", "", "Amy@Example.org", "s3cretlonger"};
    EXPECT_EQ(peer_answer("550 <amy@example.ORG> S3CRET s3cretlonger", hidden),
              "550 <***> *** ***");
    EXPECT_EQ(peer_answer("s3cre", hidden), "s3cre");
    const std::vector<std::string> odd{"my pass w\xC3\xB6rd"};
    EXPECT_EQ(peer_answer("my\r\npass\tw\xC3\xB6rd", odd), "***");
}

}  // namespace
}  // namespace latchkey
