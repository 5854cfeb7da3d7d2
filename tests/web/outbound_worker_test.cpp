#include "web/outbound/outbox_worker.h"

#include "tests/support/fixed_clock.h"
#include "tests/support/outbox.h"
#include "tests/support/smtp_peer.h"
#include "web/outbound/smtp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <chrono>
#include <latch>
#include <set>

namespace latchkey {
namespace {

using ::testing::IsEmpty;
using SteadyClock = std::chrono::steady_clock;

constexpr Seconds kPatience{120};  // for a machine with much else to do
constexpr Milliseconds kNever = Hours{1};

/// Waits for something that threads bring about.
template <class Claim>
bool eventually(Claim claim) {
    for (const auto end = SteadyClock::now() + kPatience; SteadyClock::now() < end;) {
        if (claim()) return true;
        std::this_thread::sleep_for(Milliseconds{5});
    }
    return claim();
}

/// Holds back deliveries until it is opened or they are interrupted.
class Gate {
 public:
    Outcome pass(const Allowance& allowance) {
        std::unique_lock lock(mutex_);
        ++waiting_;
        const bool opened = changed_.wait(lock, allowance.stop, [this] { return open_; });
        return opened ? kTakenByPeer : Outcome{Outcome::Kind::temporary, true, "interrupted"};
    }
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    std::size_t waiting() {
        const std::lock_guard lock(mutex_);
        return waiting_;
    }

 private:
    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool open_ = false;
    std::size_t waiting_ = 0;
};

struct WorkerTest : ::testing::Test {
    FixedClock clock;
    TestOutbox outbox;
    FailingStore store{outbox.store()};
    SameWords composer;
    ScriptedTransport transport;
    Courier courier{{clock, store, composer, {&transport}}};
    std::atomic<int> warnings = 0;

    std::unique_ptr<OutboxWorker> worker(const OutboxSettings& settings) {
        auto made = std::make_unique<OutboxWorker>(
            courier, store, clock, "w", [this](std::string_view) { ++warnings; }, settings);
        made->start();
        return made;
    }
    void put(const std::string& id, Lane lane = Lane::code) {
        Message message = code_message(id);
        message.lane = lane;
        outbox.put(message);
    }
    std::size_t delivered() const { return transport.delivered().size(); }
};

TEST_F(WorkerTest, SendsAtOnceWhatThisProcessCommitted) {
    const auto running = worker({.poll = kNever});
    put("m1");
    running->notify(Lane::code);
    EXPECT_TRUE(eventually([&] { return delivered() == 1; }));
}

TEST_F(WorkerTest, FindsByItselfWhatAnotherProcessCommitted) {
    const auto running = worker({.poll = Milliseconds{10}});
    put("m1");
    EXPECT_TRUE(eventually([&] { return delivered() == 1; }));
}

TEST_F(WorkerTest, SendsARetryWhenItIsDue) {
    std::atomic<bool> well = false;
    transport.script = [&](const Message&, const Allowance&) {
        return well ? kTakenByPeer : kTryLater;
    };
    const auto running = worker({.poll = Milliseconds{10}});
    put("m1");
    ASSERT_TRUE(eventually([&] { return outbox.row("m1").shown != "queued"; }));
    well = true;
    clock.advance(Seconds{2});
    EXPECT_TRUE(eventually([&] { return outbox.row("m1").state == "accepted"; }));
    EXPECT_EQ(delivered(), 2U);
}

TEST_F(WorkerTest, KeepsWhatASlowPeerIsStillTaking) {
    Gate gate;
    transport.script = [&](const Message&, const Allowance& allowance) {
        return gate.pass(allowance);
    };
    put("m1");
    const auto running = worker({.poll = kNever, .renewal = Milliseconds{5}});
    ASSERT_TRUE(eventually([&] { return gate.waiting() == 1; }));
    for (int i = 0; i < 4; ++i) {
        clock.advance(Seconds{29});
        ASSERT_TRUE(eventually([&] { return store.next_due() == clock.now() + Seconds{30}; }));
    }
    EXPECT_THAT(store.claim("another", 1, clock.now(), Minutes{1}), IsEmpty());
    gate.open();
    EXPECT_TRUE(eventually([&] { return outbox.row("m1").state == "accepted"; }));
    EXPECT_EQ(delivered(), 1U);
}

TEST_F(WorkerTest, TenHangingMessagesLeaveTheEleventhItsTime) {
    Gate gate;
    transport.script = [&](const Message& message, const Allowance& allowance) {
        return message.id.text() == "good" ? kTakenByPeer : gate.pass(allowance);
    };
    for (int number = 0; number < 10; ++number) put("hanging" + std::to_string(number));
    const auto running = worker({.poll = kNever, .grace = Milliseconds{0}});
    ASSERT_TRUE(eventually([&] { return gate.waiting() == 10; }));
    put("good");
    running->notify(Lane::code);
    EXPECT_TRUE(eventually([&] { return outbox.row("good").state == "accepted"; }));
}

/// L11: the clock stands still until the code is taken, and the peer holds every reminder it got.
TEST_F(WorkerTest, ACodeIsNotDelayedByAHundredThousandReminders) {
    Gate gate;
    transport.script = [&](const Message& message, const Allowance& allowance) {
        return message.lane == Lane::bulk ? gate.pass(allowance) : kTakenByPeer;
    };
    std::vector<Message> reminders(100'000, code_message("r"));
    for (std::size_t i = 0; i < reminders.size(); ++i) {
        reminders[i].id = MessageId("r" + std::to_string(i));
        reminders[i].lane = Lane::bulk;
    }
    outbox.put(reminders);
    const auto running = worker({.poll = kNever, .grace = Milliseconds{0}});
    ASSERT_TRUE(eventually([&] { return gate.waiting() == OutboxSettings{}.for_others; }));
    put("code");
    running->notify(Lane::code);
    EXPECT_TRUE(eventually([&] { return outbox.row("code").state == "accepted"; }));
    EXPECT_EQ(gate.waiting(), OutboxSettings{}.for_others);
    EXPECT_EQ(delivered(), OutboxSettings{}.for_others + 1) << "the very next one was the code";
}

TEST_F(WorkerTest, RemindersNeverOccupyTheThreadsThatAreKeptForCodes) {
    Gate gate;
    transport.script = [&](const Message& message, const Allowance& allowance) {
        return message.lane == Lane::bulk ? gate.pass(allowance) : kTakenByPeer;
    };
    for (int number = 0; number < 20; ++number) put("bulk" + std::to_string(number), Lane::bulk);
    const auto running =
        worker({.threads = 4, .for_others = 2, .poll = Milliseconds{5}, .grace = Milliseconds{0}});
    ASSERT_TRUE(eventually([&] { return gate.waiting() == 2; }));
    for (int number = 0; number < 20; ++number) {
        running->notify(Lane::bulk);
        std::this_thread::sleep_for(Milliseconds{1});
    }
    for (int number = 0; number < 20; ++number) put("code" + std::to_string(number));
    running->notify(Lane::code, 20);
    EXPECT_TRUE(eventually([&] { return outbox.count("accepted") == 20; }));
    EXPECT_EQ(gate.waiting(), 2U);
    gate.open();
    EXPECT_TRUE(eventually([&] { return outbox.count("accepted") == 40; }));
}

TEST_F(WorkerTest, ACodeIsRetriedWhileRemindersOccupyTheirThreads) {
    Gate gate;
    std::atomic<bool> well = false;
    transport.script = [&](const Message& message, const Allowance& allowance) {
        if (message.lane == Lane::bulk) return gate.pass(allowance);
        return well ? kTakenByPeer : kTryLater;
    };
    for (int number = 0; number < 5; ++number) put("bulk" + std::to_string(number), Lane::bulk);
    const auto running =
        worker({.threads = 3, .for_others = 1, .poll = Milliseconds{5}, .grace = Milliseconds{0}});
    ASSERT_TRUE(eventually([&] { return gate.waiting() == 1; }));
    put("code");
    running->notify(Lane::code);
    ASSERT_TRUE(eventually([&] { return outbox.row("code").attempts == 1; }));
    well = true;
    clock.advance(Seconds{2});
    EXPECT_TRUE(eventually([&] { return outbox.row("code").state == "accepted"; }));
}

TEST_F(WorkerTest, StopsAtOnceWhileIdle) {
    const auto running = worker({.poll = kNever, .grace = kNever});
    const auto began = SteadyClock::now();
    running->stop();
    EXPECT_LT(SteadyClock::now() - began, Seconds{5});
}

TEST_F(WorkerTest, GivesDeliveriesTimeToEndWhenItStops) {
    Gate gate;
    transport.script = [&](const Message&, const Allowance& allowance) {
        return gate.pass(allowance);
    };
    put("m1");
    put("m2", Lane::bulk);
    const auto running = worker({.poll = kNever, .grace = kPatience});
    ASSERT_TRUE(eventually([&] { return gate.waiting() == 2; }));
    std::thread opener([&] {
        std::this_thread::sleep_for(Milliseconds{50});  // stop() is waiting by then
        gate.open();
    });
    running->stop();
    opener.join();
    EXPECT_EQ(outbox.count("accepted"), 2);
}

TEST_F(WorkerTest, InterruptsADeliveryThatHangsWhenItStopsAndLeavesItForLater) {
    Gate gate;
    transport.script = [&](const Message&, const Allowance& allowance) {
        return gate.pass(allowance);
    };
    put("m1");
    const auto running = worker({.poll = kNever, .grace = Milliseconds{10}});
    ASSERT_TRUE(eventually([&] { return gate.waiting() == 1; }));
    running->stop();
    EXPECT_EQ(outbox.row("m1").state, "queued");
    put("m2");
    running->notify(Lane::code);
    EXPECT_EQ(outbox.row("m2").attempts, 0);
}

TEST_F(WorkerTest, OutlivesAnOutageOfTheDatabase) {
    store.down = true;
    const auto running = worker({.poll = Milliseconds{10}});
    ASSERT_TRUE(eventually([&] { return warnings >= 1; }));
    put("m1");
    store.down = false;
    EXPECT_TRUE(eventually([&] { return outbox.row("m1").state == "accepted"; }));
    EXPECT_LE(warnings, 10) << "it asks less and less often";
}

TEST_F(WorkerTest, RepeatsNothingWhenTheDatabaseWasAwayForAMoment) {
    transport.script = [&](const Message&, const Allowance&) {
        store.settling_fails = true;
        return kTakenByPeer;
    };
    const auto running = worker({.poll = Milliseconds{10}});
    put("m1");
    ASSERT_TRUE(eventually([&] { return warnings >= 2; }));
    store.settling_fails = false;
    EXPECT_TRUE(eventually([&] { return outbox.row("m1").state == "accepted"; }));
    EXPECT_EQ(delivered(), 1U);
}

/// Two processes on one database and one mail server.
TEST_F(WorkerTest, AThousandMailsFromTwoWorkersArriveExactlyOnce) {
    constexpr int kMails = 1000;
    SmtpPeer peer("plain");
    const auto make = [&] {
        return make_smtp_transport({.host = "127.0.0.1",
                                    .port = peer.port(),
                                    .tls = SmtpTls::none,
                                    .user = "",
                                    .password = {},
                                    .from = *parse_mailbox("reset@example.org"),
                                    .hello = "",
                                    .ca_file = ""});
    };
    const auto first_way = make();
    const auto second_way = make();
    Courier first{{clock, outbox.store(), composer, {first_way.get()}}};
    Courier second{{clock, outbox.store(), composer, {second_way.get()}}};
    std::vector<Message> messages;
    for (int number = 0; number < kMails; ++number) {
        messages.push_back(code_message("m" + std::to_string(number)));
        messages.back().lane = number % 2 ? Lane::code : Lane::bulk;
    }
    outbox.put(messages);
    const auto ignore = [](std::string_view) {};
    OutboxWorker one(first, outbox.store(), clock, "one", ignore, {.poll = Milliseconds{10}});
    OutboxWorker two(second, outbox.store(), clock, "two", ignore, {.poll = Milliseconds{10}});
    one.start();
    two.start();
    EXPECT_TRUE(eventually([&] { return outbox.count("accepted") == kMails; }));
    one.stop();
    two.stop();
    std::set<std::string> ids;
    const auto mails = peer.mails();
    for (const auto& mail : mails) ids.insert(mail["headers"]["message-id"]);
    EXPECT_EQ(mails.size(), std::size_t{kMails});
    EXPECT_EQ(ids.size(), std::size_t{kMails});
    EXPECT_LE(peer.events("connect").size(), 24U) << "a connection for each thread at most";
}

}  // namespace
}  // namespace latchkey
