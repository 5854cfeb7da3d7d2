#include "web/server/input_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace latchkey {

InputBuffer::Room InputBuffer::room() {
    if (bytes_.size() - end_ < kRead) {
        const auto waiting = received();
        const bool grow = bytes_.size() - waiting.size() < kRead;
        std::vector<char> moved(std::max(kRead, bytes_.size() * (grow ? 2 : 1)));
        std::ranges::copy(waiting, moved.begin());
        wipe(begin_, end_);
        end_ -= std::exchange(begin_, 0);
        bytes_ = std::move(moved);
    }
    return {bytes_.data() + end_, bytes_.size() - end_};
}

void InputBuffer::take(std::size_t count) {
    wipe(begin_, begin_ + count);
    begin_ += count;
    if (begin_ < end_) return;
    begin_ = end_ = 0;
    if (bytes_.size() > kRead) std::vector<char>().swap(bytes_);
}

void InputBuffer::wipe(std::size_t from, std::size_t to) {
    if (from < to) ::explicit_bzero(bytes_.data() + from, to - from);
}

}  // namespace latchkey
