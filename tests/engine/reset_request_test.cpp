#include "engine/reset_request.h"

#include "tests/support/builders.h"
#include "tests/support/problems.h"
#include "tests/support/type_table.h"

#include <gtest/gtest.h>
#include <fstream>
#include <map>
#include <regex>
#include <stdexcept>

namespace latchkey {
namespace {

using Lines = std::vector<std::string>;
constexpr Milliseconds kInstant{1};

std::vector<RequestState> all_states() {
    return {RequestState::verifying, RequestState::verified, RequestState::completed,
            RequestState::locked,    RequestState::expired,  RequestState::cancelled};
}

std::vector<RequestEvent> all_events() {
    return {RequestEvent::passed_all, RequestEvent::acted, RequestEvent::locked_out,
            RequestEvent::expired, RequestEvent::cancelled};
}

/// The lines `a --b--> c` of the diagram in the header.
std::map<std::pair<std::string, std::string>, std::string> diagram() {
    std::ifstream header(LATCHKEY_SOURCE "/engine/reset_request.h");
    std::map<std::pair<std::string, std::string>, std::string> arrows;
    static const std::regex kArrow(R"(///\s+(\w+) --(\w+)--> (\w+))");
    for (std::string line; std::getline(header, line);) {
        std::smatch found;
        if (std::regex_match(line, found, kArrow)) {
            EXPECT_TRUE(arrows.try_emplace({found[1], found[2]}, found[3]).second) << line;
        }
    }
    return arrows;
}

TEST(Transitions, AreThoseOfTheDiagramInTheHeader) {
    const auto arrows = diagram();
    EXPECT_EQ(arrows.size(), 7U);
    std::size_t met = 0;
    for (const auto state : all_states())
        for (const auto event : all_events()) {
            const auto arrow = arrows.find({std::string(name(state)), std::string(name(event))});
            const auto next = after(state, event);
            EXPECT_EQ(next ? std::string(name(*next)) : "",
                      arrow == arrows.end() ? "" : arrow->second)
                << name(state) << " --" << name(event) << "-->";
            if (next) ++met;
        }
    EXPECT_EQ(met, arrows.size()) << "every arrow is between known states";
}

TEST(Transitions, LeadNowhereFromAClosedRequest) {
    for (const auto state : all_states())
        for (const auto event : all_events())
            if (closed(state)) {
                EXPECT_EQ(after(state, event), std::nullopt) << name(state);
            }
    EXPECT_FALSE(closed(RequestState::verifying));
    EXPECT_FALSE(closed(RequestState::verified));
    EXPECT_TRUE(closed(RequestState::completed));
    EXPECT_TRUE(closed(RequestState::locked));
    EXPECT_TRUE(closed(RequestState::expired));
    EXPECT_TRUE(closed(RequestState::cancelled));
}

TEST(Transitions, LeadToTheActOnlyThroughVerified) {
    for (const auto state : all_states())
        for (const auto event : all_events())
            if (after(state, event) == RequestState::completed) {
                EXPECT_EQ(state, RequestState::verified);
                EXPECT_EQ(event, RequestEvent::acted);
            }
}

TEST(Advance, ChangesTheStateOrNothing) {
    const Process process = ProcessBuilder().required("email_code").build();
    for (const auto state : all_states())
        for (const auto event : all_events()) {
            ResetRequest request = request_for(process);
            request.state = state;
            const auto next = after(state, event);
            EXPECT_EQ(advance(request, event), next.has_value());
            EXPECT_EQ(request.state, next.value_or(state));
        }
}

TEST(Expire, HappensAtTheInstantItself) {
    const Process process = ProcessBuilder().required("email_code").build();
    for (const auto state : all_states()) {
        ResetRequest request = request_for(process);
        request.state = state;
        const TimePoint end = request.expires_at;
        EXPECT_FALSE(expire(request, end - kInstant));
        EXPECT_EQ(request.state, state);
        ResetRequest later = request;
        EXPECT_EQ(expire(request, end), !closed(state)) << name(state);
        EXPECT_EQ(expire(later, end + kInstant), !closed(state)) << name(state);
        EXPECT_EQ(request.state, closed(state) ? state : RequestState::expired);
        EXPECT_FALSE(expire(request, end)) << "once";
    }
}

TEST(Expire, IsNotUndoneByAClockThatGoesBack) {
    const Process process = ProcessBuilder().required("email_code").build();
    ResetRequest request = request_for(process);
    expire(request, request.expires_at);
    expire(request, request.created_at);
    EXPECT_EQ(request.state, RequestState::expired);
}

TEST(Expire, HappensToWhatBeganAfterTheTimeToWhichTheClockWasSetBack) {
    const Process process = ProcessBuilder().required("email_code").build();
    ResetRequest request = request_for(process);
    EXPECT_FALSE(expire(request, request.created_at - Minutes{5})) << "another machine's clock";
    EXPECT_TRUE(expire(request, request.created_at - Minutes{5} - kInstant));
}

Process two_and_one_of_two() {
    return ProcessBuilder()
        .required("soft_pin")
        .required("email_code")
        .optional("authenticator")
        .optional("sms_code")
        .optional_needed(1)
        .build();
}

void set(ResetRequest& request, const std::string& verification, StepState state) {
    request.step(verification)->state = state;
}

TEST(OpenSteps, AreThoseStillNeededInTheProcesssOrder) {
    const Process process = two_and_one_of_two();
    ResetRequest request = request_for(process);
    EXPECT_EQ(open_steps(request, process),
              (Lines{"soft-pin", "email-code", "authenticator", "sms-code"}));
    set(request, "soft-pin", StepState::passed);
    set(request, "email-code", StepState::asking);
    EXPECT_EQ(open_steps(request, process), (Lines{"email-code", "authenticator", "sms-code"}));
    set(request, "authenticator", StepState::failed);
    EXPECT_EQ(open_steps(request, process), (Lines{"email-code", "sms-code"}));
    set(request, "sms-code", StepState::passed);
    EXPECT_EQ(open_steps(request, process), Lines{"email-code"})
        << "enough of the optional ones passed";
}

TEST(OpenSteps, OfferNoOptionalOneWhereNoneIsNeeded) {
    const Process process = ProcessBuilder().required("email_code").optional("soft_pin").build();
    EXPECT_EQ(open_steps(request_for(process), process), Lines{"email-code"});
}

TEST(ProofsMissing, CountDownToNothing) {
    const Process process = two_and_one_of_two();
    ResetRequest request = request_for(process);
    EXPECT_EQ(proofs_missing(request, process), 3U);
    set(request, "sms-code", StepState::passed);
    EXPECT_EQ(proofs_missing(request, process), 2U);
    set(request, "authenticator", StepState::passed);
    EXPECT_EQ(proofs_missing(request, process), 2U) << "more than enough counts once";
    set(request, "soft-pin", StepState::passed);
    set(request, "email-code", StepState::passed);
    EXPECT_EQ(proofs_missing(request, process), 0U);
    EXPECT_TRUE(proved(request, process));
}

TEST(Proved, IsNothingForAProcessThatAsksNothing) {
    const Process nothing = ProcessBuilder().build();
    EXPECT_FALSE(proved(request_for(nothing), nothing));
    const Process only_optional = ProcessBuilder().optional("authenticator").build();
    ResetRequest request = request_for(only_optional);
    EXPECT_FALSE(proved(request, only_optional));
    set(request, "authenticator", StepState::passed);
    EXPECT_FALSE(proved(request, only_optional));
}

TEST(Proved, WantsAPassOfEachVerificationOfThisProcess) {
    const Process process = ProcessBuilder().required("email_code").required("soft_pin").build();
    ResetRequest request = request_for(process);
    set(request, "email-code", StepState::passed);
    request.steps[1].verification = "some-other";
    request.steps[1].state = StepState::passed;
    EXPECT_FALSE(proved(request, process)) << "a pass for something else";
    request.steps.pop_back();
    EXPECT_FALSE(proved(request, process)) << "no step at all";
    request.steps.push_back(request.steps[0]);
    EXPECT_FALSE(proved(request, process)) << "one pass kept twice";
}

TEST(Hopeless, IsWhatLeavesNoWayThrough) {
    const Process process = two_and_one_of_two();
    ResetRequest request = request_for(process);
    EXPECT_FALSE(hopeless(request, process));
    set(request, "authenticator", StepState::failed);
    EXPECT_FALSE(hopeless(request, process));
    ResetRequest without_optional = request;
    set(without_optional, "sms-code", StepState::failed);
    EXPECT_TRUE(hopeless(without_optional, process));
    without_optional.more = MoreProof{.any = {"email-code"}};
    EXPECT_TRUE(hopeless(without_optional, process)) << "what is needed beside does not help";
    set(request, "email-code", StepState::failed);
    EXPECT_TRUE(hopeless(request, process));
}

TEST(AssuranceOfRequest, IsWhatPassedSoFarAmountsTo) {
    const Registry registry = registry_of_table();
    const Process process = two_and_one_of_two();
    ResetRequest request = request_for(process);
    EXPECT_EQ(assurance_of(request, process, registry), Assurance::none);
    set(request, "email-code", StepState::passed);
    set(request, "soft-pin", StepState::asking);
    EXPECT_EQ(assurance_of(request, process, registry), Assurance::medium);
    set(request, "soft-pin", StepState::passed);
    EXPECT_EQ(assurance_of(request, process, registry), Assurance::multi_factor);
    EXPECT_EQ(assurance_of(request, process, Registry{}), Assurance::none)
        << "types that are gone prove nothing";
}

TEST(Apply, TakesThePromptMemoryAndProblemsOfATurn) {
    const Process process = ProcessBuilder().required("email_code").build();
    ResetRequest request = request_for(process);
    apply(request, process, "email-code",
          {.verdict = Verdict::ask, .prompt = {.title = {"first", {}}}, .state = {{"a", 1}}},
          false);
    EXPECT_EQ(request.current, "email-code");
    EXPECT_EQ(request.steps[0].state, StepState::asking);
    EXPECT_EQ(request.steps[0].prompt.title.id, "first");

    apply(request, process, "email-code",
          {.verdict = Verdict::refused, .state = {{"a", 2}}, .problems = {{"code", "expired", {}}}},
          false);
    EXPECT_EQ(request.steps[0].prompt.title.id, "first") << "a turn without a prompt keeps it";
    EXPECT_EQ(request.steps[0].memory, Json({{"a", 2}}));
    EXPECT_EQ(listed(request.steps[0].problems), Lines{"code expired"});
}

TEST(Apply, SaysThatAnAnswerWasWrongWhereADialogueSaysNothing) {
    const Process process = ProcessBuilder().required("email_code").build();
    ResetRequest request = request_for(process);
    apply(request, process, "email-code", {}, false);
    EXPECT_EQ(request.steps[0].state, StepState::asking) << "a forgotten verdict is a refusal";
    EXPECT_EQ(listed(request.steps[0].problems), Lines{" wrong_answer"});
}

TEST(Apply, KeepsNothingOfAProofThatServed) {
    const Process process = ProcessBuilder().required("email_code").build();
    ResetRequest request = request_for(process);
    apply(request, process, "email-code", {.verdict = Verdict::ask, .state = {{"a", 1}}}, false);
    apply(request, process, "email-code", {.verdict = Verdict::passed, .state = {{"a", 1}}}, true);
    EXPECT_TRUE(request.steps[0].memory.is_null());
    EXPECT_TRUE(request.steps[0].problems.empty());
    EXPECT_EQ(request.current, "");
    EXPECT_EQ(request.state, RequestState::verified);
}

TEST(Apply, LetsADecoyGoOnAfterARightAnswerAsAfterAWrongOne) {
    const Process process = ProcessBuilder().required("email_code").build();
    ResetRequest request = request_for(process);
    request.decoy = true;
    apply(request, process, "email-code", {.verdict = Verdict::ask, .state = {{"a", 1}}}, false);
    apply(request, process, "email-code", {.verdict = Verdict::passed}, false);
    EXPECT_EQ(request.steps[0].memory, Json({{"a", 1}})) << "the next answer needs it";
    EXPECT_EQ(request.steps[0].state, StepState::asking);
    EXPECT_EQ(request.current, "email-code");
}

TEST(Apply, RefusesATurnWhereNoneIsDue) {
    const Process process = ProcessBuilder().required("email_code").required("soft_pin").build();
    const Turn passed{.verdict = Verdict::passed};
    for (const auto state : {StepState::passed, StepState::failed}) {
        ResetRequest request = request_for(process);
        set(request, "email-code", state);
        EXPECT_THROW(apply(request, process, "email-code", passed, false), std::logic_error);
    }
    for (const auto state : all_states()) {
        if (state == RequestState::verifying) continue;
        ResetRequest request = request_for(process);
        request.state = state;
        EXPECT_THROW(apply(request, process, "email-code", passed, false), std::logic_error);
    }
    ResetRequest request = request_for(process);
    EXPECT_THROW(apply(request, process, "smoke-signals", passed, false), std::logic_error);
}

TEST(StoredRequest, IsReadBackAsItWas) {
    const Process process = two_and_one_of_two();
    ResetRequest request = request_for(process);
    request.version = 9;
    request.decoy = true;
    request.extended = true;
    request.current = "email-code";
    request.locale = "pt-BR";
    request.steps[1] = {
        .verification = "email-code",
        .state = StepState::waiting,
        .decoy = true,
        .destination = "device-1",
        .memory = {{"challenge", "abc"}, {"list", {1, nullptr, "é"}}},
        .prompt = {.title = {"t", {{"n", std::int64_t{3}}}}, .fields = {{.key = "code"}}},
        .problems = {{"code", "expired", {"problem.expired", {}}}},
        .message = MessageId{"message-1"}};
    for (const auto state : all_states()) {
        request.state = state;
        for (const auto step : {StepState::untouched, StepState::asking, StepState::waiting,
                                StepState::passed, StepState::failed}) {
            request.steps[0].state = step;
            const std::string once = Json(request).dump();
            const auto again = Json::parse(once).get<ResetRequest>();
            EXPECT_EQ(Json(again).dump(), once);
            EXPECT_EQ(again.state, state);
            EXPECT_EQ(again.steps.at(0).state, step);
            EXPECT_EQ(again.steps.at(1).prompt, request.steps[1].prompt);
            EXPECT_EQ(again.steps.at(1).memory, request.steps[1].memory);
            EXPECT_EQ(again.steps.at(1).message, request.steps[1].message);
            EXPECT_EQ(again.expires_at, request.expires_at);
            EXPECT_EQ(again.session, request.session);
            EXPECT_EQ(again.account, request.account);
            EXPECT_TRUE(again.decoy && again.extended && again.steps.at(1).decoy);
        }
    }
}

TEST(StoredRequest, IsNotReadWithAnUnknownState) {
    const Process process = ProcessBuilder().required("email_code").build();
    Json json = request_for(process);
    json["state"] = "almost";
    EXPECT_THROW(json.get<ResetRequest>(), std::logic_error);
    json = request_for(process);
    json["steps"][0]["state"] = "Passed";
    EXPECT_THROW(json.get<ResetRequest>(), std::logic_error);
}

TEST(StateNames, NeverChange) {
    Lines names;
    for (const auto state : all_states()) names.emplace_back(name(state));
    for (const auto event : all_events()) names.emplace_back(name(event));
    for (int step = 0; step < 5; ++step) names.emplace_back(name(static_cast<StepState>(step)));
    EXPECT_EQ(names, (Lines{"verifying", "verified", "completed", "locked", "expired", "cancelled",
                            "passed_all", "acted", "locked_out", "expired", "cancelled",
                            "untouched", "asking", "waiting", "passed", "failed"}));
}

}  // namespace
}  // namespace latchkey
