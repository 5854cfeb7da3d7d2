#include "web/render/template.h"

#include "web/render/view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <array>
#include <chrono>
#include <map>
#include <stdexcept>
#include <thread>

namespace latchkey {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Files = std::map<std::string, std::string>;

const Assets& words() {
    static const Assets assets(Assets::Files{
        {"messages/en.json",
         R"({"hello": "Hello {name}!", "left": "{n, plural, one {# left} other {# left}}"})"}});
    return assets;
}

const Catalogs& catalogs() {
    static const Catalogs all(words(), {});
    return all;
}

Template compiled(const Files& files, Markup markup = Markup::page) {
    const auto load = [&](const std::string& name) -> const std::string& {
        const auto found = files.find(name);
        if (found == files.end()) throw std::runtime_error("there is no " + name);
        return found->second;
    };
    return Template("page", load, markup, catalogs());
}

std::string render(const Files& files, const Json& view, Markup markup = Markup::page) {
    std::string out;
    const std::array<const Json*, 1> roots{&view};
    compiled(files, markup).render(out, roots, catalogs().in("en"), Template::Missing::fault);
    return out;
}

std::string render(const std::string& text, const Json& view, Markup markup = Markup::page) {
    return render(Files{{"page", text}}, view, markup);
}

/// The same by a template into which `known` was written before.
std::string render_with(const Json& known, const std::string& text, const Json& view) {
    const Catalog& english = catalogs().in("en");
    std::string out;
    const std::array<const Json*, 2> roots{&known, &view};
    compiled({{"page", text}})
        .with(known, english)
        .render(out, roots, english, Template::Missing::fault);
    return out;
}

std::string fault_of(const Files& files, Markup markup = Markup::page) {
    try {
        compiled(files, markup);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "accepted";
}

std::string fault_of(const std::string& text, Markup markup = Markup::page) {
    return fault_of(Files{{"page", text}}, markup);
}

TEST(Template, WritesValuesSectionsAndLists) {
    EXPECT_EQ(render("<p>{{a}} {{b.c}}</p>", {{"a", "x"}, {"b", {{"c", 2}}}}), "<p>x 2</p>");
    EXPECT_EQ(
        render("{{#list}}<i>{{.}}</i>{{/list}}{{^list}}none{{/list}}", {{"list", {"a", "b"}}}),
        "<i>a</i><i>b</i>");
    EXPECT_EQ(render("{{#list}}x{{/list}}{{^list}}none{{/list}}", {{"list", Json::array()}}),
              "none");
    EXPECT_EQ(render("{{#on}}{{a}}{{b}}{{/on}}", {{"on", {{"b", "inner"}}}, {"a", "outer "}}),
              "outer inner");
}

TEST(Template, ShowsASectionForAnythingButNothing) {
    for (const Json& nothing :
         {Json(), Json(false), Json(""), Json::array(), Json::object(), Json(Text{})})
        EXPECT_EQ(render("{{#x}}shown{{/x}}", {{"x", nothing}}), "") << nothing;
    for (const Json& something :
         {Json(true), Json("a"), Json(0), Json(Text{"hello", {}}), instant(TimePoint{})})
        EXPECT_EQ(render("{{#x}}shown{{/x}}", {{"x", something}}), "shown") << something;
}

TEST(Template, LooksInTheLastRootFirst) {
    const Json common{{"a", "common"}, {"b", "common"}};
    const Json view{{"a", "view"}};
    const std::array<const Json*, 2> roots{&common, &view};
    std::string out;
    compiled({{"page", "{{a}} {{b}}"}})
        .render(out, roots, catalogs().in("en"), Template::Missing::fault);
    EXPECT_EQ(out, "view common");
}

TEST(Template, SaysSentencesWithArgumentsFromTheView) {
    EXPECT_EQ(render("<p>{{#t}}hello{{/t}}</p>", {{"name", "<Amy>"}}), "<p>Hello &lt;Amy&gt;!</p>");
    EXPECT_EQ(render("{{#list}}{{#t}}left{{/t}} {{/list}}", {{"list", {{{"n", 1}}, {{"n", 2}}}}}),
              "1 left 2 left ");
    EXPECT_EQ(render("{{label}}", {{"label", Text{"hello", {{"name", "Amy"}}}}}), "Hello Amy!");
    EXPECT_EQ(render("{{lasts}}", {{"lasts", duration(10min)}}), "10 minutes");
}

TEST(Template, GivesProgramsNumbersAndInstantsAsTheyReadThem) {
    const Json view{{"n", 12345}, {"at", instant(TimePoint{})}};
    EXPECT_EQ(render("<i data-n=\"{{n}}\" data-at=\"{{at}}\">{{n}}</i>", view),
              "<i data-n=\"12345\" data-at=\"1970-01-01T00:00:00Z\">12,345</i>");
}

TEST(Template, JoinsPartialsAndFillsBlocks) {
    const Files files{
        {"page", "{{<layout}}\n{{$title}}T {{a}}{{/title}}\nignored\n{{/layout}}"},
        {"layout", "<h1>{{$title}}default{{/title}}</h1>{{>part}}{{$more}}more{{/more}}"},
        {"part", "<hr>"}};
    EXPECT_EQ(render(files, {{"a", "x"}}), "<h1>T x</h1><hr>more");
}

TEST(Template, LetsTheOutermostTemplateFillABlock) {
    const Files files{{"page", "{{<middle}}{{$a}}page{{/a}}{{/middle}}"},
                      {"middle", "{{<base}}{{$a}}middle{{/a}}{{$b}}middle{{/b}}{{/base}}"},
                      {"base", "{{$a}}base{{/a}} {{$b}}base{{/b}} {{$c}}base{{/c}}"}};
    EXPECT_EQ(render(files, Json::object()), "page middle base");
}

TEST(Template, LeavesNoTraceOfLinesThatHoldOnlyTags) {
    EXPECT_EQ(render("a\n  {{#x}}\nb\n{{/x}}\n{{! a\ncomment }}\nc\n", {{"x", true}}, Markup::text),
              "a\nb\nc\n");
    EXPECT_EQ(render("<p>\n    a\n\n\n  <b>\n</p>", {}), "<p>\na\n<b>\n</p>");
    EXPECT_EQ(render("<pre>  a\n  b</pre>", {}), "<pre>  a\n  b</pre>");
}

TEST(Template, EscapesEveryValueInEveryPlace) {
    const std::string evil = "\"'><script>alert(1)</script>&{{a}}";
    const std::string safe = "&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;{{a}}";
    EXPECT_EQ(render("{{a}}", {{"a", evil}}), safe);
    EXPECT_EQ(render("<i title=\"{{a}}\">", {{"a", evil}}), "<i title=\"" + safe + "\">");
    EXPECT_EQ(render("<title>{{a}}</title>", {{"a", evil}}), "<title>" + safe + "</title>");
    EXPECT_EQ(render("{{a}}", {{"a", evil}}, Markup::text), evil);
}

TEST(Template, LetsNoValueLinkToScriptOrAnotherHost) {
    const auto link = [](const Json& url) { return render("<a href=\"{{u}}\">", {{"u", url}}); };
    for (const char* good :
         {"/r/1", "/", "https://a.org/x?y=1", "#f", "?lang=es", "mailto:a@b.org", "tel:+15550100"})
        EXPECT_EQ(link(good), std::string("<a href=\"") + good + "\">");
    for (const char* bad :
         {"javascript:alert(1)", "JaVaScRiPt:x", " javascript:x", "//evil.org", "/\\evil.org",
          "data:text/html,x", "vbscript:x", "\tjavascript:x", "evil"})
        EXPECT_EQ(link(bad), "<a href=\"#\">") << bad;
    EXPECT_EQ(link(5), "<a href=\"#\">");
    EXPECT_EQ(render("<object data=\"{{u}}\">", {{"u", "javascript:x"}}), "<object data=\"#\">");
    EXPECT_EQ(render("<a href=\"\n {{u}}\">", {{"u", "javascript:x"}}), "<a href=\"\n #\">");
    EXPECT_EQ(render("<a href=\"{{u}}?a={{v}}\">", {{"u", "/x"}, {"v", "\"&"}}),
              "<a href=\"/x?a=&quot;&amp;\">");
}

TEST(Template, GivesTheSameWithWhatIsKnownWrittenIntoItBefore) {
    const Json known = {{"k", "<k>"},
                        {"on", true},
                        {"off", false},
                        {"one", {{"a", 1}}},
                        {"list", {{{"a", 1}, {"t", true}}, {{"a", 2}, {"t", false}}}},
                        {"bare", {"x", "y"}},
                        {"none", Json::array()}};
    const Json view = {{"v", "<v>"},         {"yes", true}, {"no", false},
                       {"name", "Amy"},      {"n", 2},      {"items", {{{"b", "i"}}, {{"b", "j"}}}},
                       {"words", {"p", "q"}}};
    const std::vector<std::pair<std::string, std::string>> cases{
        {"<i>{{k}}</i>{{v}}{{k}}", "<i>&lt;k&gt;</i>&lt;v&gt;&lt;k&gt;"},
        {"{{#on}}a{{v}}{{/on}}{{#off}}b{{/off}}{{^off}}c{{/off}}{{^on}}d{{/on}}", "a&lt;v&gt;c"},
        {"{{#list}}{{a}}{{#t}}hello{{/t}}{{v}},{{/list}}",
         "1Hello Amy!&lt;v&gt;,2Hello Amy!&lt;v&gt;,"},
        {"x{{#list}}{{a}}{{v}},{{/list}}y", "x1&lt;v&gt;,2&lt;v&gt;,y"},
        {"{{#list}}{{a}}{{#yes}}!{{/yes}}{{/list}}", "1!2!"},
        {"{{#one}}{{a}}{{#items}}{{b}}{{a}}{{/items}}{{/one}}.", "1i1j1."},
        {"{{#bare}}{{.}}{{/bare}}{{#words}}{{.}}{{/words}}{{#none}}z{{/none}}{{one.a}}", "xypq1"},
        {"{{#no}}a{{/no}}b{{#yes}}c{{/yes}}d{{k}}", "bcd&lt;k&gt;"},
        {"{{#yes}}{{#one}}{{#items}}{{a}}{{/items}}{{/one}}{{#no}}-{{/no}}{{/yes}}e", "11e"},
        {"{{#items}}{{#on}}{{b}}{{k}}{{/on}}{{/items}}", "i&lt;k&gt;j&lt;k&gt;"},
        {"{{#t}}left{{/t}} {{#on}}{{#t}}hello{{/t}}{{/on}}", "2 left Hello Amy!"}};
    for (const auto& [text, page] : cases) {
        EXPECT_EQ(render_with(known, text, view), page) << text;
        EXPECT_EQ(render_with(Json::object(), text,
                              [&] {
                                  Json all = known;
                                  all.update(view);
                                  return all;
                              }()),
                  page)
            << text;
    }
}

TEST(Template, RefusesPlacesThatEscapingCannotMakeSafe) {
    for (const char* text :
         {"<i class={{a}}>", "<i class='{{a}}'>", "<i {{a}}>", "<{{a}}>", "<i {{a}}=\"x\">",
          "<script src=\"x\">{{a}}</script>", "<script>x</script>", "<i onclick=\"x\">",
          "<i style=\"color:red\">", "<style>b{}</style>", "<!-- {{a}} -->",
          "<a href=\"javascript:x\">", "<a href=\" javascript:x\">",
          "<a href=\"{{#a}}x{{/a}}{{b}}\">", "<iframe srcdoc=\"{{a}}\">",
          "<a href=\"{{#t}}hello{{/t}}\">", "a < b", "<i class=\"{{#a}}\">{{/a}}", "<i class=\"a"})
        EXPECT_NE(fault_of(text), "accepted") << text;
    EXPECT_EQ(fault_of("<i class=\"a{{#a}} b{{/a}}\"{{#a}} hidden{{/a}}>"), "accepted");
    EXPECT_EQ(fault_of("<script src=\"/x.js\"></script>"), "accepted");
}

TEST(Template, RefusesWhatBrowsersReadAsAnotherTagOrAttribute) {
    for (const char* text : {"<a x\fhref=\"{{u}}\">", "<a x = y=\"{{u}}\">", "<a =href=\"{{u}}\">",
                             "<script/x>alert(1)</script>", "<script\f>alert(1)</script>",
                             "</ a=\"{{u}}\">", "<title></title ><a href=\"{{u}}\"><title></title>",
                             "<!-- --!><i title=\"-->\" class=\"{{u}}\">"})
        EXPECT_NE(fault_of(text), "accepted") << text;
    for (const char* text : {"<br/>", "<br />", "<i class=\"a\"/>", "<svg viewBox=\"0 0 1 1\">",
                             "<use xlink:href=\"#a\"/>", "<i data-a.b_c=\"1\">", "<h1>a</h1 >",
                             "<title>a</b></title>", "<my-element>"})
        EXPECT_EQ(fault_of(text), "accepted") << text;
    EXPECT_EQ(render("<a x/href=\"{{u}}\">", {{"u", "javascript:x"}}), "<a x/href=\"#\">");
}

TEST(Template, RefusesUnescapedValues) {
    EXPECT_NE(fault_of("{{{a}}}"), "accepted");
    EXPECT_NE(fault_of("{{&a}}"), "accepted");
}

TEST(Template, LetsMailsHaveStylesButOnlyColoursAsValuesInThem) {
    const std::string text = "<p style=\"color:{{c}};margin:0\">";
    EXPECT_EQ(render(text, {{"c", "#0f6b63"}}, Markup::mail),
              "<p style=\"color:#0f6b63;margin:0\">");
    EXPECT_EQ(render(text, {{"c", "red;background:url(//evil.org)"}}, Markup::mail),
              "<p style=\"color:;margin:0\">");
    EXPECT_NE(fault_of("<style>{{a}}</style>", Markup::mail), "accepted");
}

TEST(Template, SaysFileLineAndReason) {
    EXPECT_THAT(fault_of("a\nb\n{{#open}}"),
                AllOf(HasSubstr("page.mustache line 3"), HasSubstr("open")));
    EXPECT_THAT(fault_of("a\n{{/a}}"), HasSubstr("line 2"));
    EXPECT_THAT(fault_of("{{! two\nlines }}\n{{a b}}"), HasSubstr("line 3"));
    EXPECT_THAT(fault_of("\n{{#t}}no.such{{/t}}"),
                AllOf(HasSubstr("line 2"), HasSubstr("no.such")));
    EXPECT_THAT(fault_of(Files{{"page", "{{>part}}"}, {"part", "\n\n<i x={{a}}>"}}),
                HasSubstr("part.mustache line 3"));
    EXPECT_THAT(fault_of("{{>nowhere}}"), HasSubstr("there is no nowhere"));
    EXPECT_THAT(fault_of("{{>page}}"), HasSubstr("includes itself"));
    EXPECT_THAT(fault_of("{{a"), HasSubstr("without }}"));
}

TEST(Template, TellsAMissingValueFromAMissingSection) {
    EXPECT_THROW(render("{{a}}", Json::object()), std::logic_error);
    EXPECT_THROW(render("{{#t}}hello{{/t}}", Json::object()), std::logic_error);
    EXPECT_EQ(render("{{#a}}x{{/a}}", Json::object()), "");
    std::string out;
    const Json view = Json::object();
    const std::array<const Json*, 1> roots{&view};
    compiled({{"page", "<{{a}}>"}}, Markup::text)
        .render(out, roots, catalogs().in("en"), Template::Missing::empty);
    EXPECT_EQ(out, "<>");
}

TEST(Template, KnowsItsNamesAndSentences) {
    const Template made = compiled({{"page", "{{a.b}}{{#c}}{{^d}}{{/d}}{{/c}}{{#t}}hello{{/t}}"}});
    EXPECT_THAT(made.names(), ElementsAre("a.b", "c", "d"));
    EXPECT_THAT(made.sentences(), ElementsAre("hello"));
}

TEST(Template, IsSharedByThreads) {
    const Template made = compiled({{"page", "{{#list}}{{#t}}left{{/t}} {{at}}{{/list}}"}});
    const Json view{
        {"list",
         {{{"n", 1}, {"at", instant(TimePoint{})}}, {{"n", 2}, {"at", instant(TimePoint{1h})}}}}};
    const auto page = [&] {
        std::string out;
        const std::array<const Json*, 1> roots{&view};
        made.render(out, roots, catalogs().in("en"), Template::Missing::fault);
        return out;
    };
    const std::string expected = page();
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int j = 0; j < 200; ++j) ASSERT_EQ(page(), expected);
        });
}

}  // namespace
}  // namespace latchkey
