#include "engine/reset_request.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace latchkey {
namespace {

constexpr std::array<std::string_view, 6> kRequestStates{"verifying", "verified", "completed",
                                                         "locked",    "expired",  "cancelled"};
constexpr std::array<std::string_view, 5> kEvents{"passed_all", "acted", "locked_out", "expired",
                                                  "cancelled"};
constexpr std::array<std::string_view, 2> kWhys{"stronger", "older"};
constexpr std::array<std::string_view, 5> kStepStates{"untouched", "asking", "waiting", "passed",
                                                      "failed"};

struct Transition {
    RequestState from;
    RequestEvent event;
    RequestState to;
};

constexpr std::array kTransitions{
    Transition{RequestState::verifying, RequestEvent::passed_all, RequestState::verified},
    Transition{RequestState::verifying, RequestEvent::locked_out, RequestState::locked},
    Transition{RequestState::verifying, RequestEvent::expired, RequestState::expired},
    Transition{RequestState::verifying, RequestEvent::cancelled, RequestState::cancelled},
    Transition{RequestState::verified, RequestEvent::acted, RequestState::completed},
    Transition{RequestState::verified, RequestEvent::expired, RequestState::expired},
    Transition{RequestState::verified, RequestEvent::cancelled, RequestState::cancelled},
};

template <std::size_t N>
std::size_t index_of(const std::array<std::string_view, N>& names, const std::string& name) {
    const auto* found = std::ranges::find(names, name);
    if (found == names.end()) throw std::logic_error("unknown stored name: " + name);
    return static_cast<std::size_t>(found - names.begin());
}

/// How many steps of each kind are in that state.
std::size_t count(const ResetRequest& request, const Process& process, bool required,
                  StepState state) {
    return static_cast<std::size_t>(std::ranges::count_if(process.steps, [&](const Step& step) {
        const Progress* progress = request.step(step.verification.name);
        return step.required == required && progress && progress->state == state;
    }));
}

std::size_t optional_missing(const ResetRequest& request, const Process& process) {
    const auto needed = static_cast<std::size_t>(process.optional_needed);
    return needed - std::min(needed, count(request, process, false, StepState::passed));
}

std::size_t required_missing(const ResetRequest& request, const Process& process) {
    const auto all =
        static_cast<std::size_t>(std::ranges::count(process.steps, true, &Step::required));
    return all - count(request, process, true, StepState::passed);
}

bool takes_answers(const Progress& step) {
    return step.state != StepState::passed && step.state != StepState::failed;
}

/// One of those that the account needs beside the others.
bool wanted_more(const ResetRequest& request, const Process& process, const std::string& name) {
    return request.more && common_proofs_missing(request, process) == 0 &&
           std::ranges::count(request.more->any, name) > 0;
}

}  // namespace

std::string_view name(RequestState state) {
    return kRequestStates.at(static_cast<std::size_t>(state));
}
std::string_view name(RequestEvent event) {
    return kEvents.at(static_cast<std::size_t>(event));
}
std::string_view name(StepState state) {
    return kStepStates.at(static_cast<std::size_t>(state));
}

std::optional<RequestState> after(RequestState state, RequestEvent event) {
    for (const Transition& transition : kTransitions)
        if (transition.from == state && transition.event == event) return transition.to;
    return {};
}

Progress* ResetRequest::step(std::string_view verification) {
    const auto found = std::ranges::find(steps, verification, &Progress::verification);
    return found == steps.end() ? nullptr : &*found;
}

const Progress* ResetRequest::step(std::string_view verification) const {
    const auto found = std::ranges::find(steps, verification, &Progress::verification);
    return found == steps.end() ? nullptr : &*found;
}

std::vector<std::string> open_steps(const ResetRequest& request, const Process& process) {
    const bool optional_wanted = optional_missing(request, process) > 0;
    std::vector<std::string> open;
    for (const Step& step : process.steps) {
        const Progress* progress = request.step(step.verification.name);
        const std::string& name = step.verification.name;
        const bool wanted = step.required || optional_wanted || wanted_more(request, process, name);
        if (progress && wanted && takes_answers(*progress)) open.push_back(name);
    }
    return open;
}

std::vector<std::string> offered_steps(const ResetRequest& request, const Process& process,
                                       const Registry& registry) {
    auto open = open_steps(request, process);
    const auto type_of = [&](const std::string& name) -> const VerificationType* {
        const Step* step = process.step(name);
        const Verification* found = step ? registry.find(step->verification.type) : nullptr;
        return found ? &found->type() : nullptr;
    };
    const bool proof = std::ranges::any_of(request.steps, [&](const Progress& progress) {
        const auto* type = type_of(progress.verification);
        return progress.state == StepState::passed && type && !type->after_a_proof &&
               type->assurance != Assurance::none;
    });
    if (process.open_to("public") && !proof)
        std::erase_if(open, [&](const std::string& name) {
            const auto* type = type_of(name);
            return type && type->after_a_proof;
        });
    return open;
}

std::size_t common_proofs_missing(const ResetRequest& request, const Process& process) {
    return required_missing(request, process) + optional_missing(request, process);
}

std::size_t proofs_missing(const ResetRequest& request, const Process& process) {
    const std::size_t common = common_proofs_missing(request, process);
    return common == 0 && request.more ? 1 : common;
}

bool proved(const ResetRequest& request, const Process& process) {
    // A process without verifications proves nothing (S31), whatever its counts say.
    return !process.steps.empty() && proofs_missing(request, process) == 0 &&
           process.optional_needed + std::ranges::count(process.steps, true, &Step::required) > 0;
}

bool hopeless(const ResetRequest& request, const Process& process) {
    if (count(request, process, true, StepState::failed) > 0) return true;
    const auto optional =
        static_cast<std::size_t>(std::ranges::count(process.steps, false, &Step::required));
    const std::size_t usable = optional - count(request, process, false, StepState::failed);
    if (request.more && !request.more->any.empty() && common_proofs_missing(request, process) == 0)
        return std::ranges::none_of(request.more->any, [&](const std::string& name) {
            const Progress* progress = request.step(name);
            return progress && takes_answers(*progress);
        });
    return usable < static_cast<std::size_t>(process.optional_needed);
}

Assurance assurance_of(const ResetRequest& request, const Process& process,
                       const Registry& registry) {
    const auto factors = factors_of(process, registry);
    std::vector<Factor> passed;
    for (std::size_t i = 0; i < process.steps.size(); ++i) {
        const Progress* progress = request.step(process.steps[i].verification.name);
        if (progress && progress->state == StepState::passed) passed.push_back(factors[i]);
    }
    return combined_assurance(passed);
}

bool advance(ResetRequest& request, RequestEvent event) {
    const auto next = after(request.state, event);
    if (!next) return false;
    request.state = *next;
    return true;
}

bool expire(ResetRequest& request, TimePoint now) {
    const bool over = now >= request.expires_at || is_ahead(request.created_at, now);
    return over && advance(request, RequestEvent::expired);
}

void apply(ResetRequest& request, const Process& process, std::string_view verification, Turn turn,
           bool exhausted) {
    Progress* step = request.step(verification);
    if (!step || request.state != RequestState::verifying || !takes_answers(*step))
        throw std::logic_error("a turn for a step that takes none");

    auto verdict = turn.verdict;
    if (verdict == Verdict::passed && (step->decoy || request.decoy)) {
        verdict = Verdict::refused;
        turn.state = step->memory;  // it goes on as after a wrong answer
    }
    step->memory = std::move(turn.state);
    if (!turn.prompt.title.empty()) step->prompt = std::move(turn.prompt);
    step->problems = std::move(turn.problems);
    request.current = step->verification;

    switch (verdict) {
        case Verdict::ask:
            step->state = StepState::asking;
            break;
        case Verdict::wait:
            step->state = StepState::waiting;
            break;
        case Verdict::passed:
            step->state = StepState::passed;
            step->problems.clear();
            // A proof that served is not kept, nor what led to it.
            step->memory = nullptr;
            step->prompt = {};
            request.current.clear();
            if (proved(request, process))
                advance(request, RequestEvent::passed_all);
            else if (hopeless(request, process))
                advance(request, RequestEvent::locked_out);
            break;
        case Verdict::refused:
            step->state = StepState::asking;
            if (step->problems.empty())
                step->problems.push_back({"", "wrong_answer", {"problem.wrong_answer", {}}});
            break;
    }
    if (step->state == StepState::asking && exhausted) {
        step->state = StepState::failed;
        step->memory = nullptr;
        request.current.clear();
        if (hopeless(request, process)) advance(request, RequestEvent::locked_out);
    }
}

static void to_json(Json& json, const Progress& step) {
    json = {
        {"verification", step.verification}, {"state", name(step.state)}, {"decoy", step.decoy}};
    write_member(json, "fresh", step.fresh);
    write_member(json, "demanded", step.demanded);
    write_member(json, "destination", step.destination);
    write_member(json, "memory", step.memory);
    write_member(json, "prompt", step.prompt);
    write_member(json, "problems", step.problems);
    write_member(json, "message", step.message.text());
}

static void from_json(const Json& json, Progress& step) {
    step = {
        .verification = json.at("verification").get<std::string>(),
        .state = static_cast<StepState>(index_of(kStepStates, json.at("state").get<std::string>())),
        .decoy = json.at("decoy").get<bool>(),
        .fresh = json.value("fresh", false),
        .demanded = json.value("demanded", false),
        .destination = json.value("destination", ""),
        .memory = json.value("memory", Json()),
        .prompt = json.value("prompt", Prompt{}),
        .problems = json.value("problems", std::vector<Problem>{}),
        .message = MessageId{json.value("message", "")}};
}

void to_json(Json& json, const ResetRequest& request) {
    json = {{"id", request.id.text()},
            {"reference", request.reference},
            {"version", request.version},
            {"process", request.process},
            {"process_version", request.process_version},
            {"account", request.account.text()},
            {"identifier", request.identifier},
            {"decoy", request.decoy},
            {"channel", request.channel},
            {"locale", request.locale},
            {"session", request.session.text()},
            {"state", name(request.state)},
            {"created_at", millis(request.created_at)},
            {"expires_at", millis(request.expires_at)},
            {"extended", request.extended},
            {"steps", request.steps},
            {"current", request.current}};
    if (request.more)
        json["more"] = {{"why", kWhys.at(static_cast<std::size_t>(request.more->why))},
                        {"any", request.more->any}};
}

void from_json(const Json& json, ResetRequest& request) {
    const auto string = [&](const char* key) { return json.at(key).get<std::string>(); };
    const auto number = [&](const char* key) { return json.at(key).get<std::int64_t>(); };
    request = {.id = RequestId{string("id")},
               .reference = string("reference"),
               .version = number("version"),
               .process = string("process"),
               .process_version = number("process_version"),
               .account = AccountId{string("account")},
               .identifier = string("identifier"),
               .decoy = json.at("decoy").get<bool>(),
               .channel = string("channel"),
               .locale = string("locale"),
               .session = SessionId{string("session")},
               .state = static_cast<RequestState>(index_of(kRequestStates, string("state"))),
               .created_at = from_millis(number("created_at")),
               .expires_at = from_millis(number("expires_at")),
               .extended = json.at("extended").get<bool>(),
               .steps = json.at("steps").get<std::vector<Progress>>(),
               .current = string("current")};
    if (const auto more = json.find("more"); more != json.end())
        request.more = MoreProof{
            static_cast<MoreProof::Why>(index_of(kWhys, more->at("why").get<std::string>())),
            more->at("any").get<std::vector<std::string>>()};
}

}  // namespace latchkey
