#include "web/http/percent.h"
#include "web/http/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey::http {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

TEST(Target, InOriginFormIsPathAndQuery) {
    const auto target = split_target("/a/%62?c=d?e");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->authority, "");
    EXPECT_EQ(target->path, "/a/%62");
    EXPECT_EQ(target->query, "c=d?e");
}

TEST(Target, InAbsoluteFormHasAnAuthorityToo) {
    const auto target = split_target("HTTPS://a.example:8443?b");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->authority, "a.example:8443");
    EXPECT_EQ(target->path, "/");
    EXPECT_EQ(target->query, "b");
}

TEST(Target, OfAnyOtherFormIsNone) {
    for (const std::string text : {"", "*", "a", "a:80", "?a", "ftp://a/", "http:/a", "http://",
                                   "http:///a", "http://me@a/", "http://?a"})
        EXPECT_FALSE(split_target(text)) << text;
}

TEST(PathSegments, AreDecodedOnce) {
    EXPECT_THAT(path_segments("/"), Optional(IsEmpty()));
    EXPECT_THAT(path_segments("/a"), Optional(ElementsAre("a")));
    EXPECT_THAT(path_segments("/a/"), Optional(ElementsAre("a", "")));
    EXPECT_THAT(path_segments("/a%20b/c+d/%C3%A9"),
                Optional(ElementsAre("a b", "c+d", "\xc3\xa9")));
    EXPECT_THAT(path_segments("/%2541"), Optional(ElementsAre("%41")));
    EXPECT_THAT(path_segments("/a%2Fb/c"), Optional(ElementsAre("a/b", "c")));
    EXPECT_THAT(path_segments("/..a/.b./..."), Optional(ElementsAre("..a", ".b.", "...")));
}

TEST(PathSegments, AreNoneOfAPathThatMightMeanSomethingElse) {
    for (const std::string path :
         {"",     "a",       "//",         "//evil.test", "/a//b",     "/a//",   "/.",
          "/..",  "/a/../b", "/a/./b",     "/%2e",        "/%2E%2e/a", "/.%2e",  "/a/%2e%2e",
          "/%",   "/%4",     "/%zz",       "/%+1",        "/%00",      "/a%0ab", "/%7f",
          "/%c3", "/%c0%af", "/%ed%a0%80", "/%ff"})
        EXPECT_FALSE(path_segments(path)) << path;
}

TEST(PercentEncoding, IsUndoneByDecoding) {
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    EXPECT_EQ(percent_decode(percent_encode(all)), all);
    EXPECT_EQ(percent_encode("a b/c?d=\xc3\xa9~"), "a%20b%2Fc%3Fd%3D%C3%A9~");
}

}  // namespace
}  // namespace latchkey::http
