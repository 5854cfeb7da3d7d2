#pragma once

#include "db/crypto/key_ring.h"
#include "db/crypto/sealer.h"
#include "db/stores/activity_log.h"
#include "db/stores/budget_store.h"
#include "db/stores/message_store.h"
#include "tests/support/messages.h"
#include "tests/support/plain_crypto.h"
#include "tests/support/test_database.h"
#include "web/outbound/composer.h"
#include "web/outbound/transport.h"

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace latchkey {

/// A message as it stands in the database.
struct OutboxRow {
    std::string state;
    std::string shown;  // what strangers see
    std::int64_t attempts = 0;
    bool wiped = false;

    bool operator==(const OutboxRow&) const = default;
};

/// The outbox on a real, empty SQLite database.
class TestOutbox {
 public:
    TestOutbox();

    void put(const Message& message) { put(std::vector{message}); }
    void put(const std::vector<Message>& messages);
    OutboxRow row(const std::string& id);
    /// How many messages are in that state.
    std::int64_t count(const std::string& state);
    /// What was recorded of the message's end: the peer's answer.
    std::string answer(const std::string& reference);

    SqlMessageStore& store() { return store_; }

 private:
    TestDatabase database_{Backend::sqlite};
    PlainCrypto crypto_;
    KeyRing keys_;
    Sealer sealer_{keys_};
    SqlBudgetStore budgets_{*database_};
    SqlActivityLog log_{*database_, crypto_};
    SqlMessageStore store_{*database_, sealer_, budgets_, log_};
};

/// Passes everything on to another store, unless the database is down.
class FailingStore final : public MessageStore {
 public:
    explicit FailingStore(MessageStore& store) : store_(store) {}

    std::atomic<bool> down = false;
    std::atomic<bool> settling_fails = false;

    Delivery delivery(const MessageId& id) override;
    std::optional<SentMessage> sent(const std::string& reference) override;
    std::vector<ClaimedMessage> claim(const std::string& worker, std::size_t count, TimePoint now,
                                      Milliseconds lease) override;
    void renew(const MessageId& id, const std::string& worker, TimePoint lease_ends) override;
    void settle(const MessageId& id, const std::string& worker, const Outcome& outcome,
                TimePoint now, std::optional<TimePoint> retry_at) override;
    std::optional<TimePoint> next_due() override;

 private:
    void check() const;

    MessageStore& store_;
};

/// Puts every message into the same words; the wording "poison" makes it throw.
class SameWords final : public Composer {
 public:
    Composed compose(const Message& message) const override;

    /// Called before each message is put into words.
    std::function<void(const Message&)> before = [](const Message&) {};
};

/// Does with every message what a test says, and remembers which it got.
class ScriptedTransport final : public Transport {
 public:
    using Script = std::function<Outcome(const Message&, const Allowance&)>;

    std::string_view channel() const override { return "email"; }
    Outcome deliver(const Message& message, const Composed& words,
                    const Allowance& allowance) override;
    Outcome probe(const Allowance& allowance) override;

    /// The ids in the order of their arrival, with repetitions.
    std::vector<std::string> delivered() const;
    std::size_t probes() const { return probes_; }

    Script script;                                          // empty: accepts
    std::function<Outcome(const Allowance&)> probe_script;  // empty: accepts

 private:
    mutable std::mutex mutex_;
    std::vector<std::string> delivered_;
    std::atomic<std::size_t> probes_ = 0;
};

inline const Outcome kTakenByPeer{Outcome::Kind::accepted, true, "250 queued"};
inline const Outcome kTryLater{Outcome::Kind::temporary, true, "451 try later"};
inline const Outcome kNoSuchUser{Outcome::Kind::permanent, true, "550 no such user"};
inline const Outcome kPeerAway{Outcome::Kind::temporary, false, "connecting: refused"};

}  // namespace latchkey
