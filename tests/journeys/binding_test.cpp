// A proof is worth something in the one place that asked for it and nowhere else (S09): the right
// answer to each of many open questions is given to every other one.
#include "tests/journeys/factors.h"

#include <map>
#include <set>
#include <sstream>

namespace latchkey {
namespace {

using ::testing::AnyOf;

/// Nobody is kept out by a limit here: what is refused must be refused for what it is.
const Query kForgetAnswers{"DELETE FROM budget"};

const std::vector<std::string> kVerifications{"mail", "mail-two", "sms",   "app",      "app-two",
                                              "pin",  "pin-two",  "sheet", "questions"};

/// Two of some types; `title` makes another version of the process. A first proof opens the
/// questions.
Json many_ways(const std::string& title) {
    std::vector<std::string> all{"door"};
    all.insert(all.end(), kVerifications.begin(), kVerifications.end());
    return DefinitionsBuilder()
        .verification("door", "email_code")
        .verification("mail", "email_code")
        .verification("mail-two", "email_code")
        .verification("sms", "sms_code")
        .verification("app", "authenticator")
        .verification("app-two", "authenticator")
        .verification("pin", "soft_pin")
        .verification("pin-two", "soft_pin")
        .verification("sheet", "recovery_codes")
        .verification("questions", "security_questions", {{"enrolled", 1}, {"asked", 1}})
        .setting("limits.answers_per_day", 100)
        .process("all", all, {{"title", {{"en", title}}}, {"limits", {{"attempts", 10}}}})
        .build();
}

/// An open question: a step of a request; a trial, which is also the proof before a change; an
/// enrollment.
struct Place {
    enum class Kind { step, trial, draft };
    Kind kind;
    Account person;
    std::string verification;
    RequestId request;  // of a step
    std::string field;
    std::string proof = {};  // the right answer
    std::string key = {};    // of an app: its proof is another one every thirty seconds
    bool held = false;  // it is right by what the person holds, not by what was sent or shown here

    /// What somebody holds is right wherever they are asked for it.
    bool shares_its_secret_with(const Place& other) const {
        return held && other.held && person.id == other.person.id &&
               verification == other.verification;
    }
    friend std::ostream& operator<<(std::ostream& out, const Place& place) {
        const char* const kinds[]{"step of ", "trial of ", "draft of "};
        return out << kinds[static_cast<int>(place.kind)] << place.person.user_name << ", "
                   << place.verification << " " << place.request.text();
    }
};

class Binding : public FactorTest {
 protected:
    Binding() {
        world.define(many_ways("the first version"));
        for (const auto* person : {&amy, &ben}) enroll(*person);
        world.stores.clock.advance(Hours{80});  // what is held is trusted by now
        for (const auto* person : {&amy, &ben}) open_request(*person);
        world.define(many_ways("the second version"));
        for (const auto* person : {&amy, &ben}) {
            open_request(*person);
            open_trials(*person);
            open_drafts(*person);
        }
    }

    Account add(const std::string& name, const std::string& phone) {
        return world.stores.add(
            AccountBuilder(name).with("email", name + "@example.org").with("phone", phone).build());
    }

    void enroll(const Account& person) {
        const auto draft = [&](const std::string& name) {
            forget_answers();
            return desk.open(person, name, "", "door", {}).value();
        };
        const auto end = [&](const std::string& name, const RawAnswers& raw) {
            ASSERT_FALSE(desk.reply(person, name, raw, {}).value()) << name;
        };
        for (const char* name : {"app", "app-two"}) {
            const auto key = draft(name).memory.at("key").get<std::string>();
            end(name, {{"code", app_code(key)}});
            secrets(person, name) = {key};
        }
        for (const char* name : {"pin", "pin-two"}) {
            const std::string pin = pins.back();
            pins.pop_back();
            draft(name);
            end(name, {{"pin", pin}, {"again", pin}});
            secrets(person, name) = {pin};
        }
        const std::string answer = pins.back();  // looks like every other proof
        pins.pop_back();
        const auto question = draft("questions").prompt.fields.front().choices.front().value;
        end("questions", {{"question", question}, {"answer", answer}});
        secrets(person, "questions") = {answer};
        std::istringstream sheet(draft("sheet").prompt.notices.back().verbatim);
        for (std::string code; std::getline(sheet, code);) secrets(person, "sheet").push_back(code);
        end("sheet", {{"saved", "true"}});
    }

    void open_request(const Account& person) {
        forget_answers();
        begin("all", person.user_name);
        world.conductor.choose(request, session, "door", "", {}).value();
        world.conductor.reply(request, session, "door", {{"code", code_sent()}}, {}, {}).value();
        for (const std::string& name : kVerifications) {
            forget_answers();
            const auto at = world.conductor.choose(request, session, name, "", {}).value();
            const Prompt prompt = at.request.step(name)->prompt;
            take({Place::Kind::step, person, name, request, prompt.fields.front().key});
        }
    }

    void open_trials(const Account& person) {
        for (const std::string& name : kVerifications) {
            forget_answers();
            const Prompt prompt = trials.open(person, name, "", {}).value().prompt;
            take({Place::Kind::trial, person, name, {}, prompt.fields.front().key});
        }
    }

    /// Both people enroll the same address and the same number, twice, and pair two more apps.
    void open_drafts(const Account& person) {
        for (const char* name : {"mail", "mail-two", "sms"}) {
            forget_answers();
            const bool mail = std::string_view(name).starts_with("mail");
            desk.open(person, name, "", "door", {}).value();
            desk.reply(person, name, {{"address", mail ? "all@home.example" : "+1 202 555 0199"}},
                       {})
                .value();
            take({Place::Kind::draft, person, name, {}, "code", code_sent()});
        }
        for (const char* name : {"app", "app-two"}) {
            const auto draft = desk.open(person, name, "", "door", {}).value();
            const auto key = draft.memory.at("key").get<std::string>();
            take({Place::Kind::draft, person, name, {}, "code", app_code(key), key});
        }
    }

    /// With its proof, unless that is known already.
    void take(Place place) {
        if (place.proof.empty()) {
            auto& known = secrets(place.person, place.verification);
            place.held = !known.empty();
            place.proof = place.held ? known.back() : code_sent();
            if (place.verification.starts_with("app")) {
                place.key = known.back();
                place.proof = app_code(place.key);
            }
            if (place.verification == "sheet") known.pop_back();
        }
        places.push_back(std::move(place));
    }

    std::vector<std::string>& secrets(const Account& person, const std::string& verification) {
        return secrets_[person.user_name + "/" + verification];
    }

    /// Now and then the request shows another verification, or the choice: whatever is in front of
    /// the person decides nothing (CVE-2026-18963).
    void look_elsewhere(const Place& to, const Place& of) {
        if (to.kind != Place::Kind::step || answers % 4 > 1) return;
        if (answers % 4 == 0)
            world.conductor.another_way(to.request, session).value();
        else
            world.conductor.choose(to.request, session, of.verification, "", {}).value();
    }

    /// What comes of an answer: "passed", "wrong", "no such answer" where its form is another one,
    /// or "refused".
    std::string give(const std::string& proof, const Place& to) {
        if (++answers % 5 == 0) forget_answers();
        const RawAnswers raw{{to.field, proof}};
        const auto ends = [](const Result<std::optional<EnrollmentDraft>>& left) -> std::string {
            if (!left) return refusal(left.error());
            // An address is proved before it is saved: its draft asks for a button then.
            return *left && !(*left)->prompt.fields.empty() ? "wrong" : "passed";
        };
        switch (to.kind) {
            case Place::Kind::step: {
                const auto at =
                    world.conductor.reply(to.request, session, to.verification, raw, {}, {});
                if (!at) return refusal(at.error());
                const StepState state = at->request.step(to.verification)->state;
                if (state == StepState::passed) return "passed";
                return state == StepState::asking ? "wrong" : "refused";
            }
            case Place::Kind::trial:
                return ends(try_answer(to.person, to.verification, raw));
            case Place::Kind::draft:
                return ends(desk.reply(to.person, to.verification, raw, {}));
        }
        return {};
    }

    static std::string refusal(const Error& error) {
        return error.code == Errc::validation_failed ? "no such answer" : "refused";
    }

    void forget_answers() {
        world.stores.database.write([](Transaction& t) { t.run(kForgetAnswers); });
    }

    std::set<std::string> passed(const RequestId& id) {
        std::set<std::string> names;
        const auto looked_at = world.conductor.look(id, session).value().request;
        for (const auto& step : looked_at.steps)
            if (step.state == StepState::passed) names.insert(step.verification);
        return names;
    }

    std::vector<std::string> pins{"480615", "261940", "739182", "815047", "604172", "913570"};
    std::map<std::string, std::vector<std::string>> secrets_;
    std::vector<Place> places;
    int answers = 0;
    const Account amy = add("amy", "+1 202 555 0101");
    const Account ben = add("ben", "+1 202 555 0102");
};

TEST_P(Binding, LetsNoProofCountButWhereItWasAskedFor) {
    std::set<std::string> proofs;
    for (const Place& of : places)
        EXPECT_TRUE(of.held || proofs.insert(of.proof).second) << "drawn by another one: " << of;

    // What comes of it does not depend on the database: one sees every pair, the other every
    // fourth.
    const int stride = GetParam() == Backend::sqlite ? 1 : 4;
    int pairs = 0;
    std::map<std::string, int> count;
    for (const Place& to : places)
        for (const Place& of : places) {
            if (&of == &to || of.shares_its_secret_with(to) || ++pairs % stride != 0) continue;
            look_elsewhere(to, of);
            const std::string came = give(of.proof, to);
            ++count[came];
            EXPECT_THAT(came, AnyOf("wrong", "no such answer")) << of << "'s proof in " << to;
        }
    // Six digits are an answer almost everywhere: it is not their form that is refused.
    EXPECT_GT(count["wrong"], 3 * count["no such answer"]);
    for (int i = 1; i <= 4; ++i) {
        const RequestId id{"request-" + std::to_string(i)};
        EXPECT_EQ(passed(id), std::set<std::string>{"door"});
        EXPECT_EQ(
            world.conductor.act(id, session, Secret("violet kettle seven oceans"), {}).error().code,
            Errc::not_verified);
    }

    // Not a limit, and nothing that had ended: each of them still takes its own, and is all that it
    // opens.
    std::map<RequestId, std::set<std::string>> expected;
    for (Place& own : places) {
        if (!own.key.empty()) {
            world.stores.clock.advance(kTimeStep);
            own.proof = app_code(own.key);
        }
        EXPECT_EQ(give(own.proof, own), "passed") << own;
        if (own.kind != Place::Kind::step) continue;
        auto& names = expected.emplace(own.request, std::set<std::string>{"door"}).first->second;
        names.insert(own.verification);
        EXPECT_EQ(passed(own.request), names);
        const bool all = names.size() == kVerifications.size() + 1;
        EXPECT_EQ(
            world.conductor.look(own.request, session)->request.state == RequestState::verified,
            all);
    }
}

TEST_P(Binding, LetsWhatIsHeldCountWhereverItsOwnerIsAskedForIt) {
    std::set<std::string> used;
    for (const Place& own : places) {
        if (!own.held || own.verification == "sheet") continue;
        // The code of an app is one for all of them, and counts for the first.
        const bool once = own.verification.starts_with("app");
        const bool first = used.insert(own.person.user_name + own.verification).second;
        EXPECT_EQ(give(own.proof, own), first || !once ? "passed" : "wrong") << own;
    }
}

TEST_P(Binding, CountsAProofFromElsewhereAsAWrongAnswer) {
    const Place& mail = places.front();
    const Place& other = places.at(1);
    const RawAnswers raw{{mail.field, other.proof}};
    for (int i = 0; i < 10; ++i)
        ASSERT_TRUE(world.conductor.reply(mail.request, session, mail.verification, raw, {}, {}));
    const auto own = world.conductor.reply(mail.request, session, mail.verification,
                                           {{mail.field, mail.proof}}, {}, {});
    EXPECT_EQ(own.error().code, Errc::request_closed);
}

ON_BOTH_DATABASES(Binding);

}  // namespace
}  // namespace latchkey
