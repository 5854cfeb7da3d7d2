#include "tests/db/stores_test.h"

#include <atomic>

namespace latchkey {
namespace {

class Sessions : public StoreTest {
 protected:
    static Session session() {
        return {.id = SessionId{"s"},
                .digest = "d1",
                .account = AccountId{"amy"},
                .created_at = kNewYear,
                .seen_at = kNewYear};
    }
};

TEST_P(Sessions, AreFoundByThePresentAndTheFormerToken) {
    stores.sessions.save(session());
    Session found = stores.sessions.find("d1").value();
    EXPECT_EQ(found.version, 1);
    found.former_digest = "d1";
    found.digest = "d2";
    found.rotated_by = "form";
    found.proved_at = kNewYear + Minutes{1};
    found.seen_at = kNewYear + Minutes{2};
    found.created_at = kNewYear + Minutes{3};  // as signing in again does
    stores.sessions.save(found);
    for (const char* digest : {"d1", "d2"}) {
        const Session again = stores.sessions.find(digest).value();
        EXPECT_EQ(again.digest, "d2");
        EXPECT_EQ(again.rotated_by, "form");
        EXPECT_EQ(again.account, AccountId{"amy"});
        EXPECT_EQ(again.proved_at, kNewYear + Minutes{1});
        EXPECT_EQ(again.seen_at, kNewYear + Minutes{2});
        EXPECT_EQ(again.created_at, kNewYear + Minutes{3});
    }
}

TEST_P(Sessions, AreNotFoundByNothing) {
    stores.sessions.save(session());
    EXPECT_FALSE(stores.sessions.find(""));
    EXPECT_FALSE(stores.sessions.find("d2"));
}

TEST_P(Sessions, AreRotatedOnceByTwoAtOnce) {
    stores.sessions.save(session());
    const Session loaded = stores.sessions.find("d1").value();
    at_once(8, [&](std::size_t i) {
        Session mine = loaded;
        mine.former_digest = "d1";
        mine.digest = "rotated by " + std::to_string(i);
        stores.sessions.save(mine);
    });
    EXPECT_EQ(stores.sessions.find("d1")->version, 2);
}

TEST_P(Sessions, AreBegunOnceByManyAtOnce) {
    for (int round = 0; round < 20; ++round) {
        Session mine = session();
        const std::string number = std::to_string(round);
        mine.id = SessionId{number};
        mine.digest = "of " + number;
        std::atomic<int> begun = 0;
        at_once(8, [&](std::size_t) { begun += stores.sessions.save(mine) ? 1 : 0; });
        EXPECT_EQ(begun, 1);
    }
}

TEST_P(Sessions, ThatEndedAreGone) {
    stores.sessions.save(session());
    const Session loaded = stores.sessions.find("d1").value();
    stores.sessions.end(loaded.id);
    stores.sessions.save(loaded);
    EXPECT_FALSE(stores.sessions.find("d1"));
}

ON_BOTH_DATABASES(Sessions);

}  // namespace
}  // namespace latchkey
