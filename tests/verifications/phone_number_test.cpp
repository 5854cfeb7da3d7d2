#include "verifications/phone_number.h"

#include "verifications/phone_regions.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <set>

namespace latchkey {
namespace {

PhoneNumber read(const std::string& written, const std::string& region = "US") {
    return read_phone_number(written, {.default_region = region});
}

TEST(PhoneNumber, IsReadFromTheNotationsOfManyCountries) {
    // Expected values by an independent implementation.
    const struct {
        const char* home;
        const char* written;
        const char* e164;
        const char* region;
    } table[] = {
        {"US", "(202) 555-0101", "+12025550101", "US"},
        {"US", "1-202-555-0101", "+12025550101", "US"},
        {"US", "+1.202.555.0101", "+12025550101", "US"},
        {"US", "tel:+1-202-555-0101", "+12025550101", "US"},
        {"US", "011 44 20 7946 0958", "+442079460958", "GB"},
        {"US", "2025550101", "+12025550101", "US"},
        {"CA", "416-555-0123", "+14165550123", "CA"},
        {"CA", "+1 (876) 555-0123", "+18765550123", "JM"},
        {"GB", "020 7946 0958", "+442079460958", "GB"},
        {"GB", "(020) 7946 0958", "+442079460958", "GB"},
        {"GB", "+44 (0)20 7946 0958", "+442079460958", "GB"},
        {"GB", "07400 123456", "+447400123456", "GB"},
        {"GB", "0044 7400 123456", "+447400123456", "GB"},
        {"GB", "00 1 202 555 0101", "+12025550101", "US"},
        {"DE", "030 123456", "+4930123456", "DE"},
        {"DE", "0151/23456789", "+4915123456789", "DE"},
        {"DE", "+49 (0) 1512 3456789", "+4915123456789", "DE"},
        {"DE", "0049-1512-3456789", "+4915123456789", "DE"},
        {"FR", "06 12 34 56 78", "+33612345678", "FR"},
        {"FR", "+33 (0)6 12 34 56 78", "+33612345678", "FR"},
        {"FR", "01.23.45.67.89", "+33123456789", "FR"},
        {"ES", "612 34 56 78", "+34612345678", "ES"},
        {"ES", "915 55 01 02", "+34915550102", "ES"},
        {"ES", "+34 612-345-678", "+34612345678", "ES"},
        {"PT", "912 345 678", "+351912345678", "PT"},
        {"IT", "06 6982 0123", "+390669820123", "VA"},
        {"IT", "+39 312 345 6789", "+393123456789", "IT"},
        {"IT", "312 345 6789", "+393123456789", "IT"},
        {"NL", "06-12345678", "+31612345678", "NL"},
        {"BE", "0470 12 34 56", "+32470123456", "BE"},
        {"CH", "078 123 45 67", "+41781234567", "CH"},
        {"AT", "0664 123456", "+43664123456", "AT"},
        {"SE", "070-123 45 67", "+46701234567", "SE"},
        {"NO", "406 12 345", "+4740612345", "NO"},
        {"DK", "32 12 34 56", "+4532123456", "DK"},
        {"FI", "041 2345678", "+358412345678", "FI"},
        {"PL", "512 345 678", "+48512345678", "PL"},
        {"CZ", "601 123 456", "+420601123456", "CZ"},
        {"HU", "06 20 123 4567", "+36201234567", "HU"},
        {"HU", "+36 06 20 123 4567", "+36201234567", "HU"},
        {"RO", "0712 034 567", "+40712034567", "RO"},
        {"GR", "691 234 5678", "+306912345678", "GR"},
        {"IE", "085 012 3456", "+353850123456", "IE"},
        {"LT", "0 612 34567", "+37061234567", "LT"},
        {"LV", "21 234 567", "+37121234567", "LV"},
        {"EE", "5123 4567", "+37251234567", "EE"},
        {"RU", "8 (912) 345-67-89", "+79123456789", "RU"},
        {"RU", "+7 912 345 67 89", "+79123456789", "RU"},
        {"KZ", "8 (771) 000 9998", "+77710009998", "KZ"},
        {"UA", "050 123 4567", "+380501234567", "UA"},
        {"TR", "0501 234 56 78", "+905012345678", "TR"},
        {"IL", "050-234-5678", "+972502345678", "IL"},
        {"SA", "051 234 5678", "+966512345678", "SA"},
        {"AE", "050 123 4567", "+971501234567", "AE"},
        {"EG", "0100 123 4567", "+201001234567", "EG"},
        {"ZA", "071 123 4567", "+27711234567", "ZA"},
        {"NG", "0802 123 4567", "+2348021234567", "NG"},
        {"KE", "0712 123456", "+254712123456", "KE"},
        {"CI", "01 23 45 6789", "+2250123456789", "CI"},
        {"MA", "0650-123456", "+212650123456", "MA"},
        {"IN", "081234 56789", "+918123456789", "IN"},
        {"IN", "+91 81234 56789", "+918123456789", "IN"},
        {"PK", "0301 2345678", "+923012345678", "PK"},
        {"CN", "131 2345 6789", "+8613123456789", "CN"},
        {"CN", "0086 131 2345 6789", "+8613123456789", "CN"},
        {"JP", "090-1234-5678", "+819012345678", "JP"},
        {"JP", "010 1 202 555 0101", "+12025550101", "US"},
        {"KR", "010-2000-0000", "+821020000000", "KR"},
        {"HK", "5123 4567", "+85251234567", "HK"},
        {"HK", "001 44 7400 123456", "+447400123456", "GB"},
        {"SG", "8123 4567", "+6581234567", "SG"},
        {"TH", "081 234 5678", "+66812345678", "TH"},
        {"ID", "0812-345-678", "+62812345678", "ID"},
        {"PH", "0905 123 4567", "+639051234567", "PH"},
        {"VN", "0912 345 678", "+84912345678", "VN"},
        {"AU", "0412 345 678", "+61412345678", "AU"},
        {"AU", "0011 44 7400 123456", "+447400123456", "GB"},
        {"AU", "(02) 1234 5678", "+61212345678", "AU"},
        {"NZ", "021 123 4567", "+64211234567", "NZ"},
        {"BR", "(11) 96123-4567", "+5511961234567", "BR"},
        {"BR", "0 11 96123 4567", "+5511961234567", "BR"},
        {"MX", "222 123 4567", "+522221234567", "MX"},
        {"AR", "011 15-2345-6789", "+5491123456789", "AR"},
        {"AR", "+54 9 11 2345 6789", "+5491123456789", "AR"},
        {"CL", "(2) 2123 4567", "+56221234567", "CL"},
        {"CL", "9 6123 4567", "+56961234567", "CL"},
        {"CO", "321 1234567", "+573211234567", "CO"},
        {"PE", "912 345 678", "+51912345678", "PE"},
        {"UY", "094 231 234", "+59894231234", "UY"},
        {"VE", "0412-1234567", "+584121234567", "VE"},
        {"CR", "8312 3456", "+50683123456", "CR"},
        {"DO", "809-234-5678", "+18092345678", "DO"},
        {"JM", "876 210 1234", "+18762101234", "JM"},
        {"IM", "07924 123456", "+447924123456", "GB"},
    };
    for (const auto& [home, written, e164, region] : table) {
        const auto number = read(written, home);
        EXPECT_EQ(number.e164, e164) << home << " " << written;
        EXPECT_EQ(number.region, region) << home << " " << written;
        EXPECT_TRUE(number.fault == PhoneFault::none);
    }
}

TEST(PhoneNumber, IsReadHoweverItIsTyped) {
    for (const char* written :
         {"+12025550101", " +1 202 555 0101 ", "＋１ ２０２ ５５５ ０１０１", "+١ ٢٠٢ ٥٥٥ ٠١٠١",
          "+1\u00A0202\u2011555\u20130101", "\u202A+1 202 555 0101\u202C", "+1/202/555.0101"})
        EXPECT_EQ(read(written, "ES").e164, "+12025550101") << written;
}

TEST(PhoneNumber, IsTheSameWhenReadAgainAnywhere) {
    for (const PhoneRegion& region : phone_regions()) {
        const std::string home(region.region);
        for (int i = 0; i < 20; ++i) {
            const std::string chance(16, static_cast<char>(i * 7));
            const auto made = invent_phone_number({.default_region = home}, chance);
            const auto number = read(made, "US");
            EXPECT_EQ(number.e164, made) << home;
            EXPECT_EQ(number.region, home) << made;
        }
    }
}

TEST(PhoneNumber, IsRefusedWithTheReason) {
    const struct {
        const char* home;
        const char* written;
        PhoneFault fault;
    } table[] = {
        {"US", "", PhoneFault::bad_address},
        {"US", "amy", PhoneFault::bad_address},
        {"US", "+", PhoneFault::bad_address},
        {"US", "202-555-010", PhoneFault::bad_address},
        {"US", "202-555-01011", PhoneFault::bad_address},
        {"US", "102-555-0101", PhoneFault::bad_address},
        {"US", "1-800-FLOWERS", PhoneFault::bad_address},
        {"US", "+1 202 555 0101\r\nX: y", PhoneFault::bad_address},
        {"US", "+999 123 456 789", PhoneFault::bad_address},
        {"US", "++12025550101", PhoneFault::bad_address},
        {"", "202 555 0101", PhoneFault::bad_address},
        {"US", "+34 612 34 56 78 90 12 34 56", PhoneFault::bad_address},
        {"US", "202 555 0101 x12", PhoneFault::extension},
        {"US", "202 555 0101 ext. 12", PhoneFault::extension},
        {"US", "+1-202-555-0101;ext=12", PhoneFault::extension},
        {"US", "202 555 0101 #12", PhoneFault::extension},
        {"US", "911", PhoneFault::short_code},
        {"ES", "112", PhoneFault::short_code},
        {"US", "54321", PhoneFault::short_code},
        {"US", "900-555-0101", PhoneFault::premium},
        {"CA", "1 900 555 0101", PhoneFault::premium},
        {"US", "+1 800 555 0101", PhoneFault::premium},
        {"GB", "09012 345678", PhoneFault::premium},
        {"GB", "070 1234 5678", PhoneFault::premium},
        {"GB", "0844 123 4567", PhoneFault::premium},
        {"DE", "0900 1 123456", PhoneFault::premium},
        {"ES", "806 12 34 56", PhoneFault::premium},
        {"FR", "0899 12 34 56", PhoneFault::premium},
        {"IT", "899 123 456", PhoneFault::premium},
        {"AU", "1900 123 456", PhoneFault::premium},
    };
    for (const auto& [home, written, fault] : table) {
        EXPECT_TRUE(read(written, home).fault == fault) << home << " " << written;
        EXPECT_EQ(read(written, home).e164, "") << home << " " << written;
    }
}

TEST(PhoneNumber, BelongsToACountryThatIsAllowedEvenBehindASharedCode) {
    const PhoneRules rules{.default_region = "US", .countries = {"US", "GB"}};
    EXPECT_EQ(read_phone_number("202 555 0101", rules).e164, "+12025550101");
    EXPECT_EQ(read_phone_number("+44 7400 123456", rules).e164, "+447400123456");
    for (const char* elsewhere : {"+1 876 210 1234", "+1 416 555 0123", "+44 7624 123456",
                                  "+7 771 000 9998", "+34 612 34 56 78"})
        EXPECT_TRUE(read_phone_number(elsewhere, rules).fault == PhoneFault::country) << elsewhere;
}

TEST(PhoneRegions, AreEachThereOnceAndTheSharersOfACodeComeFirst) {
    std::set<std::string_view> regions;
    std::set<std::string_view> finished;
    for (const PhoneRegion& each : phone_regions()) {
        EXPECT_TRUE(regions.insert(each.region).second) << each.region;
        EXPECT_FALSE(finished.contains(each.code)) << each.region << " is never reached";
        EXPECT_LE(each.shortest, each.longest) << each.region;
        if (each.begins.empty()) finished.insert(each.code);
    }
    EXPECT_GT(regions.size(), 240U);
    // No code is the beginning of another, or digits could be read in two ways.
    for (const auto& one : finished)
        for (const auto& other : finished)
            EXPECT_TRUE(one == other || !other.starts_with(one)) << one << " " << other;
}

}  // namespace
}  // namespace latchkey
