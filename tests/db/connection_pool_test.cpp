#include "db/sql/connection_pool.h"

#include <gtest/gtest.h>
#include <memory>
#include <vector>

namespace latchkey {
namespace {

struct Line {
    explicit Line(int& open) : open_(open) { ++open_; }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    ~Line() { --open_; }
    bool broken() const { return cut; }

    bool cut = false;

 private:
    int& open_;
};

class Connections : public ::testing::Test {
 protected:
    /// So many at once, which are idle afterwards.
    void use(int count) {
        std::vector<ConnectionPool<Line>::Lease> leases;
        for (int i = 0; i < count; ++i) leases.push_back(pool.lease());
        EXPECT_EQ(open, count);
    }

    int open = 0;
    ConnectionPool<Line> pool{4, [this] { return std::make_unique<Line>(open); }};
};

TEST_F(Connections, AreKeptForTheNextCaller) {
    EXPECT_TRUE(pool.lease().fresh());
    EXPECT_FALSE(pool.lease().fresh());
    EXPECT_EQ(open, 1);
}

TEST_F(Connections, ThatAreBrokenAreClosed) {
    pool.lease()->cut = true;
    EXPECT_EQ(open, 0);
    use(4);  // its place is free again
}

TEST_F(Connections, ThatBreakWhileTheyAreIdleAreClosedToo) {
    Line* idle = &*pool.lease();
    idle->cut = true;
    EXPECT_TRUE(pool.lease().fresh());
    EXPECT_EQ(open, 1);
}

TEST_F(Connections, ThatAreIdleCanBeClosed) {
    use(3);
    pool.close_idle(1);
    EXPECT_EQ(open, 1);
    pool.close_idle(1);
    EXPECT_EQ(open, 1);
    use(4);
    const auto lease = pool.lease();
    pool.close_idle();
    EXPECT_EQ(open, 1) << "the one that is used";
}

TEST_F(Connections, ThatCannotBeOpenedTakeNobodysPlace) {
    bool down = true;
    ConnectionPool<Line> one(1, [&] {
        if (down) throw Outage("down");
        return std::make_unique<Line>(open);
    });
    EXPECT_THROW(one.lease(), Outage);
    down = false;
    EXPECT_TRUE(one.lease().fresh());
}

}  // namespace
}  // namespace latchkey
