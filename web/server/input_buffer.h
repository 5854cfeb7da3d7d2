#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace latchkey {

/// Bytes that were received and not yet used: in one piece, small while a connection is idle. They
/// may be someone's new password, so every byte is wiped as soon as it is used up or moved.
class InputBuffer {
 public:
    static constexpr std::size_t kRead = 4 * 1024;  // bytes

    InputBuffer() = default;
    ~InputBuffer() { wipe(begin_, end_); }
    InputBuffer(const InputBuffer&) = delete;
    InputBuffer& operator=(const InputBuffer&) = delete;

    std::string_view received() const { return {bytes_.data() + begin_, end_ - begin_}; }

    /// Room for at least kRead more bytes. What `received` gave may move.
    struct Room {
        char* data;
        std::size_t size;
    };
    Room room();

    /// That many bytes of the room now hold what was received.
    void add(std::size_t count) { end_ += count; }

    /// The first bytes are used up. When all are, a buffer that had to grow shrinks.
    void take(std::size_t count);

 private:
    void wipe(std::size_t from, std::size_t to);

    std::vector<char> bytes_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace latchkey
