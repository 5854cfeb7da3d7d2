#include "tests/journeys/factors.h"
#include "web/pages/people_site.h"
#include "web/render/pages.h"

#include <map>
#include <regex>
#include <set>

namespace latchkey {
namespace {

using http::Request;
using http::Response;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using testing::UnorderedElementsAreArray;

// Every route of the pages, and who may call it. One that is not here does not get in unnoticed.
const std::set<std::string> kForAnyone{
    "GET /",
    "GET /p/{slug}",
    "POST /p/{slug}",
    "GET /r/{id}",
    "POST /r/{id}/choose",
    "POST /r/{id}/answer",
    "POST /r/{id}/another-way",
    "POST /r/{id}/extend",
    "POST /r/{id}/cancel",
    "POST /r/{id}/act",
    "POST /r/{id}/restart",
    "GET /sign-in",
    "POST /sign-in",
    "POST /sign-out",
    "GET /message",
    "GET /n/{token}",
    "GET /not-me",
    "POST /not-me",
};
const std::set<std::string> kForDemonstrations{
    "GET /demo/mailbox",
    "GET /demo/mailbox/{id}",
    "GET /demo/mailbox/{id}/html",
};
const std::set<std::string> kForThoseSignedIn{
    "GET /account",
    "POST /account/begin/{verification}",
    "POST /account/begin/{verification}/{item}",
    "GET /account/enroll/{verification}",
    "POST /account/enroll/{verification}",
    "POST /account/forget/{verification}",
    "POST /account/rename/{verification}/{item}",
    "GET /account/remove/{verification}",
    "GET /account/remove/{verification}/{item}",
    "POST /account/remove/{verification}",
    "POST /account/remove/{verification}/{item}",
    "GET /account/confirm",
    "POST /account/confirm",
    "GET /account/prove/{verification}",
    "GET /account/test/{verification}",
    "POST /account/open/{verification}",
    "GET /account/try/{verification}",
    "POST /account/try/{verification}",
    "POST /account/leave/{verification}",
};

/// What stands in the place of a route's parameters.
std::string path_of(std::string path, const std::string& id) {
    const std::map<std::string, std::string> values{{"{slug}", "reset"},
                                                    {"{verification}", "mail"},
                                                    {"{item}", "a"},
                                                    {"{token}", "b"},
                                                    {"{id}", id}};
    for (const auto& [name, value] : values)
        if (const auto at = path.find(name); at != std::string::npos)
            path.replace(at, name.size(), value);
    return path;
}

std::string header(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return {};
}

/// A browser without a screen, before the pages themselves: no server is between them.
class Browser {
 public:
    explicit Browser(const Site& site) : site_(site) {}

    Response get(const std::string& path) { return send({.method = "GET", .path = path}); }
    Response post(const std::string& path, const std::string& form,
                  const http::Headers& headers = {}) {
        Request request{.method = "POST", .path = path, .headers = headers, .body = form};
        request.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
        return send(std::move(request));
    }
    /// A token that this browser's forms carry.
    std::string token() {
        const std::string page = get("/p/reset").body;
        std::smatch found;
        if (!std::regex_search(page, found, std::regex("name=\"csrf\" value=\"([^\"]+)\"")))
            throw std::logic_error("no form");
        return found[1];
    }

 private:
    Response send(Request request) {
        request.client = "192.0.2.1";
        if (!cookie_.empty()) request.headers.emplace_back("cookie", cookie_);
        Response response = site_.handle(request);
        for (const auto& [name, value] : response.headers)
            if (name == "Set-Cookie") cookie_ = value.substr(0, value.find(';'));
        return response;
    }

    const Site& site_;
    std::string cookie_;
};

class Routes : public FactorTest {
 protected:
    Assets assets;
    Catalogs catalogs{assets, {}};
    Branding branding;
    Templates templates{assets, catalogs};
    StaticFiles files{assets, branding};
    Pages pages{templates, catalogs, files, branding};
    DemoMailbox mailbox;
    PeopleSite people{{.parts = world.parts,
                       .links = world.stores.links,
                       .sessions = world.stores.sessions,
                       .catalogs = catalogs,
                       .pages = pages,
                       .files = files},
                      PeopleSite::Demonstration{mailbox, {}}};
    const Site& site = people.site();
    Browser browser{site};
    Account amy = add("amy");

    /// Every route of a method, with a path that fits.
    std::map<std::string, std::string> paths(const std::string& method) const {
        std::map<std::string, std::string> paths;
        for (const auto& route : site.routes())
            if (route.method == method)
                paths[method + " " + route.pattern] = path_of(route.pattern, "a-stranger-s");
        return paths;
    }
    std::int64_t recorded() { return world.stores.log.head().sequence; }
    void sign_in() {
        const auto done = browser.post(
            "/sign-in", "csrf=" + browser.token() + "&user_name=amy&password=a+password+of+old");
        ASSERT_EQ(header(done, "Location"), "/account");
    }
};

TEST_P(Routes, AreAllKnownWithWhoMayCallThem) {
    std::set<std::string> anyone;
    std::set<std::string> signed_in;
    for (const auto& route : site.routes())
        (route.access == Access::anyone ? anyone : signed_in)
            .insert(route.method + " " + route.pattern);
    auto expected = kForAnyone;
    expected.insert(kForDemonstrations.begin(), kForDemonstrations.end());
    EXPECT_THAT(anyone, UnorderedElementsAreArray(expected));
    EXPECT_THAT(signed_in, UnorderedElementsAreArray(kForThoseSignedIn));
}

TEST_P(Routes, OfADemonstrationAreNowhereElse) {
    const PeopleSite earnest({.parts = world.parts,
                              .links = world.stores.links,
                              .sessions = world.stores.sessions,
                              .catalogs = catalogs,
                              .pages = pages,
                              .files = files},
                             {});
    for (const auto& route : earnest.site().routes())
        EXPECT_THAT(route.pattern, Not(HasSubstr("demo")));
    EXPECT_EQ(Browser(earnest.site()).get("/demo/mailbox").status, 404);
}

TEST_P(Routes, OfAnAccountSendStrangersToSignIn) {
    const std::string token = browser.token();
    for (const auto& route : kForThoseSignedIn) {
        const std::string path = path_of(route.substr(route.find('/')), "");
        const auto answer =
            route.starts_with("GET") ? browser.get(path) : browser.post(path, "csrf=" + token);
        EXPECT_EQ(answer.status, 303) << route;
        EXPECT_THAT(header(answer, "Location"), StartsWith("/sign-in")) << route;
    }
}

TEST_P(Routes, TakeNoFormThatTheirPagesDidNotMake) {
    sign_in();
    Browser other(site);
    const std::string own = browser.token();
    const std::string others = other.token();
    const auto before = recorded();
    for (const auto& [route, path] : paths("POST")) {
        // Nobody signs in twice.
        const bool door = route == "POST /sign-in";
        Browser& sender = door ? other : browser;
        const std::string& good = door ? others : own;
        const std::string& bad = door ? own : others;
        for (const std::string& form : {std::string(), "csrf=forged" + good, "csrf=" + bad})
            EXPECT_EQ(sender.post(path, form).status, 403) << route << " " << form;
        for (const auto& from : {http::Headers{{"sec-fetch-site", "cross-site"}},
                                 http::Headers{{"sec-fetch-site", "same-site"}},
                                 http::Headers{{"host", "a"}, {"origin", "http://b"}},
                                 http::Headers{{"host", "a"}, {"origin", "null"}}})
            EXPECT_EQ(sender.post(path, "csrf=" + good, from).status, 403)
                << route << " " << from.back().second;
    }
    EXPECT_EQ(recorded(), before) << "nothing happened";
}

TEST_P(Routes, TakeNoFieldThatTheyDidNotAskFor) {
    sign_in();
    const auto before = recorded();
    const std::string token = browser.token();
    for (const auto& [route, path] : paths("POST"))
        for (const char* extra :
             {"&role=administrator", "&account=ben", "&csrf=again", "&user_name[]=a"}) {
            const auto answer = browser.post(path, "csrf=" + token + extra);
            const bool asks = route.ends_with("/answer") ||
                              route == "POST /account/try/{verification}" ||
                              route == "POST /account/enroll/{verification}";
            const auto refusals = asks ? std::set{400, 303, 404, 422} : std::set{400, 422};
            EXPECT_THAT(refusals, Contains(answer.status)) << route << extra;
        }
    EXPECT_EQ(recorded(), before) << "nothing happened";
}

TEST_P(Routes, ShowNobodyAnothersRequest) {
    const std::string token = browser.token();
    const auto begun = browser.post("/p/reset", "csrf=" + token + "&identifier=amy");
    const std::string mine = header(begun, "Location").substr(3);
    ASSERT_EQ(browser.get("/r/" + mine).status, 200);
    Browser other(site);
    const std::string theirs = other.token();
    const auto seen = [](Response response) {  // what differs with each page that is made
        return std::to_string(response.status) +
               std::regex_replace(response.body, std::regex("value=\"[^\"]+\""), "");
    };
    for (const auto& route : kForAnyone) {
        if (route.find("{id}") == std::string::npos) continue;
        const auto ask = [&](const std::string& id) {
            std::string path = path_of(route.substr(route.find('/')), id);
            return route.starts_with("GET") ? other.get(path) : other.post(path, "csrf=" + theirs);
        };
        const auto guessed = ask(mine);
        const std::string unknown =
            mine.substr(0, mine.size() - 1) + (mine.ends_with('a') ? "b" : "a");
        EXPECT_EQ(guessed.status, 404) << route;
        const auto without = [](std::string text, const std::string& id) {
            for (auto at = text.find(id); at != std::string::npos; at = text.find(id))
                text.erase(at, id.size());
            return text;
        };
        EXPECT_EQ(without(seen(guessed), mine), without(seen(ask(unknown)), unknown)) << route;
    }
    EXPECT_EQ(browser.get("/r/" + mine).status, 200) << "it goes on";
}

TEST_P(Routes, GuardEveryPageByItsHeaders) {
    sign_in();
    for (const auto& [route, path] : paths("GET")) {
        const auto page = browser.get(path);
        EXPECT_EQ(header(page, "Cache-Control"), "no-store") << route;
        if (page.status == 303) continue;
        const std::string policy = header(page, "Content-Security-Policy");
        for (const char* rule : {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"})
            EXPECT_THAT(policy, HasSubstr(rule)) << route;
        EXPECT_THAT(policy, Not(HasSubstr("unsafe"))) << route;
        EXPECT_EQ(header(page, "X-Content-Type-Options"), "nosniff") << route;
        EXPECT_THAT(header(page, "Referrer-Policy"), Not(IsEmpty())) << route;
    }
}

TEST_P(Routes, GoNowhereElseAfterwards) {
    for (const char* there :
         {"https://evil.example/", "//evil.example", "/\\evil.example", "/%2F/evil.example",
          "/account%0d%0aSet-Cookie:a=b", "javascript:alert(1)", "/../account"}) {
        Browser fresh(site);
        const auto asked = fresh.get("/sign-in");
        const auto done =
            fresh.post("/sign-in", "csrf=" + fresh.token() +
                                       "&user_name=amy&password=a+password+of+old&then=" + there);
        EXPECT_EQ(header(done, "Location"), "/account") << there;
        EXPECT_EQ(asked.status, 200);
    }
}

ON_BOTH_DATABASES(Routes);

}  // namespace
}  // namespace latchkey
