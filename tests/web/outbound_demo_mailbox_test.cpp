#include "web/outbound/demo_mailbox.h"

#include "tests/support/fixed_clock.h"
#include "tests/support/messages.h"

#include <gtest/gtest.h>
#include <thread>

namespace latchkey {
namespace {

const Allowance kAmple{Seconds{1}};

TEST(DemoMailbox, ShowsWhatWasSentNewestFirst) {
    DemoMailbox mailbox;
    const FixedClock clock;
    const auto mail = make_demo_transport("email", mailbox, clock);
    const auto sms = make_demo_transport("sms", mailbox, clock);
    EXPECT_EQ(mail->channel(), "email");
    EXPECT_EQ(mail->deliver(code_message("m1"), plain_words(), kAmple).kind,
              Outcome::Kind::accepted);
    EXPECT_EQ(sms->deliver(code_message("m2", "+12025550123"), plain_words(), kAmple).kind,
              Outcome::Kind::accepted);
    const auto items = mailbox.items();
    ASSERT_EQ(items.size(), 2U);
    EXPECT_EQ(items[0].id, MessageId("m2"));
    EXPECT_EQ(items[0].channel, "sms");
    EXPECT_EQ(items[0].to, "+12025550123");
    EXPECT_EQ(items[1].words.text, "Your code is 123456.\n");
    EXPECT_EQ(items[1].at, kNewYear);
    EXPECT_EQ(mailbox.find(MessageId("m1"))->to, "amy@example.org");
    EXPECT_FALSE(mailbox.find(MessageId("m3")));
}

TEST(DemoMailbox, KeepsNothingOfAProbe) {
    DemoMailbox mailbox;
    const FixedClock clock;
    const Outcome outcome = make_demo_transport("email", mailbox, clock)->probe(kAmple);
    EXPECT_EQ(outcome.kind, Outcome::Kind::accepted);
    EXPECT_TRUE(outcome.reached);
    EXPECT_TRUE(mailbox.items().empty());
}

TEST(DemoMailbox, KeepsARepeatedMessageOnce) {
    DemoMailbox mailbox;
    const FixedClock clock;
    const auto mail = make_demo_transport("email", mailbox, clock);
    mail->deliver(code_message("m1"), plain_words(), kAmple);
    mail->deliver(code_message("m1"), plain_words(), kAmple);
    EXPECT_EQ(mailbox.items().size(), 1U);
}

TEST(DemoMailbox, KeepsTheNewestTwoHundredOfManyThreads) {
    DemoMailbox mailbox;
    const FixedClock clock;
    const auto mail = make_demo_transport("email", mailbox, clock);
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread)
        threads.emplace_back([&, thread] {
            for (int number = 0; number < 100; ++number) {
                const std::string id = std::to_string(thread * 100 + number);
                mail->deliver(code_message(id), plain_words(), kAmple);
                mailbox.items();
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(mailbox.items().size(), 200U);
}

}  // namespace
}  // namespace latchkey
