#include "web/http/serialize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdexcept>

namespace latchkey::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kDate = "Sun, 06 Nov 1994 08:49:37 GMT";

std::string wire(const Response& response, bool keep_alive = true, bool head = false) {
    std::string out;
    serialize(response, Wire{keep_alive, head, kDate}, out);
    return out;
}

TEST(Serialize, WritesStatusHeadersAndBody) {
    Response response{.status = 201, .headers = {{"X", "y"}, {"Set-Cookie", "a=b"}}, .body = "hi"};
    EXPECT_EQ(wire(response),
              "HTTP/1.1 201 Created\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
              "Content-Length: 2\r\nX: y\r\nSet-Cookie: a=b\r\n\r\nhi");
    EXPECT_THAT(wire(response, false), HasSubstr("\r\nConnection: close\r\n"));
}

TEST(Serialize, GivesHeadTheLengthWithoutTheBody) {
    const auto out = wire({.body = "hello"}, true, true);
    EXPECT_THAT(out, HasSubstr("\r\nContent-Length: 5\r\n"));
    EXPECT_THAT(out, EndsWith("\r\n\r\n"));
}

TEST(Serialize, GivesNoBodyWhereThereIsNone) {
    for (const int status : {204, 304}) {
        const auto out = wire({.status = status, .body = "hello"});
        EXPECT_THAT(out, Not(HasSubstr("Content-Length")));
        EXPECT_THAT(out, EndsWith("\r\n\r\n"));
    }
}

TEST(Serialize, RefusesWhatWouldEndAHeader) {
    using namespace std::string_literals;
    for (const std::string& value : {"a\r\nb"s, "a\nb"s, "a\rb"s, "a\0b"s, "a\x7f"s})
        EXPECT_THROW(wire(Response().with("X", value)), std::logic_error) << value;
    for (const std::string name : {"", "a b", "a:", "a\r\n", "\xc3\xa9"})
        EXPECT_THROW(wire(Response().with(name, "x")), std::logic_error) << name;
    EXPECT_NO_THROW(wire(Response().with("X", "tab\tand \xc3\xa9")));
}

TEST(Serialize, RefusesHeadersThatAreTheServers) {
    for (const std::string name :
         {"Content-Length", "content-length", "Connection", "Date", "Transfer-Encoding"})
        EXPECT_THROW(wire(Response().with(name, "x")), std::logic_error) << name;
}

TEST(Serialize, RefusesAStatusThatIsNoFinalOne) {
    for (const int status : {0, 99, 100, 101, 199, 600})
        EXPECT_THROW(wire({.status = status}), std::logic_error) << status;
}

TEST(Serialize, LeavesWhatWasThereWhenItRefuses) {
    std::string out = "before";
    EXPECT_THROW(serialize(Response().with("", ""), {}, out), std::logic_error);
    EXPECT_EQ(out, "before");
}

TEST(DateLine, IsTheTimeOfDayInTheFormOfHttp) {
    DateLine line;
    EXPECT_EQ(line.at(784111777), kDate);
    EXPECT_EQ(line.at(784111777), kDate);
    EXPECT_EQ(line.at(784111778), "Sun, 06 Nov 1994 08:49:38 GMT");
}

TEST(PlainResponse, SaysTheStatusInWordsAndIsNotStored) {
    const auto response = plain_response(413, "body too large");
    EXPECT_EQ(response.body, "Content Too Large: body too large\n");
    EXPECT_EQ(plain_response(503).body, "Service Unavailable\n");
    EXPECT_EQ(reason_phrase(299), "Unknown");
}

}  // namespace
}  // namespace latchkey::http
