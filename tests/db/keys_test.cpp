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
