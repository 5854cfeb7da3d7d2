#include "tests/support/outbox.h"

#include <stdexcept>

namespace latchkey {
namespace {

const Query kRow{"SELECT state, shown_state, attempts, body FROM message WHERE id = $1"};
const Query kCount{"SELECT COUNT(*) FROM message WHERE state = $1"};

}  // namespace

TestOutbox::TestOutbox() : keys_(std::vector<KeyRing::Root>{{"k1", Key{}}}) {}

void TestOutbox::put(const std::vector<Message>& messages) {
    database_->write([&](Transaction& transaction) {
        for (const Message& message : messages)
            store_.enqueue(transaction, message, store_.sealed(message));
    });
}

OutboxRow TestOutbox::row(const std::string& id) {
    const Rows rows = database_->read([&](Transaction& t) { return t.run(kRow, id); });
    return {rows.text(0, 0), rows.text(0, 1), rows.integer(0, 2), rows.null(0, 3)};
}

std::int64_t TestOutbox::count(const std::string& state) {
    const Rows rows = database_->read([&](Transaction& t) { return t.run(kCount, state); });
    return rows.integer(0, 0);
}

std::string TestOutbox::answer(const std::string& reference) {
    for (const auto& entry : log_.page(1'000'000, 1000)) {
        const Json details = Json::parse(entry.line).at("details");
        if (details.at("reference") == reference) return details.at("answer");
    }
    return {};
}

void FailingStore::check() const {
    if (down) throw Outage("the database is down");
}

Delivery FailingStore::delivery(const MessageId& id) {
    check();
    return store_.delivery(id);
}

std::optional<SentMessage> FailingStore::sent(const std::string& reference) {
    check();
    return store_.sent(reference);
}

std::vector<ClaimedMessage> FailingStore::claim(const std::string& worker, std::size_t count,
                                                TimePoint now, Milliseconds lease) {
    check();
    return store_.claim(worker, count, now, lease);
}

void FailingStore::renew(const MessageId& id, const std::string& worker, TimePoint lease_ends) {
    check();
    store_.renew(id, worker, lease_ends);
}

void FailingStore::settle(const MessageId& id, const std::string& worker, const Outcome& outcome,
                          TimePoint now, std::optional<TimePoint> retry_at) {
    check();
    if (settling_fails) throw Outage("the database went down");
    store_.settle(id, worker, outcome, now, retry_at);
}

std::optional<TimePoint> FailingStore::next_due() {
    check();
    return store_.next_due();
}

Composed SameWords::compose(const Message& message) const {
    before(message);
    if (message.wording == "poison") throw std::runtime_error("email/poison.mustache, line 3");
    return plain_words();
}

Outcome ScriptedTransport::deliver(const Message& message, const Composed&,
                                   const Allowance& allowance) {
    {
        const std::lock_guard lock(mutex_);
        delivered_.push_back(message.id.text());
    }
    return script ? script(message, allowance) : kTakenByPeer;
}

Outcome ScriptedTransport::probe(const Allowance& allowance) {
    ++probes_;
    return probe_script ? probe_script(allowance) : kTakenByPeer;
}

std::vector<std::string> ScriptedTransport::delivered() const {
    const std::lock_guard lock(mutex_);
    return delivered_;
}

}  // namespace latchkey
