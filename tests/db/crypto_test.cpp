#include "db/crypto/encoding.h"
#include "db/crypto/sealer.h"
#include "db/crypto/sodium_crypto.h"
#include "db/crypto/sodium_random.h"
#include "tests/support/sha1.h"
#include "tests/support/sql_stores.h"

#include <gmock/gmock.h>
#include <set>

namespace latchkey {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using testing::ThrowsMessage;

KeyRing two_keys() {
    return KeyRing({test_ring('a', "k1").newest(), test_ring('b', "k2").newest()});
}

TEST(Joining, TellsApartWhatLooksAlikeInARow) {
    EXPECT_NE(joined({"ab", "c"}), joined({"a", "bc"}));
    EXPECT_NE(joined({"", "a"}), joined({"a", ""}));
    EXPECT_NE(joined({"a"}), joined({"a", ""}));
    EXPECT_NE(joined({std::string_view("\0", 1)}), joined({""}));
}

TEST(HexDigest, IsTheOneThatDatabasesKeep) {
    EXPECT_EQ(hex_digest("abc"),
              "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

TEST(Base64Url, ReadsBackWhatItWrites) {
    for (std::size_t size = 0; size < 70; ++size) {
        const std::string bytes(size, '\xff');
        const std::string text = to_base64url(bytes);
        EXPECT_EQ(text.find_first_of("+/="), std::string::npos);
        EXPECT_EQ(from_base64url(text), bytes);
    }
    EXPECT_FALSE(from_base64url("a+b="));
    EXPECT_FALSE(from_base64url("ab c"));
    EXPECT_FALSE(from_base64url("A"));
}

TEST(HmacSha1, IsThatOfRfc2202AndAgreesWithThePlainOne) {
    HashingPool pool;
    const SodiumCrypto crypto(test_ring(), {}, pool);
    EXPECT_EQ(crypto.hmac_sha1(std::string(20, '\x0b'), "Hi There"),
              std::string("\xb6\x17\x31\x86\x55\x05\x72\x64\xe2\x8b"
                          "\xc0\xb6\xfb\x37\x8c\x8e\xf1\x46\xbe\x00",
                          20));
    for (std::size_t size = 0; size < 200; ++size) {
        const std::string key(size, 'k');
        const std::string message(2 * size, 'm');
        EXPECT_EQ(crypto.hmac_sha1(key, message), hmac_sha1(key, message)) << size;
    }
}

// Sealing
// ------------------------------------------------------------------------------------------

TEST(Sealer, OpensWhatItSealedInItsPlaceOnly) {
    const Sealer sealer(test_ring());
    const std::string sealed = sealer.seal({"t", "c", "r"}, "secret");
    EXPECT_THAT(sealed, StartsWith("k1."));
    EXPECT_EQ(sealer.open({"t", "c", "r"}, sealed), "secret");
    for (const Place& place :
         {Place{"u", "c", "r"}, Place{"t", "d", "r"}, Place{"t", "c", "s"}, Place{"tc", "", "r"}})
        EXPECT_THROW(sealer.open(place, sealed), BrokenSeal);
}

TEST(Sealer, NamesThePlaceAndNeverTheContent) {
    const Sealer sealer(test_ring());
    const std::string sealed = sealer.seal({"t", "c", "r"}, "secret");
    EXPECT_THAT(
        [&] {
            sealer.open({"message", "body", "m1"}, sealed);
        },
        ThrowsMessage<BrokenSeal>(testing::AllOf(HasSubstr("message.body of row m1"),
                                                 Not(HasSubstr("secret")),
                                                 Not(HasSubstr(sealed.substr(3))))));
}

TEST(Sealer, NoticesEveryChangedCharacter) {
    const Sealer sealer(test_ring());
    const std::string sealed = sealer.seal({"t", "c", "r"}, "secret");
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string changed = sealed;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_THROW(sealer.open({"t", "c", "r"}, changed), BrokenSeal) << i;
        EXPECT_THROW(sealer.open({"t", "c", "r"}, sealed.substr(0, i)), BrokenSeal) << i;
    }
}

TEST(Sealer, SealsTheSameDifferentlyEachTime) {
    const Sealer sealer(test_ring());
    EXPECT_NE(sealer.seal({"t", "c", "r"}, "secret"), sealer.seal({"t", "c", "r"}, "secret"));
}

TEST(Sealer, OpensWithOldKeysAndSealsWithTheNewest) {
    const std::string old = Sealer(test_ring('a', "k1")).seal({"t", "c", "r"}, "secret");
    const Sealer sealer(two_keys());
    EXPECT_EQ(sealer.open({"t", "c", "r"}, old), "secret");
    EXPECT_THAT(sealer.seal({"t", "c", "r"}, "x"), StartsWith("k2."));
    EXPECT_THROW(Sealer(test_ring('b', "k2")).open({"t", "c", "r"}, old), BrokenSeal);
    EXPECT_THROW(Sealer(test_ring('b', "k1")).open({"t", "c", "r"}, old), BrokenSeal);
}

TEST(Sealer, TakesNothingAndMuch) {
    const Sealer sealer(test_ring());
    for (const std::size_t size : {0U, 1U, 100'000U}) {
        const std::string plain(size, '\0');
        EXPECT_EQ(sealer.open({"t", "c", "r"}, sealer.seal({"t", "c", "r"}, plain)), plain);
    }
}

// Digests
// ------------------------------------------------------------------------------------------

class WithCrypto : public testing::Test {
 protected:
    KeyRing ring = test_ring();
    HashingPool pool{{.slots = 1}};
    SodiumCrypto crypto{ring, kCheapHash, pool};
};

using Digests = WithCrypto;

TEST_F(Digests, DifferForEveryUseAndEveryKey) {
    std::set<std::string> digests;
    for (const KeyUse use : {KeyUse::code, KeyUse::decoy, KeyUse::form, KeyUse::session,
                             KeyUse::link, KeyUse::origin, KeyUse::activity})
        digests.insert(crypto.keyed_digest(use, {"a"}));
    const KeyRing other_ring = test_ring('b');
    digests.insert(SodiumCrypto(other_ring, kCheapHash, pool).keyed_digest(KeyUse::code, {"a"}));
    EXPECT_EQ(digests.size(), 8U);
    EXPECT_EQ(digests.begin()->size(), 32U);
}

TEST_F(Digests, StayTheSameWhenAKeyIsAdded) {
    const KeyRing more = two_keys();
    const SodiumCrypto later(more, kCheapHash, pool);
    EXPECT_EQ(later.keyed_digest(KeyUse::decoy, {"a", "b"}),
              crypto.keyed_digest(KeyUse::decoy, {"a", "b"}));
}

TEST_F(Digests, NeverChange) {
    // Stored in databases: a program that computes others cannot read them.
    EXPECT_EQ(to_base64url(crypto.keyed_digest(KeyUse::code, {"request", "482913"})),
              "t9aocA1H-i_Lu1jgHsfMdxUtWh6qesF1I4PkTnHhR0U");
}

TEST_F(Digests, AreComparedWhole) {
    EXPECT_TRUE(crypto.equal("", ""));
    EXPECT_TRUE(crypto.equal("abc", "abc"));
    EXPECT_FALSE(crypto.equal("abc", "abd"));
    EXPECT_FALSE(crypto.equal("abc", "ab"));
}

// Slow hashes
// --------------------------------------------------------------------------------------

using SlowHashes = WithCrypto;

TEST_F(SlowHashes, MatchTheirSecretAlone) {
    const std::string hash = crypto.hash_secret("correct horse");
    EXPECT_TRUE(crypto.match_secret(hash, "correct horse").equal);
    EXPECT_FALSE(crypto.match_secret(hash, "correct horse").outdated);
    EXPECT_FALSE(crypto.match_secret(hash, "correct horsf").equal);
    EXPECT_FALSE(crypto.match_secret(hash, "").equal);
    EXPECT_FALSE(crypto.match_secret(hash, std::string("correct horse\0", 14)).equal);
}

TEST_F(SlowHashes, RecordWhatTheyCost) {
    EXPECT_THAT(crypto.hash_secret("x"), StartsWith("$argon2id$v=19$m=8,t=1,p=1$"));
    const SodiumCrypto dearer(ring, {.memory_kib = 64, .passes = 3}, pool);
    EXPECT_THAT(dearer.hash_secret("x"), StartsWith("$argon2id$v=19$m=64,t=3,p=1$"));
    const Match match = dearer.match_secret(crypto.hash_secret("x"), "x");
    EXPECT_TRUE(match.equal && match.outdated);
}

TEST_F(SlowHashes, HaveASaltOfTheirOwn) {
    EXPECT_NE(crypto.hash_secret("x").substr(0, 50), crypto.hash_secret("x").substr(0, 50));
}

TEST_F(SlowHashes, ThatMatchNothingLookLikeAnyOther) {
    const std::string real = crypto.hash_secret("x");
    const std::string fake = crypto.unmatchable_hash();
    EXPECT_EQ(fake.size(), real.size());
    EXPECT_EQ(fake.substr(0, 27), real.substr(0, 27));
    const auto before = crypto.hashes();
    EXPECT_FALSE(crypto.match_secret(fake, "x").equal);
    EXPECT_EQ(crypto.hashes() - before, 1);
}

TEST_F(SlowHashes, ConfirmNothingWithoutTheKey) {
    // Whoever has the row and the right password but no key computes the same Argon2id output …
    const std::string hash = crypto.hash_secret("hunter2");
    const StoredHash stored = parse_stored_hash(hash).value();
    const std::string output = argon2id(stored.recipe, "hunter2");
    // … and finds it nowhere in the row,
    EXPECT_EQ(hash.find(to_base64url(output)), std::string::npos);
    const auto box = from_base64url(stored.rest.substr(stored.rest.find('.') + 1)).value();
    EXPECT_EQ(box.find(output), std::string::npos);
    // nor does the program with another key confirm it. With the key it does.
    const KeyRing other = test_ring('b');
    EXPECT_THROW(SodiumCrypto(other, kCheapHash, pool).match_secret(hash, "hunter2"), BrokenSeal);
    EXPECT_TRUE(crypto.match_secret(hash, "hunter2").equal);
}

TEST_F(SlowHashes, AreArgon2idAsOthersComputeIt) {
    // Computed by the reference implementation, libargon2.
    HashRecipe recipe{{.memory_kib = 64, .passes = 2}, {}};
    const std::string_view salt = "0123456789abcdef";
    std::copy(salt.begin(), salt.end(), recipe.salt.begin());
    EXPECT_EQ(to_base64url(argon2id(recipe, "password")),
              "-4O1cR_ZHfYwtjZ33uYszRPubwxIl9hWtJVCubHpl1s");
}

TEST_F(SlowHashes, OutliveTheirPepper) {
    const std::string hash = crypto.hash_secret("x");
    const KeyRing more = two_keys();
    const SodiumCrypto later(more, kCheapHash, pool);
    const Match match = later.match_secret(hash, "x");
    EXPECT_TRUE(match.equal && match.outdated);
    EXPECT_FALSE(later.match_secret(later.hash_secret("x"), "x").outdated);
}

TEST_F(SlowHashes, ThatAreDamagedAreNamed) {
    const std::string hash = crypto.hash_secret("x");
    std::string other_salt = hash;
    other_salt[28] = other_salt[28] == 'A' ? 'B' : 'A';
    const std::string rest = hash.substr(hash.find("$k1.") + 1);
    for (const std::string& damaged :
         {std::string(), std::string("$argon2id$"), hash.substr(1), hash.substr(0, hash.size() - 1),
          other_salt, "$argon2id$v=19$m=9999999999,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + rest,
          "$argon2id$v=19$m=8,t=17,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + rest,
          "$argon2id$v=19$m=8,t=0,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + rest,
          "$argon2id$v=19$m=-8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + rest,
          "$argon2id$v=19$m=8,t=1,p=1$AAAA$" + rest})
        EXPECT_THROW(crypto.match_secret(damaged, "x"), BrokenSeal) << damaged;
}

TEST_F(SlowHashes, AlikeAreComparedWithoutAnotherHash) {
    const std::string hash = crypto.hash_secret("x");
    const std::string same = crypto.hash_like(hash, "x");
    const std::string different = crypto.hash_like(hash, "y");
    const auto before = crypto.hashes();
    EXPECT_NE(hash, same);
    EXPECT_TRUE(SodiumCrypto::alike(hash, same));
    EXPECT_TRUE(crypto.same_secret(hash, same));
    EXPECT_FALSE(crypto.same_secret(hash, different));
    EXPECT_FALSE(SodiumCrypto::alike(hash, crypto.unmatchable_hash()));
    EXPECT_FALSE(crypto.same_secret(hash, crypto.unmatchable_hash()));
    EXPECT_EQ(crypto.hashes(), before);
}

TEST(SodiumRandom, FillsEveryByte) {
    SodiumRandom random;
    std::array<std::byte, 64> seen{};
    for (int round = 0; round < 16; ++round) {
        std::array<std::byte, 64> bytes{};
        random.fill(bytes);
        for (std::size_t i = 0; i < bytes.size(); ++i) seen[i] |= bytes[i];
    }
    EXPECT_THAT(seen, testing::Each(Not(std::byte{0})));
}

}  // namespace
}  // namespace latchkey
