#include "web/server/input_buffer.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <string>

namespace latchkey {
namespace {

void receive(InputBuffer& buffer, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto room = buffer.room();
        const auto count = std::min(room.size, bytes.size());
        std::copy_n(bytes.begin(), count, room.data);
        buffer.add(count);
        bytes.remove_prefix(count);
    }
}

TEST(InputBuffer, GivesInOnePieceWhatCameInMany) {
    InputBuffer buffer;
    std::string all;
    for (int i = 0; i < 3000; ++i) {
        const auto piece = std::to_string(i) + ",";
        receive(buffer, piece);
        all += piece;
    }
    EXPECT_EQ(buffer.received(), all);
}

TEST(InputBuffer, GivesWhatIsLeftWhenSomeIsTaken) {
    InputBuffer buffer;
    std::string expected;
    for (int i = 0; i < 200; ++i) {
        const std::string piece(static_cast<std::size_t>(i * 37 % 999 + 1), static_cast<char>(i));
        receive(buffer, piece);
        expected += piece;
        const auto count = expected.size() / 2;
        buffer.take(count);
        expected.erase(0, count);
        ASSERT_EQ(buffer.received(), expected);
    }
}

TEST(InputBuffer, AlwaysHasRoomAndIsSmallAgainWhenEmpty) {
    InputBuffer buffer;
    EXPECT_EQ(buffer.room().size, InputBuffer::kRead);
    receive(buffer, std::string(100'000, 'x'));
    EXPECT_GE(buffer.room().size, InputBuffer::kRead);
    buffer.take(100'000);
    EXPECT_EQ(buffer.room().size, InputBuffer::kRead);
}

TEST(InputBuffer, WipesWhatIsUsedUp) {
    InputBuffer buffer;
    receive(buffer, "secret");
    const char* where = buffer.received().data();
    buffer.take(6);
    EXPECT_EQ(std::string(where, 6), std::string(6, '\0'));
}

}  // namespace
}  // namespace latchkey
