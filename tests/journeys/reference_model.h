#pragma once

#include "engine/reset_request.h"

#include <map>
#include <string>
#include <vector>

namespace latchkey {

/// What product.md says about requests of one person in one process that demands every one of
/// `verifications`, in as few lines as possible: the oracle of the random walks.
class ReferenceModel {
 public:
    static constexpr std::int64_t kAttempts = 3;
    static constexpr Minutes kLasts{20};

    struct Step {
        bool opened = false;
        bool passed = false;
        bool failed = false;
        std::int64_t used = 0;
        bool takes_answers() const { return opened && !passed && !failed; }
    };
    struct Request {
        std::map<std::string, Step> steps;
        std::string current;
        TimePoint expires_at;
        bool extended = false;
        RequestState state = RequestState::verifying;
        bool runs() const { return !closed(state); }
    };
    struct Door {
        std::int64_t failures = 0;
        TimePoint remembered_until{};
        TimePoint blocked_until{};
    };

    ReferenceModel(std::vector<std::string> verifications, TimePoint now)
        : verifications_(std::move(verifications)), now_(now) {}

    std::vector<Request> requests;
    std::map<std::string, Door> doors;
    std::string password;  // empty: the one before all this

    void move_to(TimePoint now) {
        now_ = now;
        for (Request& request : requests)
            if (request.runs() && now_ >= request.expires_at) request.state = RequestState::expired;
        for (auto& [name, door] : doors)
            if (now_ >= door.remembered_until) door.failures = 0;
    }

    void begin() {
        Request request{.expires_at = now_ + kLasts};
        for (const auto& name : verifications_) request.steps[name];
        requests.push_back(request);
    }

    bool blocked(const std::string& name) { return now_ < doors[name].blocked_until; }

    void choose(Request& request, const std::string& name) {
        Step& step = request.steps[name];
        if (request.state != RequestState::verifying || step.passed || step.failed || blocked(name))
            return;
        step.opened = true;
        request.current = name;
    }

    void another_way(Request& request) {
        if (request.runs()) request.current.clear();
    }

    /// `block_until`: when a block that begins now would end.
    void reply(Request& request, const std::string& name, bool right, TimePoint block_until) {
        Step& step = request.steps[name];
        Door& door = doors[name];
        if (request.state != RequestState::verifying || !step.takes_answers() || blocked(name))
            return;
        ++step.used;
        request.current = name;  // another tab shows it
        if (door.failures == 0) door.remembered_until = now_ + Hours{24};
        ++door.failures;
        if (right) {
            door.failures = 0;
            step.passed = true;
            request.current.clear();
            for (const auto& [other, progress] : request.steps)
                if (!progress.passed) return;
            request.state = RequestState::verified;
            return;
        }
        if (door.failures == kAttempts) {
            door.failures = 0;
            door.blocked_until = block_until;
        }
        if (step.used == kAttempts) {
            step.failed = true;
            request.state = RequestState::locked;  // every verification is required
        }
    }

    void extend(Request& request) {
        if (!request.runs() || request.extended) return;
        request.extended = true;
        request.expires_at += kLasts;
    }

    void cancel(Request& request) {
        if (request.runs()) request.state = RequestState::cancelled;
    }

    void act(Request& request, const std::string& chosen, bool acceptable) {
        if (request.state != RequestState::verified || !acceptable) return;
        request.state = RequestState::completed;
        password = chosen;
        doors.clear();
        for (Request& other : requests)
            if (other.runs()) other.state = RequestState::cancelled;
    }

 private:
    std::vector<std::string> verifications_;
    TimePoint now_;
};

}  // namespace latchkey
