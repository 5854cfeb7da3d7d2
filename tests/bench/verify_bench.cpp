#include "db/sql/make_database.h"
#include "db/sql/migrator.h"
#include "engine/enrollment_desk.h"
#include "tests/support/at_once.h"
#include "tests/support/builders.h"
#include "tests/support/counting_random.h"
#include "tests/support/sql_stores.h"
#include "tests/support/temporary_folder.h"
#include "verifications/make_registry.h"
#include "verifications/totp.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <stdexcept>

/// Right answers a second for each type of verification that people do alone, through the use cases
/// of a request, each answer durable on SQLite; where an answer costs slow hashes, their rate
/// beside the bare hash's. Usage: verify_bench [PEOPLE [TYPE]], how many answer for each type, or
/// for that one (2000; a fiftieth of it where hashes are slow).
namespace {

using namespace latchkey;

constexpr std::size_t kWorkers = 32;
constexpr std::size_t kSlots = 2;                    // for slow hashes
constexpr Milliseconds kDefinitionsAreFreshFor{10};  // as in the program
constexpr const char* kMail = "email_code";

/// Somebody, and what they learn on the way.
struct Person {
    Account account;
    RequestId request;
    std::string code;      // of the latest message
    std::string recovery;  // the first of the sheet
    RawAnswers right_answers;
};

double per_second(std::size_t count, const std::function<void()>& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    return static_cast<double>(count) / took.count();
}

class Installation {
 public:
    explicit Installation(Database& database)
        : stores(database, test_ring(), HashCost{}, kDefinitionsAreFreshFor) {
        stores.registry = make_registry({.numbers = {}, .per_day = 0, .per_country_day = 0});
        DefinitionsBuilder definitions;
        definitions.setting("limits.answers_per_day", 100);
        for (const auto& id : types()) {
            std::vector<std::string> steps{id};
            if (id != kMail) steps.emplace_back(kMail);
            definitions.verification(id, id).process(process_of(id), steps);
        }
        const auto parsed = parse_definitions(definitions.build(), stores.registry);
        if (!parsed) throw std::logic_error(Json(parsed.error().problems).dump());
        stores.processes.apply(
            parsed.value(),
            {.type = ActivityType::definitions_applied, .at = kNewYear, .actor = "command"});
    }

    std::vector<std::string> types() const {
        std::vector<std::string> ids;
        for (const auto& type : stores.registry.all())
            if (type->type().public_use) ids.push_back(type->type().id);
        return ids;
    }

    /// Somebody who can be verified by `type`.
    Person enrolled(const std::string& type, std::size_t number) {
        const std::string name = process_of(type) + std::to_string(number);
        Person person{.account =
                          stores.add(AccountBuilder(name)
                                         .with("email", name + "@example.org")
                                         .with("phone", "+1202555" + std::to_string(1000 + number))
                                         .build())};
        enroll(person, type);
        return person;
    }

    /// Has the person asked.
    void begin(Person& person, const std::string& type) {
        const std::string& name = person.account.user_name;
        person.request = RequestId{"request of " + name};
        conductor_.begin({process_of(type), name, person.request, kBrowser}, {}).value();
        if (stores.registry.find(type)->type().after_a_proof) {
            choose(person, kMail);
            answer(person, kMail);
        }
        choose(person, type);
    }

    void answer(const Person& person, const std::string& type) {
        const auto done =
            conductor_.reply(person.request, kBrowser, type, person.right_answers, {}, {});
        if (!done || done->request.step(type)->state != StepState::passed)
            throw std::logic_error(type + ": a right answer is refused");
    }

    SqlStores stores;

 private:
    void choose(Person& person, const std::string& type) {
        const auto opened = conductor_.choose(person.request, kBrowser, type, "", {}).value();
        learn(person);
        person.right_answers =
            answers(opened.request.step(type)->prompt, person, held(person, type));
    }

    static std::string process_of(std::string type) {
        std::ranges::replace(type, '_', '-');
        return type;
    }

    Json held(const Person& person, const std::string& type) {
        for (const auto& enrollment : stores.enrollments.of(person.account.id))
            if (enrollment.verification == type) return enrollment.data;
        return {};
    }

    RawAnswers answers(const Prompt& prompt, const Person& person, const Json& known) {
        RawAnswers raw;
        for (const Field& field : prompt.fields) {
            if (field.key == "question")
                raw[field.key] = field.choices.at(0).value;
            else if (field.key == "saved")
                raw[field.key] = "true";
            else if (field.key == "name")
                raw[field.key] = "Mine";
            else if (field.key == "pin" || field.key == "again")
                raw[field.key] = "480615";
            else if (field.key == "answer")
                raw[field.key] = answer_to(prompt.fields.at(0).choices.at(0).label);
            else if (field.key.starts_with("answer"))
                raw[field.key] = answer_to(field.label);
            else if (field.key != "code")
                raw[field.key] = person.account.user_name;
            else if (!person.code.empty())
                raw[field.key] = person.code;
            else if (!person.recovery.empty())
                raw[field.key] = person.recovery;
            else
                raw[field.key] = app_code(known);
        }
        return raw;
    }

    /// Another one for each question.
    std::string answer_to(const Text& question) const {
        const auto& words = std::get<Words>(question.arguments.at("question"));
        return "zx" + base32(stores.crypto.keyed_digest(KeyUse::session, {words.at("en")}));
    }

    std::string app_code(const Json& known) {
        const Json& app = known.contains("items") ? known.at("items").at(0) : known;
        return hotp(stores.crypto, key_bytes(app.at("key").get<std::string>()),
                    static_cast<std::uint64_t>(time_step(stores.clock.now())));
    }

    void learn(Person& person) {
        for (const auto& claimed :
             stores.messages.claim("bench", 100, stores.clock.now(), Hours{1000}))
            if (claimed.message.account == person.account.id)
                person.code = claimed.message.data.value("code", person.code);
    }

    void enroll(Person& person, const std::string& type) {
        const Verification& wanted = *stores.registry.find(type);
        const auto settings = find_verification(*stores.processes.definitions(), type)->settings;
        if (wanted.available(subject_of(person.account), nullptr, settings)) return;
        auto draft = desk_.open(person.account, type, "", kMail, {}).value();
        for (std::optional<EnrollmentDraft> next = draft; next;) {
            for (const Notice& notice : next->prompt.notices)
                if (!notice.verbatim.empty() && type == "recovery_codes")
                    person.recovery = notice.verbatim.substr(0, notice.verbatim.find('\n'));
            const auto given = answers(next->prompt, person, next->memory);
            const auto turn = desk_.reply(person.account, type, given, {});
            if (!turn) throw std::logic_error(type + ": " + Json(turn.error().problems).dump());
            next = *turn;
            if (next && !next->problems.empty())
                throw std::logic_error(type + ": " + Json(next->problems).dump());
        }
    }

    const SessionId kBrowser{"browser"};
    CountingRandom random_;
    PasswordPolicy passwords_{{}};
    Parts parts_{stores.clock,    random_,          stores.crypto,   stores.registry,
                 stores.accounts, stores.processes, stores.requests, stores.enrollments,
                 stores.budgets,  stores.messages,  stores.changes,  stores.credentials,
                 passwords_};
    Conductor conductor_{parts_};
    EnrollmentDesk desk_{parts_};
};

void measure(Installation& installation, const std::string& type, std::size_t people) {
    const auto& crypto = installation.stores.crypto;
    // One answer ahead tells what an answer costs.
    Person first = installation.enrolled(type, 0);
    installation.stores.clock.advance(kTimeStep);  // the code that paired an app is used up
    installation.begin(first, type);
    const auto before = crypto.hashes();
    installation.answer(first, type);
    const auto hashes = static_cast<std::size_t>(crypto.hashes() - before);
    if (hashes > 0) people = std::max<std::size_t>(people / 50, 4);

    std::vector<Person> all;
    for (std::size_t i = 1; i <= people; ++i) all.push_back(installation.enrolled(type, i));
    installation.stores.clock.advance(kTimeStep);
    for (Person& person : all) installation.begin(person, type);
    const std::size_t threads = std::min(hashes > 0 ? 2 * kSlots : kWorkers, people);
    const std::clock_t spent = std::clock();
    const double rate = per_second(people, [&] {
        std::atomic<std::size_t> next = 0;
        at_once(threads, [&](std::size_t) {
            for (std::size_t i = next++; i < people; i = next++) installation.answer(all[i], type);
        });
    });
    const double processor = static_cast<double>(std::clock() - spent) / CLOCKS_PER_SEC;
    std::printf("%-28s %8.1f/s  processor time %.2f ms each", type.c_str(), rate,
                processor * 1000 / static_cast<double>(people));
    if (hashes > 0) {
        const std::size_t count = hashes * people;
        const std::string unmatchable = crypto.unmatchable_hash();
        const double bare = per_second(count, [&] {
            at_once(kSlots, [&](std::size_t thread) {
                for (std::size_t i = thread; i < count; i += kSlots)
                    (void)crypto.match_secret(unmatchable, "a guess");
            });
        });
        std::printf("  %zu hashes each, %.2f of the bare rate", hashes,
                    rate * static_cast<double>(hashes) / bare);
    }
    std::puts("");
}

}  // namespace

int main(int count, char** arguments) {
    const auto people = static_cast<std::size_t>(count > 1 ? std::atol(arguments[1]) : 2000);
    std::setbuf(stdout, nullptr);
    start_sodium();
    const TemporaryFolder folder;
    const auto database = make_database("sqlite:latchkey.db", folder.path());
    migrate(*database, kNewYear);
    Installation installation(*database);
    for (const auto& type : installation.types())
        if (count < 3 || type == arguments[2]) measure(installation, type, people);
}
