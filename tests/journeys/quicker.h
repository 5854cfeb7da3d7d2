#pragma once

#include "engine/casework.h"

#include <functional>
#include <utility>

namespace latchkey {

/// Somebody else is quicker: what they do happens just before the first commit. Keeps the last
/// change.
class QuickerWriter final : public ChangeStore {
 public:
    explicit QuickerWriter(ChangeStore& store, std::function<void()> other = {})
        : store_(store), other_(std::move(other)) {}
    Result<void> commit(const Change& change) override {
        if (other_) std::exchange(other_, nullptr)();
        last = change;
        return store_.commit(change);
    }
    Change last;

 private:
    ChangeStore& store_;
    std::function<void()> other_;
};

/// The same before the last success is looked for.
class QuickerReader final : public RequestStore {
 public:
    QuickerReader(RequestStore& store, std::function<void()> other)
        : store_(store), other_(std::move(other)) {}
    std::optional<ResetRequest> find(const RequestId& id) override { return store_.find(id); }
    std::optional<TimePoint> last_success(const AccountId& account,
                                          const std::string& process) override {
        other_();
        return store_.last_success(account, process);
    }

 private:
    RequestStore& store_;
    std::function<void()> other_;
};

/// The use cases' parts with other stores of these two kinds.
inline Parts with(const Parts& p, RequestStore& requests, ChangeStore& changes) {
    return {p.clock,       p.random,  p.crypto,   p.registry, p.accounts,    p.processes, requests,
            p.enrollments, p.budgets, p.messages, changes,    p.credentials, p.passwords};
}

}  // namespace latchkey
