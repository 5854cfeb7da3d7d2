#include "web/render/static_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

Assets assets(const std::string& script = "let a;") {
    return Assets(Assets::Files{{"static/site.css", "body{}\n"},
                                {"static/site.js", script},
                                {"static/logo.svg", "<svg/>"},
                                {"static/notes", "x"},
                                {"pages/home.mustache", "not static"}});
}

std::string header(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return {};
}

http::Request asking(const std::string& path, http::Headers headers = {}) {
    return {.method = "GET", .path = path, .headers = std::move(headers)};
}

TEST(StaticFiles, HaveADigestOfTheirContentInTheirName) {
    const StaticFiles one(assets(), {});
    const StaticFiles other(assets("let b;"), {});
    EXPECT_THAT(one.url("site.js"), MatchesRegex("/static/site\\.[0-9a-f]{12}\\.js"));
    EXPECT_THAT(one.url("notes"), MatchesRegex("/static/notes\\.[0-9a-f]{12}"));
    EXPECT_NE(one.url("site.js"), other.url("site.js"));
    EXPECT_EQ(one.url("site.css"), other.url("site.css"));
    EXPECT_EQ(one.url("missing.js"), "");
    EXPECT_THAT(StaticFiles(assets(), {}, "/a/b").url("site.js"), StartsWith("/a/b/static/site."));
}

TEST(StaticFiles, MayBeKeptForGood) {
    const StaticFiles files(assets(), {});
    const auto response = files.serve(asking(files.url("site.js")));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "let a;");
    EXPECT_EQ(header(response, "Content-Type"), "text/javascript; charset=utf-8");
    EXPECT_EQ(header(response, "Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(header(response, "X-Content-Type-Options"), "nosniff");
}

TEST(StaticFiles, AreNotSentToThoseWhoHaveThem) {
    const StaticFiles files(assets(), {});
    const std::string url = files.url("site.js");
    const std::string etag = header(files.serve(asking(url)), "ETag");
    for (const std::string& match :
         {etag, "\"x\", " + etag, "W/" + etag + " , \"y\"", std::string("*")}) {
        const auto response = files.serve(asking(url, {{"if-none-match", match}}));
        EXPECT_EQ(response.status, 304) << match;
        EXPECT_EQ(response.body, "");
        EXPECT_EQ(header(response, "ETag"), etag);
    }
    EXPECT_EQ(files.serve(asking(url, {{"if-none-match", "\"x\""}})).status, 200);
    EXPECT_EQ(files.serve(asking(url, {{"if-none-match", etag.substr(1)}})).status, 200);
}

TEST(StaticFiles, ServeNothingElse) {
    const StaticFiles files(assets(), {});
    for (const char* path : {"/static/site.css", "/static/", "/static/../pages/home.mustache",
                             "/pages/home.mustache", "/static/site.000000000000.css"})
        EXPECT_EQ(files.serve(asking(path)).status, 404) << path;
    http::Request posting = asking(files.url("site.js"));
    posting.method = "POST";
    EXPECT_EQ(files.serve(posting).status, 405);
    EXPECT_EQ(header(files.serve(posting), "Allow"), "GET, HEAD");
}

TEST(StaticFiles, AnswerHeadLikeGet) {
    const StaticFiles files(assets(), {});
    http::Request head = asking(files.url("site.js"));
    head.method = "HEAD";
    EXPECT_EQ(files.serve(head).headers, files.serve(asking(head.path)).headers);
}

TEST(StaticFiles, LetNoPictureAct) {
    const StaticFiles files(assets(), {});
    const auto response = files.serve(asking(files.url("logo.svg")));
    EXPECT_EQ(header(response, "Content-Type"), "image/svg+xml; charset=utf-8");
    EXPECT_THAT(header(response, "Content-Security-Policy"), HasSubstr("sandbox"));
}

TEST(StaticFiles, EndTheStyleSheetWithTheTheme) {
    const StaticFiles files(assets(), {.accent = "#1f5fbf"});
    EXPECT_THAT(*files.content("site.css"), StartsWith("body{}\n:root{--accent:#1f5fbf;"));
    EXPECT_NE(files.url("site.css"), StaticFiles(assets(), {}).url("site.css"));
}

}  // namespace
}  // namespace latchkey
