#include "web/outbound/courier.h"

#include "tests/support/fixed_clock.h"
#include "tests/support/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <chrono>
#include <thread>

namespace latchkey {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct CourierTest : ::testing::Test {
    FixedClock clock;
    TestOutbox outbox;
    FailingStore store{outbox.store()};
    SameWords composer;
    ScriptedTransport transport;
    Courier courier{{clock, store, composer, {&transport}}};

    void put(const std::string& id, Lane lane = Lane::code) {
        Message message = code_message(id);
        message.reference = id;
        message.lane = lane;
        outbox.put(message);
    }
    void put_decoy(const std::string& id) {
        Message message = code_message(id);
        message.decoy = true;
        outbox.put(message);
    }
    void put_poison(const std::string& id) {
        Message message = code_message(id);
        message.reference = id;
        message.wording = "poison";
        outbox.put(message);
    }
    void drain() {
        while (courier.step("w/0")) {
        }
    }
};

TEST_F(CourierTest, DeliversWhatIsDueOnceAndWipesIt) {
    put("m1");
    EXPECT_TRUE(courier.step("w/0"));
    EXPECT_FALSE(courier.step("w/0"));
    EXPECT_THAT(transport.delivered(), ElementsAre("m1"));
    EXPECT_EQ(outbox.row("m1"), (OutboxRow{"accepted", "accepted", 1, true}));
}

TEST_F(CourierTest, TakesCodesBeforeNoticesAndBothBeforeReminders) {
    put("bulk1", Lane::bulk);
    put("notice1", Lane::notice);
    put("bulk2", Lane::bulk);
    put("code1");
    courier.step("w/0");
    put("code2");
    drain();
    EXPECT_THAT(transport.delivered(), ElementsAre("code1", "code2", "notice1", "bulk1", "bulk2"));
}

TEST_F(CourierTest, RetriesATemporaryFailureWithGrowingPausesUntilItsTimeIsOver) {
    transport.script = [](const Message&, const Allowance&) { return kTryLater; };
    put("m1");
    std::vector<std::int64_t> attempts_at;
    for (; clock.now() < kNewYear + Hours{1}; clock.advance(Seconds{1}))
        if (courier.step("w/0"))
            attempts_at.push_back(
                std::chrono::duration_cast<Seconds>(clock.now() - kNewYear).count());
    EXPECT_THAT(attempts_at,
                ElementsAre(0, 2, 7, 22, 52, 112, 172, 232, 292, 352, 412, 472, 532, 592));
    EXPECT_EQ(outbox.row("m1"), (OutboxRow{"refused", "accepted", 14, true}));
}

TEST_F(CourierTest, DoesNotRepeatAPermanentRefusal) {
    transport.script = [](const Message&, const Allowance&) { return kNoSuchUser; };
    put("m1");
    drain();
    clock.advance(Hours{1});
    drain();
    EXPECT_EQ(transport.delivered().size(), 1U);
    EXPECT_EQ(outbox.row("m1").state, "refused");
    EXPECT_EQ(outbox.answer("m1"), "550 no such user");
}

TEST_F(CourierTest, SendsNothingFromTheInstantOnAtWhichItGivesUp) {
    put("m1");
    clock.set(kNewYear + Minutes{10});
    drain();
    EXPECT_THAT(transport.delivered(), IsEmpty());
    EXPECT_EQ(outbox.row("m1").state, "refused");
}

TEST_F(CourierTest, SendsNothingThatGrewTooOldBetweenClaimAndDelivery) {
    put("m1");
    const auto claimed = courier.claim("w/0");
    clock.set(kNewYear + Minutes{10});
    courier.carry("w/0", *claimed);
    EXPECT_THAT(transport.delivered(), IsEmpty());
    EXPECT_EQ(transport.probes(), 0U);
    EXPECT_EQ(outbox.row("m1").state, "refused");
}

TEST_F(CourierTest, AllowsADeliveryNoMoreTimeThanTheMessageHas) {
    std::vector<Milliseconds> allowed;
    transport.script = [&](const Message&, const Allowance& allowance) {
        allowed.push_back(allowance.time);
        return kTryLater;
    };
    put("m1");
    courier.step("w/0");
    clock.set(kNewYear + Minutes{10} - Seconds{4});
    courier.step("w/0");
    EXPECT_THAT(allowed, ElementsAre(Seconds{45}, Seconds{4}));
}

TEST_F(CourierTest, ADecoyIsOnlyProbedAndEndsLikeAPerson) {
    put("person");
    put_decoy("decoy");
    drain();
    EXPECT_THAT(transport.delivered(), ElementsAre("person"));
    EXPECT_EQ(transport.probes(), 1U);
    EXPECT_EQ(outbox.row("decoy"), outbox.row("person"));
}

TEST_F(CourierTest, WhileThePeerIsAwayDecoysAndPeopleShowTheSame) {
    transport.script = [](const Message&, const Allowance&) { return kPeerAway; };
    transport.probe_script = [](const Allowance&) { return kPeerAway; };
    put("person");
    put_decoy("decoy");
    put_poison("poison");
    drain();
    EXPECT_EQ(outbox.row("decoy"), outbox.row("person"));
    EXPECT_EQ(outbox.row("poison"), outbox.row("person"));
    EXPECT_EQ(outbox.row("person").shown, "delayed");
    clock.set(kNewYear + Minutes{10});
    drain();
    EXPECT_EQ(outbox.row("decoy").shown, "refused");
    EXPECT_EQ(outbox.row("person").shown, "refused");
}

TEST_F(CourierTest, ADecoyTakesAsLongAsDeliveriesDo) {
    transport.script = [](const Message&, const Allowance&) {
        std::this_thread::sleep_for(Milliseconds{40});
        return kTakenByPeer;
    };
    put("person");
    courier.step("w/0");
    put_decoy("decoy");
    const auto began = std::chrono::steady_clock::now();
    courier.step("w/0");
    EXPECT_GE(std::chrono::steady_clock::now() - began, Milliseconds{40});
}

TEST_F(CourierTest, AMessageThatCannotBePutIntoWordsEndsAfterThreeAttempts) {
    put_poison("m1");
    for (int minute = 0; minute < 10; ++minute) {
        drain();
        clock.advance(Minutes{1});
    }
    EXPECT_EQ(outbox.row("m1"), (OutboxRow{"refused", "accepted", 3, true}));
    EXPECT_THAT(transport.delivered(), IsEmpty());
    EXPECT_EQ(outbox.answer("m1"),
              "the message cannot be put into words: email/poison.mustache, line 3");
}

TEST_F(CourierTest, TenPoisonedMessagesDoNotDelayTheEleventh) {
    transport.script = [](const Message& message, const Allowance&) {
        return message.id.text() == "good" ? kTakenByPeer : kTryLater;
    };
    for (int number = 0; number < 5; ++number) put_poison("poison" + std::to_string(number));
    for (int number = 0; number < 5; ++number) put("later" + std::to_string(number));
    put("good");
    drain();
    EXPECT_EQ(outbox.row("good").state, "accepted");
    EXPECT_EQ(outbox.count("queued"), 10);
}

TEST_F(CourierTest, AChannelThatIsNotSetUpIsRefusedAtOnceAndSaysSo) {
    Message message = code_message("m1");
    message.channel = "sms";
    outbox.put(message);
    drain();
    EXPECT_EQ(outbox.row("m1").state, "refused");
    EXPECT_EQ(outbox.answer(message.reference), "nothing is set up to send by sms");
}

TEST_F(CourierTest, ATransportThatThrowsIsATemporaryFailure) {
    transport.script = [](const Message&, const Allowance&) -> Outcome {
        throw std::runtime_error("out of sockets");
    };
    put("m1");
    drain();
    EXPECT_EQ(outbox.row("m1"), (OutboxRow{"queued", "delayed", 1, false}));
}

TEST_F(CourierTest, SparesAPeerThatIsAwayAndTriesItWithOneMessageAtATime) {
    transport.script = [](const Message&, const Allowance&) { return kPeerAway; };
    for (int number = 0; number < 20; ++number) put("m" + std::to_string(number));
    drain();
    EXPECT_EQ(transport.delivered().size(), 1U);
    clock.advance(Seconds{2});
    drain();
    EXPECT_EQ(transport.delivered().size(), 2U);
    transport.script = nullptr;
    clock.advance(Minutes{1});
    drain();
    EXPECT_EQ(outbox.count("accepted"), 20);
}

TEST_F(CourierTest, AnOutageWhileRecordingRepeatsNoMessage) {
    put("m1");
    store.settling_fails = true;
    EXPECT_THROW(courier.step("w/0"), Outage);
    EXPECT_THROW(courier.step("w/0"), Outage);
    store.settling_fails = false;
    EXPECT_FALSE(courier.step("w/0"));
    EXPECT_EQ(outbox.row("m1").state, "accepted");
    clock.advance(Minutes{5});
    drain();
    EXPECT_EQ(transport.delivered().size(), 1U);
}

TEST_F(CourierTest, AnOutageWhileComposingIsNotTheMessagesFault) {
    composer.before = [](const Message&) { throw Outage("the catalog is gone"); };
    put("m1");
    for (int minute = 0; minute < 5; ++minute) {
        drain();
        clock.advance(Minutes{1});
    }
    composer.before = [](const Message&) {};
    drain();
    EXPECT_EQ(outbox.row("m1").state, "accepted");
}

TEST_F(CourierTest, SaysThatTheDatabaseIsDown) {
    store.down = true;
    EXPECT_THROW(courier.step("w/0"), Outage);
}

}  // namespace
}  // namespace latchkey
