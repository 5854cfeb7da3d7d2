#include "web/http/forms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey::http {
namespace {

using Kind = FormFault::Kind;
using testing::ElementsAre;
using testing::Pair;

FormFault fault_of(std::string_view encoded, const FormLimits& limits = {}) {
    const auto form = parse_form(encoded, limits);
    return form ? FormFault{Kind::not_a_form, "(accepted)"} : form.error();
}

TEST(Form, IsKeysAndValuesInOrder) {
    const auto form = parse_form("b=2&a=1+%2b&empty=&bare&x.y_z-1=%C3%A9");
    ASSERT_TRUE(form);
    EXPECT_THAT(*form, ElementsAre(Pair("b", "2"), Pair("a", "1 +"), Pair("empty", ""),
                                   Pair("bare", ""), Pair("x.y_z-1", "\xc3\xa9")));
    EXPECT_EQ((*form)["a"], "1 +");
    EXPECT_EQ((*form)["absent"], "");
    EXPECT_EQ(form->find("absent"), nullptr);
    EXPECT_NE(form->find("empty"), nullptr);
}

TEST(Form, MayBeEmptyAndHaveEmptyPairs) {
    EXPECT_TRUE(parse_form("")->empty());
    EXPECT_TRUE(parse_form("&&")->empty());
    EXPECT_EQ(parse_form("&a=1&&b=2&")->size(), 2u);
}

TEST(Form, MayHaveLineBreaksTabsAndEqualsSignsInAValue) {
    EXPECT_EQ((*parse_form("a=1%0d%0a2%093=4"))["a"], "1\r\n2\t3=4");
}

TEST(Form, WithAKeyGivenTwiceIsRefused) {
    EXPECT_EQ(fault_of("a=1&b=2&a=1"), (FormFault{Kind::repeated_key, "a"}));
    EXPECT_EQ(fault_of("a=1&%61=2"), (FormFault{Kind::repeated_key, "a"}));
}

TEST(Form, WithAnArrayOrAnObjectForAKeyIsRefused) {
    EXPECT_EQ(fault_of("a[]=1"), (FormFault{Kind::bad_key, "a"}));
    EXPECT_EQ(fault_of("a%5B%5D=1"), (FormFault{Kind::bad_key, "a"}));
    EXPECT_EQ(fault_of("a[b]=1"), (FormFault{Kind::bad_key, "a"}));
    EXPECT_EQ(fault_of("<b>=1"), (FormFault{Kind::bad_key, ""}));
    EXPECT_EQ(fault_of("=1"), (FormFault{Kind::bad_key, ""}));
}

TEST(Form, WithABadEscapeIsRefused) {
    EXPECT_EQ(fault_of("a=%"), (FormFault{Kind::bad_escape, "a"}));
    EXPECT_EQ(fault_of("a=%4"), (FormFault{Kind::bad_escape, "a"}));
    EXPECT_EQ(fault_of("a=%zz"), (FormFault{Kind::bad_escape, "a"}));
    EXPECT_EQ(fault_of("%zz=1"), (FormFault{Kind::bad_escape, ""}));
}

TEST(Form, ThatIsNotUtf8IsRefused) {
    for (const std::string value : {"%ff", "%c3", "%c0%80", "%ed%a0%80", "%f4%90%80%80", "\xff"})
        EXPECT_EQ(fault_of("a=" + value), (FormFault{Kind::not_utf8, "a"})) << value;
    EXPECT_EQ(fault_of("%ff=1").kind, Kind::not_utf8);
}

TEST(Form, WithAControlCharacterIsRefused) {
    for (const std::string value :
         {"%00", "a%00b", "%01", "%08", "%0b", "%0c", "%1b", "%1f", "%7f", "%c2%80", "%c2%9f"})
        EXPECT_EQ(fault_of("a=" + value), (FormFault{Kind::control_character, "a"})) << value;
    EXPECT_EQ(fault_of("a%0ab=1").kind, Kind::bad_key);
    EXPECT_EQ((*parse_form("a=%c2%a0"))["a"], "\xc2\xa0");
}

TEST(Form, HasLimitsThatItMayReach) {
    const FormLimits limits{.fields = 2, .key = 3, .value = 4};
    EXPECT_TRUE(parse_form("ab=123", limits));
    EXPECT_TRUE(parse_form("abc=1234&b=", limits));
    EXPECT_EQ(fault_of("abcd=1", limits).kind, Kind::too_long);
    EXPECT_EQ(fault_of("a=12345", limits), (FormFault{Kind::too_long, "a"}));
    EXPECT_EQ(fault_of("a=1&b=2&c=3", limits).kind, Kind::too_many_fields);
    EXPECT_TRUE(parse_form("a=%31%32%33%34", limits)) << "decoded";
}

TEST(Form, HasLimitsByDefaultThatNoFormOfOursReaches) {
    const auto fields = [](int count) {
        std::string form;
        for (int i = 0; i < count; ++i) form += "&a" + std::to_string(i) + "=";
        return form;
    };
    const auto key = [](std::size_t size) { return std::string(size, 'k') + "=v"; };
    const auto value = [](std::size_t size) { return "k=" + std::string(size, 'v'); };
    for (const auto& good :
         {fields(99), fields(100), key(99), key(100), value(16383), value(16384)})
        EXPECT_TRUE(parse_form(good)) << good.size();
    EXPECT_EQ(fault_of(fields(101)).kind, Kind::too_many_fields);
    EXPECT_EQ(fault_of(key(101)).kind, Kind::too_long);
    EXPECT_EQ(fault_of(value(16385)).kind, Kind::too_long);
}

TEST(FormFault, NamesItselfAndIsTheSendersMistake) {
    for (const auto kind :
         {Kind::not_a_form, Kind::bad_escape, Kind::not_utf8, Kind::control_character,
          Kind::bad_key, Kind::repeated_key, Kind::too_many_fields, Kind::too_long}) {
        const FormFault fault{kind, ""};
        EXPECT_THAT(std::string(fault.code()), testing::StartsWith("form_"));
        EXPECT_GE(fault.status(), 400);
        EXPECT_LT(fault.status(), 500);
    }
    EXPECT_THROW((void)parse_form("a=%").value(), std::logic_error);
}

TEST(FormBody, IsReadOnlyIfItIsAForm) {
    const auto fault = [](const std::string& type) -> int {
        Request request;
        request.headers = {{"content-type", type}};
        request.body = "a=1";
        const auto form = read_form(request);
        return form ? 0 : form.error().status();
    };
    EXPECT_EQ(fault("application/x-www-form-urlencoded"), 0);
    EXPECT_EQ(fault("Application/X-WWW-Form-Urlencoded; Charset=UTF-8"), 0);
    EXPECT_EQ(fault("application/x-www-form-urlencoded; charset=iso-8859-1"), 415);
    EXPECT_EQ(fault("multipart/form-data; boundary=x"), 415);
    EXPECT_EQ(fault("text/plain"), 415);
    EXPECT_EQ(fault("application/json"), 415);
    EXPECT_EQ(fault(""), 415);
}

}  // namespace
}  // namespace latchkey::http
