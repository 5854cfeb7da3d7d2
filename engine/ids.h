#pragma once

#include <compare>
#include <string>
#include <utility>

namespace latchkey {

/// A random text id of ours that does not mix with ids of other things. Empty means "none".
template <class Thing>
class Id {
 public:
    Id() = default;
    explicit Id(std::string text) : text_(std::move(text)) {}

    const std::string& text() const { return text_; }
    bool empty() const { return text_.empty(); }
    auto operator<=>(const Id&) const = default;

 private:
    std::string text_;
};

using AccountId = Id<struct AccountTag>;
using RequestId = Id<struct RequestTag>;
using MessageId = Id<struct MessageTag>;
using SessionId = Id<struct SessionTag>;
using EnrollmentId = Id<struct EnrollmentTag>;

}  // namespace latchkey
