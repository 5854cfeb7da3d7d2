// Strangers ask about names of several kinds, each kind through functions of its own: how many
// instructions an answer takes can then be counted by kind (S02). instructions.py does.
#include "db/sql/make_database.h"
#include "db/sql/migrator.h"
#include "tests/journeys/world.h"
#include "tests/support/builders.h"
#include "tests/support/temporary_folder.h"
#include "verifications/make_registry.h"
#include "web/pages/people_site.h"
#include "web/render/pages.h"

#include <algorithm>
#include <array>
#include <functional>
#include <regex>
#include <stdexcept>

namespace {

using namespace latchkey;

/// In each of the orders of five once: what the one before leaves to do falls on each kind alike.
constexpr int kOfEachKind = 120;

struct FirstOfAll;  // fills the caches
struct Known;
struct Unknown;
struct Disabled;
struct Addressless;
struct Ambiguous;

struct Begin;
struct Look;
struct Choose;
struct Answer;

/// A function whose name tells the step of a visit and the kind.
template <class Step, class Kind>
[[gnu::noinline]] http::Response take(const Site& site, const http::Request& request) {
    http::Response response = site.handle(request);
    asm volatile("" : : : "memory");  // the function is not left before it is done
    return response;
}

std::string header(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    throw std::logic_error(std::string(name) + " is missing: " + std::to_string(response.status));
}

std::string input(const std::string& page, const std::string& name) {
    std::smatch found;
    if (!std::regex_search(page, found, std::regex("name=\"" + name + "\" value=\"([^\"]+)\"")))
        throw std::logic_error("no input " + name);
    return found[1];
}

/// One stranger who names somebody.
template <class Kind>
void ask_about(const Site& site, const std::string& name) {
    const http::Request hello{.method = "GET", .path = "/p/reset", .client = "192.0.2.1"};
    const auto first = site.handle(hello);
    const std::string set_cookie = header(first, "Set-Cookie");
    const http::Headers headers{{"cookie", set_cookie.substr(0, set_cookie.find(';'))},
                                {"content-type", "application/x-www-form-urlencoded"}};
    const std::string token = "csrf=" + input(first.body, "csrf");
    const auto get = [&](const std::string& path) {
        return http::Request{
            .method = "GET", .path = path, .headers = headers, .client = hello.client};
    };
    const auto post = [&](const std::string& path, const std::string& fields) {
        return http::Request{.method = "POST",
                             .path = path,
                             .headers = headers,
                             .body = token + fields,
                             .client = hello.client};
    };
    const auto begun = take<Begin, Kind>(site, post("/p/reset", "&identifier=" + name));
    const std::string here = header(begun, "Location");
    const auto ways = take<Look, Kind>(site, get(here));
    const std::string place = input(ways.body, "destination");
    const auto chosen =
        take<Choose, Kind>(site, post(here + "/choose", "&verification=mail&destination=" + place));
    header(chosen, "Location");
    const auto answered = take<Answer, Kind>(
        site, post(here + "/answer", "&verification=mail&expected=0&code=000000"));
    header(answered, "Location");
}

/// All addresses are of one length.
std::string address(const std::string& kind, int number) {
    return kind + std::to_string(1000 + number) + "@example.org";
}

void add_people(JourneyWorld& world) {
    const auto add = [&](const std::string& name, const std::string& mail, bool disabled = false) {
        AccountBuilder builder(name);
        if (!mail.empty()) builder.with("email", mail);
        if (disabled) builder.disabled();
        Account account = builder.build();
        account.id = AccountId{random_token(world.random)};  // as in the program
        world.stores.add(account);
    };
    for (int i = 0; i < kOfEachKind; ++i) {
        const std::string number = std::to_string(1000 + i);
        for (const char* kind : {"first", "known"}) add(kind + number, address(kind, i));
        add("other" + number, address("other", i), true);
        add(address("minus", i), "");
        for (const char* twin : {"-one", "-two"}) add(number + twin, address("twins", i));
    }
}

}  // namespace

int main() {
    start_sodium();
    const TemporaryFolder folder;
    const auto database = make_database("sqlite:latchkey.db", folder.path());
    migrate(*database, kNewYear);
    JourneyWorld world{*database, make_registry(),
                       DefinitionsBuilder()
                           .verification("mail", "email_code")
                           .process("reset", {"mail"}, {{"identify_by", {"user_name", "email"}}})
                           .build(),
                       Hours{1}};
    add_people(world);
    const Assets assets;
    const Catalogs catalogs{assets, {}};
    const Branding branding;
    const Templates templates{assets, catalogs};
    const StaticFiles files{assets, branding};
    const Pages pages{templates, catalogs, files, branding};
    const PeopleSite people{{.parts = world.parts,
                             .links = world.stores.links,
                             .sessions = world.stores.sessions,
                             .catalogs = catalogs,
                             .pages = pages,
                             .files = files},
                            {}};
    const Site& site = people.site();
    for (int i = 0; i < kOfEachKind; ++i) ask_about<FirstOfAll>(site, address("first", i));
    const std::array<std::function<void(int)>, 5> kinds{
        [&](int i) { ask_about<Known>(site, address("known", i)); },
        [&](int i) { ask_about<Unknown>(site, address("nobdy", i)); },
        [&](int i) { ask_about<Disabled>(site, address("other", i)); },
        [&](int i) { ask_about<Addressless>(site, address("minus", i)); },
        [&](int i) { ask_about<Ambiguous>(site, address("twins", i)); }};
    std::array<std::size_t, 5> order{0, 1, 2, 3, 4};
    for (int i = 0; i < kOfEachKind; ++i) {
        for (const std::size_t kind : order) kinds.at(kind)(i);
        std::ranges::next_permutation(order);
    }
}
