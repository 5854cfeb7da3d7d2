#include "web/render/pages.h"

#include "tests/web/render_page_samples.h"
#include "web/render/view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <stdexcept>

namespace latchkey {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Site {
    explicit Site(const std::filesystem::path& overlay = {}, Branding looks = {})
        : assets(overlay), branding(std::move(looks)) {}

    Assets assets;
    Branding branding;
    Catalogs catalogs{assets, {}};
    Templates templates{assets, catalogs, {}, Template::Missing::fault};
    StaticFiles files{assets, branding};
    Pages pages{templates, catalogs, files, branding};
};

void write_file(const std::filesystem::path& path, const std::string& content) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
}

TEST(Pages, RenderEverySampleInEveryLanguageWithoutMissingNames) {
    const Site site;
    for (const PageSample& sample : page_samples())
        for (const Catalog* catalog : site.catalogs.all())
            EXPECT_THAT(site.pages.render(sample.page, sample.view, *catalog), HasSubstr("</html>"))
                << sample.page << " " << sample.variant;
}

/// What is written into the templates beforehand is what would be written into each page.
TEST(Pages, AreWhatTheirTemplatesAsTheyStandWouldGive) {
    const Site site;
    for (const PageSample& sample : page_samples())
        for (const Catalog* catalog : site.catalogs.all()) {
            const std::array<const Json*, 2> roots{&site.pages.common(*catalog), &sample.view};
            EXPECT_EQ(site.pages.render(sample.page, sample.view, *catalog),
                      site.templates.render("pages/" + std::string(sample.page), roots, *catalog))
                << sample.page << " " << sample.variant;
        }
}

/// Every name in the view data, at any depth.
void collect_names(const Json& view, std::set<std::string>& names) {
    if (view.is_array())
        for (const Json& element : view) collect_names(element, names);
    if (!view.is_object()) return;
    for (const auto& [name, value] : view.items()) {
        names.insert(name);
        collect_names(value, names);
    }
}

std::string last_part(const std::string& name) {
    return name.substr(name.rfind('.') + 1);
}

TEST(PageTemplates, UseOnlyNamesThatTheSamplesHave) {
    const Site site;
    std::map<std::string, std::set<std::string>> sampled;
    for (const PageSample& sample : page_samples())
        collect_names(sample.view, sampled[sample.page]);
    // What the layout and the fields show, on whichever page a sample has it.
    std::set<std::string> common{"lang", "dir",  "organisation", "logo",           "footer",
                                 "icon", "css",  "script",       "clock",          "languages",
                                 "tag",  "name", "current",      "password_script"};
    for (const PageSample& sample : page_samples())
        for (const char* member :
             {"now", "root", "csrf", "here", "contact", "reference", "errors", "step", "time_out",
              "signed_in", "menu", "demo", "fields", "actions"})
            if (sample.view.contains(member))
                collect_names({{member, sample.view.at(member)}}, common);
    for (const std::string& name : site.templates.names()) {
        if (!name.starts_with("pages/")) continue;
        const auto& names = sampled[name.substr(6)];
        EXPECT_FALSE(names.empty()) << name << " has no sample";
        for (const std::string& used : site.templates.find(name)->names())
            EXPECT_TRUE(names.contains(last_part(used)) || common.contains(used))
                << name << " uses " << used;
    }
}

/// The comment at its top lists every name that a page's own file uses.
TEST(PageTemplates, DocumentTheirViewData) {
    const Assets assets;
    const std::regex name_in_tag(R"re(\{\{[#^]?([a-z_.]+)\}\})re");
    for (const std::string& path : assets.below("pages/")) {
        const std::string& text = *assets.find(path);
        const std::size_t end = text.find("}}");
        const std::string head = text.substr(0, end);
        ASSERT_TRUE(head.starts_with("{{!")) << path;
        for (auto at = std::sregex_iterator(text.begin() + static_cast<std::ptrdiff_t>(end),
                                            text.end(), name_in_tag);
             at != std::sregex_iterator(); ++at) {
            const std::string used = (*at)[1];
            if (used == "t" || used == "password_script" || used == "contact") continue;
            const bool of_a_form = used == "action";
            EXPECT_TRUE(of_a_form || std::regex_search(head, std::regex("\\b" + used + "\\b")))
                << path << " does not say what " << used << " is";
        }
    }
}

/// Tags that are opened are closed in the right order, ids are unique, labels lead to fields, and
/// attributes are quoted.
void expect_well_formed(const std::string& page, const std::string& what) {
    const std::set<std::string> empty_tags{"meta", "link",     "input",   "img",  "hr",
                                           "br",   "!doctype", "circle/", "path/"};
    const std::regex tag(R"re(<(/?)([a-z0-9!]+)((?: [A-Za-z0-9-]+(?:="[^"<>]*")?)*)(/?)>)re");
    std::vector<std::string> open;
    std::size_t tags = 0;
    for (auto at = std::sregex_iterator(page.begin(), page.end(), tag);
         at != std::sregex_iterator(); ++at) {
        ++tags;
        const std::string name = (*at)[2];
        if (empty_tags.contains(name) || (*at)[4].length() > 0) continue;
        if ((*at)[1].length() == 0) {
            open.push_back(name);
        } else {
            ASSERT_FALSE(open.empty()) << what << " closes " << name;
            ASSERT_EQ(open.back(), name) << what;
            open.pop_back();
        }
    }
    EXPECT_TRUE(open.empty()) << what << " leaves " << open.back() << " open";
    EXPECT_EQ(tags, static_cast<std::size_t>(std::ranges::count(page, '<'))) << what;

    std::set<std::string> ids;
    const std::regex id(R"re( id="([^"]*)")re");
    for (auto at = std::sregex_iterator(page.begin(), page.end(), id); at != std::sregex_iterator();
         ++at)
        EXPECT_TRUE(ids.insert((*at)[1]).second) << what << " has two " << (*at)[1];
    const std::regex leads(
        R"re( (?:for|aria-labelledby)="([^"]*)"| aria-describedby="([^" ]*)| href="#([^"]*)")re");
    for (auto at = std::sregex_iterator(page.begin(), page.end(), leads);
         at != std::sregex_iterator(); ++at)
        for (std::size_t group = 1; group < at->size(); ++group)
            EXPECT_TRUE(!(*at)[group].matched || ids.contains((*at)[group]))
                << what << " leads to " << (*at)[group];
}

std::size_t count(const std::string& text, const std::string& what) {
    std::size_t found = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
    return found;
}

TEST(Pages, AreWellFormedAndEveryFormCarriesTheToken) {
    const Site site;
    for (const PageSample& sample : page_samples()) {
        const std::string what = sample.page + " " + sample.variant;
        const std::string page =
            site.pages.render(sample.page, sample.view, site.catalogs.in("en"));
        expect_well_formed(page, what);
        const std::size_t posts = count(page, "<form method=\"post\"");
        EXPECT_EQ(count(page, "name=\"csrf\" value=\"5mUyC0bJ\""), posts) << what;
        EXPECT_EQ(count(page, "<form "), posts + count(page, "<form method=\"get\"")) << what;
        EXPECT_EQ(count(page, "<h1>"), 1U) << what;
        EXPECT_LE(count(page, "class=\"main"), 1U) << what << " has more than one main button";
    }
}

TEST(Pages, HaveOneButtonThatStartsAgainWhereverTheyEnd) {
    const Site site;
    for (const PageSample& sample : page_samples()) {
        if (sample.page != "refusal") continue;
        const std::string page = site.pages.render("refusal", sample.view, site.catalogs.in("en"));
        EXPECT_EQ(count(page, "class=\"main"), 1U) << sample.variant;
    }
}

TEST(Pages, StayUnderThirtyKilobytesWithTheirStyleSheet) {
    const Site site;
    for (const PageSample& sample : page_samples()) {
        const std::string page =
            site.pages.render(sample.page, sample.view, site.catalogs.in("es"));
        EXPECT_LT(page.size() + site.files.content("site.css")->size(), 30U * 1024)
            << sample.page << " " << sample.variant;
    }
}

TEST(Pages, SayInTheTitleThatSomethingIsWrong) {
    const Site site;
    for (const PageSample& sample : page_samples()) {
        const std::string page =
            site.pages.render(sample.page, sample.view, site.catalogs.in("en"));
        EXPECT_EQ(page.find("<title>Error: ") != std::string::npos, sample.view["errors"] != false)
            << sample.page << " " << sample.variant;
    }
}

TEST(Pages, KeepSecretsThatWereTypedToThemselves) {
    const Site site;
    for (const PageSample& sample : page_samples())
        EXPECT_THAT(site.pages.render(sample.page, sample.view, site.catalogs.in("en")),
                    Not(HasSubstr("hunter2")))
            << sample.page << " " << sample.variant;
}

/// What strangers type or administrators write never becomes a tag, wherever it stands.
TEST(Pages, EscapeEverythingThatIsNotTheirs) {
    const Site site({}, {.name = "<b>&\"'", .footer = "<b>&\"'"});
    const std::function<void(Json&)> poison = [&](Json& value) {
        if (value.is_string() && !value.get_ref<const std::string&>().starts_with('/')) {
            value = "\"'><script>alert(1)</script>{{csrf}}";
        } else if (value.is_structured() && !is_leaf(value)) {
            for (Json& inner : value) poison(inner);
        }
    };
    for (PageSample sample : page_samples()) {
        poison(sample.view);
        const std::string page =
            site.pages.render(sample.page, sample.view, site.catalogs.in("en"));
        EXPECT_EQ(count(page, "<script"), count(page, "<script src=\"/static/")) << sample.page;
        EXPECT_EQ(page.find("<b>&\""), std::string::npos) << sample.page;
        EXPECT_EQ(count(page, "'><"), 0U) << sample.page;
    }
}

TEST(Pages, OfferNoChoiceOfLanguageWhereThePageCannotBeAskedForAgain) {
    const Site site;
    Json view = page_samples().front().view;
    view["here"] = "/p/reset";
    EXPECT_THAT(site.pages.render("home", view, site.catalogs.in("en")),
                HasSubstr("href=\"/p/reset?lang=es\""));
    view["here"] = "";
    EXPECT_THAT(site.pages.render("home", view, site.catalogs.in("en")), Not(HasSubstr("lang=es")));
}

TEST(Pages, TakeAnOverlayedTemplateTextAndLogo) {
    const auto folder =
        std::filesystem::temp_directory_path() /
        ("latchkey-overlay-" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()));
    write_file(folder / "pages/home.mustache",
               "{{! mine }}<p>{{#t}}home.title{{/t}} {{organisation}}</p>");
    write_file(folder / "messages/en.json", R"({"home.title": "Welcome"})");
    write_file(folder / "static/logo.svg", "<svg/>");
    {
        const Site site(folder, {.name = "Example", .logo = "logo.svg"});
        EXPECT_EQ(site.pages.render("home", Json::object(), site.catalogs.in("en")),
                  "<p>Welcome Example</p>");
        const auto samples = page_samples();
        const auto mailbox = std::ranges::find(samples, "mailbox", &PageSample::page);
        EXPECT_THAT(site.pages.render("mailbox", mailbox->view, site.catalogs.in("en")),
                    HasSubstr("<img src=\"/static/logo."));
        EXPECT_EQ(site.catalogs.in("en").say({"page.cancel", {}}), "Cancel");
    }
    write_file(folder / "pages/home.mustache", "<p>\n{{#open}}</p>");
    try {
        const Site site(folder);
        ADD_FAILURE() << "a broken template was taken";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr((folder / "pages/home.mustache").string()));
        EXPECT_THAT(error.what(), HasSubstr("line 2"));
    }
    std::filesystem::remove_all(folder);
}

TEST(Pages, RefuseALogoThatIsNotThere) {
    EXPECT_THROW(Site({}, {.logo = "nothing.svg"}), std::runtime_error);
}

/// For tests/browser and for looking at: every sample in every language and in a right-to-left one
/// with English words, into the folder that LATCHKEY_SAMPLES names.
TEST(PageSamples, AreWrittenWhenAFolderIsGiven) {
    const char* folder = std::getenv("LATCHKEY_SAMPLES");
    if (!folder) GTEST_SKIP() << "LATCHKEY_SAMPLES is not set";
    const std::filesystem::path out(folder);
    const Assets plain;
    const auto overlay = std::filesystem::temp_directory_path() / "latchkey-samples-overlay";
    write_file(overlay / "messages/ar-XB.json", *plain.find("messages/en.json"));
    const Site site(overlay);
    std::string index;
    for (const PageSample& sample : page_samples())
        for (const Catalog* catalog : site.catalogs.all()) {
            const std::string name = sample.page +
                                     (sample.variant.empty() ? "" : "-" + sample.variant) + "." +
                                     catalog->language() + ".html";
            write_file(out / name, site.pages.render(sample.page, sample.view, *catalog));
            index += name + "\n";
        }
    write_file(out / "index.txt", index);
    for (const std::string name : {"site.css", "site.js", "password.js", "icon.svg"}) {
        const std::string url = site.files.url(name);
        write_file(out / url.substr(1), *site.files.content(name));
    }
    std::filesystem::remove_all(overlay);
}

}  // namespace
}  // namespace latchkey
