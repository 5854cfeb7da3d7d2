#include "web/server/input_buffer.h"

#include <algorithm>

namespace latchkey {

InputBuffer::Room InputBuffer::room() {
    if (bytes_.size() - end_ < kRead && begin_ > 0) {
        std::copy(bytes_.begin() + static_cast<std::ptrdiff_t>(begin_),
                  bytes_.begin() + static_cast<std::ptrdiff_t>(end_), bytes_.begin());
        end_ -= begin_;
        begin_ = 0;
    }
    if (bytes_.size() - end_ < kRead) bytes_.resize(std::max(end_ + kRead, bytes_.size() * 2));
    return {bytes_.data() + end_, bytes_.size() - end_};
}

void InputBuffer::take(std::size_t count) {
    begin_ += count;
    if (begin_ < end_) return;
    begin_ = end_ = 0;
    if (bytes_.size() > kRead) std::vector<char>().swap(bytes_);
}

}  // namespace latchkey
