#include "engine/crypto.h"

#include "tests/support/chi_square.h"
#include "tests/support/plain_crypto.h"

#include <gtest/gtest.h>
#include <set>

namespace latchkey {
namespace {

std::string code(std::size_t count, int number) {
    static const PlainCrypto crypto;
    return keyed_digits(crypto, count, {"email_code", std::to_string(number), "amy@example.org"});
}

TEST(KeyedDigits, AreAsManyDigitsAsAskedFor) {
    for (std::size_t count = 0; count <= 200; ++count) {
        const std::string digits = code(count, 7);
        EXPECT_EQ(digits.size(), count);
        EXPECT_EQ(digits.find_first_not_of("0123456789"), std::string::npos);
    }
}

TEST(KeyedDigits, AreFairAtEveryPositionAndInEveryPair) {
    constexpr int kCodes = 40'000;
    std::vector<std::vector<double>> at(6, std::vector<double>(10, 0));
    std::vector<std::vector<double>> pairs(5, std::vector<double>(100, 0));
    for (int i = 0; i < kCodes; ++i) {
        const std::string digits = code(6, i);
        for (std::size_t place = 0; place < 6; ++place)
            ++at[place][std::size_t(digits[place] - '0')];
        for (std::size_t place = 0; place < 5; ++place)
            ++pairs[place][std::size_t(10 * (digits[place] - '0') + digits[place + 1] - '0')];
    }
    for (const auto& counts : at) EXPECT_TRUE(looks_fair(counts));
    for (const auto& counts : pairs) EXPECT_TRUE(looks_fair(counts));
}

TEST(KeyedDigits, KeepLeadingZeros) {
    int zeros = 0;
    for (int i = 0; i < 10'000; ++i) zeros += code(6, i)[0] == '0' ? 1 : 0;
    EXPECT_NEAR(zeros, 1000, 150);
}

TEST(KeyedDigits, AreFairBeyondTheFirstDigestToo) {
    // One digest gives about 31 digits: those after it come from the next one.
    std::vector<std::vector<double>> at(100, std::vector<double>(10, 0));
    for (int i = 0; i < 4000; ++i) {
        const std::string digits = code(100, i);
        for (std::size_t place = 0; place < 100; ++place)
            ++at[place][std::size_t(digits[place] - '0')];
    }
    for (const auto& counts : at) EXPECT_TRUE(looks_fair(counts));
}

/// Digests of one repeated byte at first, of fair ones later.
class OneByteCrypto final : public Crypto {
 public:
    explicit OneByteCrypto(unsigned char byte) : byte_(byte) {}
    std::string hash_secret(std::string_view) const override { return {}; }
    Match match_secret(std::string_view, std::string_view) const override { return {}; }
    std::string unmatchable_hash() const override { return {}; }
    std::string hmac_sha1(std::string_view, std::string_view) const override { return {}; }
    bool equal(std::string_view a, std::string_view b) const override { return a == b; }
    std::string keyed_digest(KeyUse, std::initializer_list<std::string_view> parts) const override {
        const bool first = *parts.begin() == "first";
        return std::string(32, first ? static_cast<char>(byte_) : '\x07');
    }

 private:
    unsigned char byte_;
};

TEST(KeyedDigits, TakeEachByteThatIsFairAndPassOverTheOthers) {
    for (int byte = 0; byte < 256; ++byte) {
        const OneByteCrypto crypto(static_cast<unsigned char>(byte));
        const char expected = byte < 250 ? static_cast<char>('0' + byte % 10) : '7';
        EXPECT_EQ(keyed_digits(crypto, 6, {"first"}), std::string(6, expected)) << byte;
    }
}

TEST(KeyedDigits, AreTheSameForTheSamePartsAndOthersOtherwise) {
    const PlainCrypto crypto;
    const PlainCrypto elsewhere(2);
    const auto digits = keyed_digits(crypto, 12, {"email_code", "challenge", "address"});
    EXPECT_EQ(keyed_digits(crypto, 12, {"email_code", "challenge", "address"}), digits);
    EXPECT_NE(keyed_digits(elsewhere, 12, {"email_code", "challenge", "address"}), digits);
    EXPECT_NE(keyed_digits(crypto, 12, {"sms_code", "challenge", "address"}), digits);
    EXPECT_NE(keyed_digits(crypto, 12, {"email_code", "challengea", "ddress"}), digits);
    EXPECT_NE(keyed_digits(crypto, 12, {"email_code", "challenge", "address", ""}), digits);
}

}  // namespace
}  // namespace latchkey
