#include "engine/subject.h"

#include "engine/random.h"
#include "engine/unicode.h"
#include "tests/support/builders.h"
#include "tests/support/chi_square.h"
#include "tests/support/counting_random.h"
#include "tests/support/plain_crypto.h"

#include <gtest/gtest.h>
#include <set>

namespace latchkey {
namespace {

const DecoyShape kShape{.mail_domains = {{"example.org", 700},
                                         {"sales.example.org", 200},
                                         {"example.com", 90},
                                         {"example.net", 10}}};

std::string domain_of(const Subject& subject) {
    const std::string mail = subject.attribute("email");
    return mail.substr(mail.find('@') + 1);
}

std::string typed(int number) {
    return "name" + std::to_string(number);
}

TEST(CanonicalIdentifier, IsTheFoldedName) {
    EXPECT_EQ(canonical_identifier(" Ａmy.LEE\u00a0"), "amy.lee");
    EXPECT_EQ(canonical_identifier("Amy@Example.ORG"), "amy@example.org");
    EXPECT_EQ(canonical_identifier("STRASSE"), canonical_identifier("straße"));
    EXPECT_NE(canonical_identifier("ı"), canonical_identifier("i"));
}

TEST(CanonicalIdentifier, IsNothingForWhatNobodyIsCalled) {
    for (const std::string_view text :
         {std::string_view(""), std::string_view("   "), std::string_view("\u3000"),
          std::string_view("a\tb"), std::string_view("a\0b", 3), std::string_view("a\u200bb"),
          std::string_view("a\xff"), std::string_view("\ufe0f")})
        EXPECT_EQ(canonical_identifier(text), std::nullopt) << testing::PrintToString(text);
}

TEST(CanonicalIdentifier, HasAtMost256CodePoints) {
    EXPECT_TRUE(canonical_identifier(std::string(256, 'a')));
    EXPECT_FALSE(canonical_identifier(std::string(257, 'a')));
    std::string emoji;
    for (int i = 0; i < 256; ++i) emoji += "😀";
    EXPECT_TRUE(canonical_identifier(emoji));
    EXPECT_FALSE(canonical_identifier(emoji + "a"));
    EXPECT_FALSE(canonical_identifier(std::string(1'000'000, 'a')));
    EXPECT_FALSE(canonical_identifier("\ufdfa" + std::string(250, 'a')))
        << "one character that becomes eighteen";
}

TEST(CanonicalIdentifier, OfACanonicalOneIsTheSame) {
    for (const char* name : {"amy.lee", "straße", "İ", "ﬁ", "Ａ b", "ΣΊΣΥΦΟΣ"}) {
        const auto once = canonical_identifier(name);
        ASSERT_TRUE(once);
        EXPECT_EQ(canonical_identifier(*once), once);
    }
}

TEST(Subject, HasTheAttributesOfItsAccountAndNoOthers) {
    const Subject amy = AccountBuilder("amy").with("email", "amy@example.org").subject();
    EXPECT_EQ(amy.user_name, "amy");
    EXPECT_EQ(amy.attribute("email"), "amy@example.org");
    EXPECT_EQ(amy.attribute("phone"), "");
    EXPECT_EQ(amy.attribute("Email"), "");
}

TEST(Decoy, IsTheSameForTheSameNameAtAnyTime) {
    const PlainCrypto crypto;
    const PlainCrypto after_a_restart;
    for (const char* name : {"amy", "amy.lee@example.org", "ömer", "-"}) {
        const Subject once = decoy_for(name, kShape, crypto);
        const Subject again = decoy_for(name, kShape, after_a_restart);
        EXPECT_EQ(once.account, again.account);
        EXPECT_EQ(once.user_name, again.user_name);
        EXPECT_EQ(once.attributes, again.attributes);
    }
}

TEST(Decoy, IsAnotherOneInAnotherInstallation) {
    int same = 0;
    for (int i = 0; i < 100; ++i) {
        const Subject here = decoy_for(typed(i), kShape, PlainCrypto(1));
        const Subject there = decoy_for(typed(i), kShape, PlainCrypto(2));
        EXPECT_NE(here.account, there.account);
        same += here.attributes == there.attributes ? 1 : 0;
    }
    EXPECT_LT(same, 80) << "nobody outside can compute which domain a decoy has";
}

TEST(DecoyId, HasTheFormOfARandomOne) {
    const PlainCrypto crypto;
    CountingRandom random;
    std::set<std::string> ids;
    std::set<char> last_of_decoys;
    std::set<char> last_of_people;
    for (int i = 0; i < 5000; ++i) {
        const std::string id = decoy_for(typed(i), kShape, crypto).account.text();
        const std::string real = random_token(random);
        ASSERT_EQ(id.size(), real.size());
        ASSERT_EQ(id.find_first_not_of("0123456789abcdefghjkmnpqrstvwxyz"), std::string::npos);
        last_of_decoys.insert(id.back());
        last_of_people.insert(real.back());
        ids.insert(id);
    }
    EXPECT_EQ(ids.size(), 5000U) << "each name has its own counters";
    EXPECT_EQ(last_of_decoys, last_of_people) << "even the letter that holds fewer bits";
}

TEST(DecoyMail, IsWhatWasTypedIfThatIsAnAddress) {
    const Subject decoy = decoy_for("amy.lee@example.org", kShape, PlainCrypto());
    EXPECT_EQ(decoy.attribute("email"), "amy.lee@example.org");
    EXPECT_EQ(decoy.user_name, "amy.lee@example.org");
}

TEST(DecoyMail, DrawsItsDomainAsOftenAsPeopleHaveIt) {
    const PlainCrypto crypto;
    std::map<std::string, double> counted;
    for (int i = 0; i < 10'000; ++i) ++counted[domain_of(decoy_for(typed(i), kShape, crypto))];
    std::vector<double> seen;
    std::vector<double> expected;
    double people = 0;
    for (const auto& [domain, count] : kShape.mail_domains) people += static_cast<double>(count);
    for (const auto& [domain, count] : kShape.mail_domains) {
        seen.push_back(counted[domain]);
        expected.push_back(10'000 * static_cast<double>(count) / people);
    }
    EXPECT_EQ(counted.size(), kShape.mail_domains.size());
    EXPECT_LT(chi_square(seen, expected), chi_square_limit(seen.size()));
}

TEST(DecoyMail, SeldomChangesWhenADomainIsAdded) {
    const PlainCrypto crypto;
    DecoyShape later = kShape;
    later.mail_domains["new.example.org"] = 111;  // a tenth of all from now on
    int changed = 0;
    for (int i = 0; i < 10'000; ++i) {
        const auto before = domain_of(decoy_for(typed(i), kShape, crypto));
        const auto after = domain_of(decoy_for(typed(i), later, crypto));
        if (before == after) continue;
        EXPECT_EQ(after, "new.example.org") << "nobody moves between the old ones";
        ++changed;
    }
    EXPECT_NEAR(changed, 1000, 150);
}

TEST(DecoyMail, StaysWhenAllDomainsGrowAlike) {
    const PlainCrypto crypto;
    DecoyShape later = kShape;
    for (auto& [domain, people] : later.mail_domains) people *= 3;
    for (int i = 0; i < 1000; ++i)
        ASSERT_EQ(domain_of(decoy_for(typed(i), kShape, crypto)),
                  domain_of(decoy_for(typed(i), later, crypto)));
}

TEST(DecoyMail, BeginsLikeTheNameWhereAddressesDo) {
    const PlainCrypto crypto;
    EXPECT_EQ(decoy_for("amy", kShape, crypto).attribute("email").front(), 'a');
    EXPECT_EQ(decoy_for("7amy", kShape, crypto).attribute("email").front(), '7');
    for (const char* name : {"-amy", "ömer", "_", "😀"}) {
        const char initial = decoy_for(name, kShape, crypto).attribute("email").front();
        EXPECT_TRUE(initial >= 'a' && initial <= 'z') << name;
    }
}

TEST(DecoyMail, BeginsWithSomeOtherLetterWhereAddressesDoNot) {
    const PlainCrypto crypto;
    DecoyShape shape = kShape;
    shape.mail_begins_like_name = false;
    std::set<char> initials;
    for (int i = 0; i < 2000; ++i)
        initials.insert(decoy_for("n" + typed(i), shape, crypto).attribute("email").front());
    EXPECT_GT(initials.size(), 15U);
}

TEST(DecoyMail, HasADomainWhereNobodyHasOne) {
    EXPECT_EQ(domain_of(decoy_for("amy", {}, PlainCrypto())), "example.com");
    EXPECT_EQ(domain_of(decoy_for("amy", {.mail_domains = {{"a.example", 0}}}, PlainCrypto())),
              "a.example");
}

/// Digests of nothing but ones: the largest number that can be drawn.
class AllOnes final : public Crypto {
 public:
    std::string hash_secret(std::string_view) const override { return {}; }
    Match match_secret(std::string_view, std::string_view) const override { return {}; }
    std::string unmatchable_hash() const override { return {}; }
    std::string hmac_sha1(std::string_view, std::string_view) const override { return {}; }
    bool equal(std::string_view a, std::string_view b) const override { return a == b; }
    std::string keyed_digest(KeyUse, std::initializer_list<std::string_view>) const override {
        return std::string(32, '\xff');
    }
};

TEST(DecoyMail, IsWholeEvenForTheLargestNumberThatCanBeDrawn) {
    DecoyShape shape = kShape;
    shape.mail_begins_like_name = false;
    const std::string mail = decoy_for("amy", shape, AllOnes()).attribute("email");
    EXPECT_EQ(mail.substr(0, 2), "w@") << "the last of the initials";
    EXPECT_TRUE(shape.mail_domains.contains(mail.substr(2))) << mail;
}

}  // namespace
}  // namespace latchkey
