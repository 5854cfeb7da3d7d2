#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

/// Overwrites memory in a way that the compiler keeps although nobody reads it again.
inline void wipe(char* at, std::size_t size) {
    for (volatile char* byte = at; size > 0; --size) *byte++ = 0;
}

/// Text that must not linger or leak: wiped when it goes, with neither `<<` nor `to_json`, so that
/// it cannot reach a log or an answer by habit. `reveal()` marks each place that needs the plain
/// text.
class Secret {
 public:
    Secret() = default;
    explicit Secret(std::string text) : bytes_(text.begin(), text.end()) {
        wipe(text.data(), text.size());
    }
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    Secret(Secret&&) = default;
    Secret& operator=(Secret&& other) noexcept {
        bytes_.swap(other.bytes_);
        return *this;
    }
    ~Secret() { wipe(bytes_.data(), bytes_.size()); }

    std::string_view reveal() const { return {bytes_.data(), bytes_.size()}; }
    bool empty() const { return bytes_.empty(); }

 private:
    std::vector<char> bytes_;  // not a string: moving a short string leaves its bytes behind
};

}  // namespace latchkey
