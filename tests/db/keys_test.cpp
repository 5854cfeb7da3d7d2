#include "db/crypto/key_check.h"
#include "db/crypto/key_ring.h"

#include "tests/db/stores_test.h"

#include <sys/stat.h>
#include <fstream>

namespace latchkey {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

class KeyFile : public testing::Test {
 protected:
    TemporaryFolder folder;
    const std::filesystem::path file = folder.path() / "latchkey.key";

    void write(const std::string& text, mode_t mode = 0600) {
        std::ofstream(file) << text;
        ::chmod(file.c_str(), mode);
    }
    void expect_refused(const std::string& why) {
        EXPECT_THAT([&] { read_key_file(file); }, ThrowsMessage<KeyTrouble>(HasSubstr(why)));
    }
    static std::string key(char fill) { return std::string(42, fill) + "A"; }
};

TEST_F(KeyFile, IsMadeOnceForItsOwnerAlone) {
    create_key_file(file);
    struct stat status {};
    ASSERT_EQ(::stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    EXPECT_EQ(read_key_file(file).newest().id, "k1");
    EXPECT_THROW(create_key_file(file), KeyTrouble);
}

TEST_F(KeyFile, HoldsAnotherKeyEachTime) {
    create_key_file(file);
    create_key_file(folder.path() / "other.key");
    const auto one = read_key_file(file);
    const auto two = read_key_file(folder.path() / "other.key");
    EXPECT_NE(std::memcmp(one.newest().key.data(), two.newest().key.data(), Key::kSize), 0);
}

TEST_F(KeyFile, MayHoldSeveralKeysTheOldestFirst) {
    write("k1 " + key('A') + "\nk2 " + key('B') + "\n");
    const KeyRing ring = read_key_file(file);
    EXPECT_EQ(ring.oldest().id, "k1");
    EXPECT_EQ(ring.newest().id, "k2");
}

TEST_F(KeyFile, TakesAnotherKeyBesideTheOnesThatItHas) {
    create_key_file(file);
    ::chmod(file.c_str(), 0400);
    const KeyRing before = read_key_file(file);
    add_root_key(file, before);
    const KeyRing after = read_key_file(file);
    ASSERT_EQ(after.roots().size(), 2U);
    EXPECT_EQ(after.oldest().id, "k1");
    EXPECT_EQ(std::memcmp(after.oldest().key.data(), before.newest().key.data(), Key::kSize), 0);
    EXPECT_EQ(after.newest().id, "k2");
    // What an interrupted attempt left beside it does no harm.
    std::ofstream(file.string() + ".new") << "k1 half";
    add_root_key(file, after);
    EXPECT_EQ(read_key_file(file).newest().id, "k3");
}

TEST_F(KeyFile, StaysWithItsOwner) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
    create_key_file(file);
    const KeyRing ring = read_key_file(file);
    ASSERT_EQ(::chown(file.c_str(), 1234, 1234), 0);
    add_root_key(file, ring);
    struct stat status {};
    ASSERT_EQ(::stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, 1234U);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(KeyFile, IsReadAgainWhenItWasReplacedByABetterOne) {
    create_key_file(file);
    const KeySource keys(file, Milliseconds{0});
    const AeadBox box(keys, "field");
    const std::string before = box.seal("here", "one");
    add_root_key(file, *keys.ring());
    EXPECT_EQ(box.newest(), "k2");
    const std::string after = box.seal("here", "two");
    EXPECT_EQ(box.open("here", before), "one");
    EXPECT_EQ(box.open("here", after), "two");
    EXPECT_TRUE(box.current(after));
    EXPECT_FALSE(box.current(before));

    write("k2 " + key('B') + "\n");  // lost a key
    EXPECT_EQ(box.open("here", before), "one");
    write("nothing");
    EXPECT_EQ(box.open("here", after), "two");
    std::filesystem::remove(file);
    EXPECT_EQ(box.open("here", after), "two");
}

TEST_F(KeyFile, IsReadAtOnceForAKeyThatAnotherProgramHasAlready) {
    create_key_file(file);
    const AeadBox slow(KeySource(file, Hours{1}), "field");
    add_root_key(file, read_key_file(file));
    const AeadBox quick(KeySource(file), "field");
    EXPECT_EQ(slow.open("here", quick.seal("here", "new")), "new");
    EXPECT_EQ(slow.newest(), "k2");
}

TEST_F(KeyFile, HoldsTheKeysOfManyRotations) {
    create_key_file(file);
    for (int i = 0; i < 200; ++i) add_root_key(file, read_key_file(file));
    EXPECT_EQ(read_key_file(file).roots().size(), 201U);
}

TEST_F(KeyFile, ThatIsMissingIsNamedWithWhatToDo) {
    expect_refused("latchkey init");
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(KeyFile, ThatOthersCanReadIsRefused) {
    for (const mode_t mode : {0640U, 0604U, 0660U, 0666U, 0777U}) {
        write("k1 " + key('A') + "\n", mode);
        expect_refused("chmod 600");
    }
    write("k1 " + key('A') + "\n", 0400);
    EXPECT_NO_THROW(read_key_file(file));
}

TEST_F(KeyFile, OfAnotherUserIsRefused) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
    write("k1 " + key('A') + "\n");
    ASSERT_EQ(::chown(file.c_str(), 65534, 65534), 0);
    expect_refused("another user");
}

TEST_F(KeyFile, ThatIsDamagedIsRefused) {
    for (const std::string& text :
         {std::string(), std::string("\n"), std::string("k1"), std::string("k1 "),
          "k1 " + key('A').substr(1), "k1 " + key('A') + "A", "K1 " + key('A'), " " + key('A'),
          "k1 " + std::string(42, '*') + "A", std::string(5000, 'x'),
          "k1 " + key('A') + "\nk1 " + key('B')}) {
        write(text);
        EXPECT_THROW(read_key_file(file), KeyTrouble) << text;
    }
}

class KeyCheck : public StoreTest {};

TEST_P(KeyCheck, RefusesADatabaseWithoutKeys) {
    EXPECT_THAT([&] { require_keys(*database, stores.ring); },
                ThrowsMessage<KeyTrouble>(HasSubstr("latchkey init")));
}

TEST_P(KeyCheck, KnowsTheRightKey) {
    adopt_keys(*database, stores.ring);
    EXPECT_NO_THROW(require_keys(*database, stores.ring));
    EXPECT_NO_THROW(adopt_keys(*database, stores.ring));
}

TEST_P(KeyCheck, RefusesAWrongKeyAndNeverAdoptsIt) {
    adopt_keys(*database, stores.ring);
    EXPECT_THROW(require_keys(*database, test_ring('b')), KeyTrouble);
    EXPECT_THROW(adopt_keys(*database, test_ring('b')), KeyTrouble);
    EXPECT_THAT([&] { require_keys(*database, test_ring('a', "k2")); },
                ThrowsMessage<KeyTrouble>(HasSubstr("k1")));
    EXPECT_NO_THROW(require_keys(*database, stores.ring));
}

TEST_P(KeyCheck, AdoptsNoKeyBesideOldData) {
    stores.add(amy());
    EXPECT_THAT([&] { adopt_keys(*database, stores.ring); },
                ThrowsMessage<KeyTrouble>(HasSubstr("damaged")));
}

ON_BOTH_DATABASES(KeyCheck);

}  // namespace
}  // namespace latchkey
