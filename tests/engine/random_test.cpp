#include "engine/random.h"

#include "tests/support/chi_square.h"
#include "tests/support/counting_random.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <cstring>
#include <set>
#include <vector>

namespace latchkey {
namespace {

/// Gives out these numbers, eight bytes each, and counts how many were taken.
class ScriptedRandom final : public Random {
 public:
    explicit ScriptedRandom(std::vector<std::uint64_t> script) : script_(std::move(script)) {}
    void fill(std::span<std::byte> out) override {
        ASSERT_EQ(out.size(), sizeof(std::uint64_t));
        std::memcpy(out.data(), &script_.at(taken_++), out.size());
    }
    std::size_t taken() const { return taken_; }

 private:
    std::vector<std::uint64_t> script_;
    std::size_t taken_ = 0;
};

constexpr std::uint64_t kMost = ~std::uint64_t{0};

TEST(RandomBelow, DrawsAgainWhereANumberWouldFavourSmallResults) {
    // For every small bound, the draws that count must be a multiple of the bound: the first
    // 2^64 mod bound values are passed over and not one more.
    for (std::uint64_t bound = 1; bound <= 5000; ++bound) {
        const std::uint64_t unfair = (kMost % bound + 1) % bound;
        ScriptedRandom at_the_edge({unfair, kMost});
        EXPECT_EQ(random_below(at_the_edge, bound), unfair % bound) << bound;
        EXPECT_EQ(at_the_edge.taken(), 1U) << bound;
        if (unfair == 0) continue;
        ScriptedRandom below_the_edge({0, unfair - 1, kMost});
        EXPECT_EQ(random_below(below_the_edge, bound), kMost % bound) << bound;
        EXPECT_EQ(below_the_edge.taken(), 3U) << bound;
    }
}

TEST(RandomBelow, HitsEveryValueOfASmallBoundEquallyOften) {
    CountingRandom random;
    for (std::uint64_t bound = 2; bound <= 64; ++bound) {
        std::vector<double> hits(bound, 0);
        for (std::uint64_t i = 0; i < 400 * bound; ++i) ++hits.at(random_below(random, bound));
        EXPECT_TRUE(looks_fair(hits)) << bound;
    }
}

TEST(RandomBelow, IsZeroBelowOne) {
    CountingRandom random;
    EXPECT_EQ(random_below(random, 1), 0U);
}

TEST(RandomBelow, ReachesBothEndsOfALargeBound) {
    ScriptedRandom highest({kMost});
    EXPECT_EQ(random_below(highest, kMost), 0U);  // kMost mod kMost
    ScriptedRandom lowest({0, 1});
    EXPECT_EQ(random_below(lowest, kMost), 1U);  // 0 is the one unfair draw
}

TEST(Base32, WritesFiveBitsPerLetterWithoutPadding) {
    EXPECT_EQ(base32(""), "");
    EXPECT_EQ(base32(std::string(1, '\0')), "00");
    EXPECT_EQ(base32("\xff"), "zw");
    EXPECT_EQ(base32("\xff\xff\xff\xff\xff"), "zzzzzzzz");
    EXPECT_EQ(base32(std::string("\x00\x44\x32\x14\xc7", 5)), "01234567");
    EXPECT_EQ(base32(std::string("\x42\x54\xb6\x35\xcf", 5)), "89abcdef");
    EXPECT_EQ(base32(std::string("\x84\x65\x3a\x56\xd7", 5)), "ghjkmnpq");
    EXPECT_EQ(base32(std::string("\xc6\x75\xbe\x77\xdf", 5)), "rstvwxyz");
}

TEST(Base32, GivesDifferentBytesDifferentText) {
    std::set<std::string> texts;
    for (int high = 0; high < 256; ++high)
        for (int low = 0; low < 256; ++low)
            texts.insert(base32(std::string{static_cast<char>(high), static_cast<char>(low)}));
    EXPECT_EQ(texts.size(), 65536U);
}

TEST(RandomToken, HasRoomForAllItsBits) {
    CountingRandom random;
    for (std::size_t bits = 1; bits <= 300; ++bits) {
        const std::string token = random_token(random, bits);
        EXPECT_GE(token.size() * 5, bits) << bits;
        EXPECT_EQ(token.find_first_not_of("0123456789abcdefghjkmnpqrstvwxyz"), std::string::npos);
    }
    EXPECT_EQ(random_token(random).size(), 26U);
}

TEST(RandomToken, IsAnotherOneEachTime) {
    CountingRandom random;
    std::set<std::string> tokens;
    for (int i = 0; i < 20'000; ++i) tokens.insert(random_token(random));
    EXPECT_EQ(tokens.size(), 20'000U);
}

TEST(RandomReference, IsTwoGroupsOfFourLettersThatAreNotMistaken) {
    CountingRandom random;
    std::vector<double> hits(256, 0);
    for (int i = 0; i < 8000; ++i) {
        const std::string reference = random_reference(random);
        ASSERT_EQ(reference.size(), 9U);
        ASSERT_EQ(reference[4], '-');
        for (const char letter : reference.substr(0, 4) + reference.substr(5))
            ++hits[static_cast<unsigned char>(letter)];
    }
    std::vector<double> used;
    for (const char letter : std::string_view("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
        used.push_back(std::exchange(hits[static_cast<unsigned char>(letter)], 0));
    EXPECT_TRUE(looks_fair(used)) << "40 bits: every letter is as likely as any other";
    EXPECT_EQ(std::ranges::count(hits, 0), 256) << "a letter outside Crockford's alphabet";
}

}  // namespace
}  // namespace latchkey
