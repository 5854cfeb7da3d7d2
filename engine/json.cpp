#include "engine/json.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace latchkey {
namespace {

constexpr int kDeepest = 32;

/// An iterator that leaves behind how far the parser has read, for messages with a line number.
class Reading {
 public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    Reading(const char* at, const char** reached) : at_(at), reached_(reached) {}
    reference operator*() const { return *at_; }
    Reading& operator++() {
        *reached_ = ++at_;
        return *this;
    }
    Reading operator++(int) {
        Reading before = *this;
        ++*this;
        return before;
    }
    bool operator==(const Reading& other) const { return at_ == other.at_; }
    bool operator!=(const Reading& other) const { return at_ != other.at_; }

 private:
    const char* at_;
    const char** reached_;
};

/// Refuses what the library would let pass.
class Strictness {
 public:
    bool operator()(int depth, Json::parse_event_t event, Json& parsed) {
        // The depth of an opening bracket is that of what it stands in.
        const bool opens =
            event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
        if (opens && depth >= kDeepest) throw std::invalid_argument("more than 32 levels deep");
        if (event == Json::parse_event_t::object_start) names_.emplace_back();
        if (event == Json::parse_event_t::object_end) names_.pop_back();
        if (event == Json::parse_event_t::key) {
            const auto& name = parsed.get_ref<const std::string&>();
            if (!names_.back().insert(name).second)
                throw std::invalid_argument("the member \"" + name + "\" is given twice");
        }
        return true;
    }

 private:
    std::vector<std::set<std::string>> names_;
};

/// The library's texts begin with its own error number and position: what follows `mark`.
std::string after(std::string_view whole, std::string_view begin, std::string_view mark) {
    const auto at = whole.find(mark, whole.find(begin));
    return std::string(whole.substr(at == std::string_view::npos ? 0 : at + mark.size()));
}

}  // namespace

Json parse_json(std::string_view text, JsonError& error) {
    const char* reached = text.data();
    try {
        // The library takes a zero byte for the end and would not look at what follows.
        if (const auto zero = text.find('\0'); zero != std::string_view::npos) {
            reached += zero;
            throw std::invalid_argument("a zero byte");
        }
        return Json::parse(Reading{text.data(), &reached},
                           Reading{text.data() + text.size(), &reached}, Strictness{});
    } catch (const Json::parse_error& failure) {
        error.reason = after(failure.what(), "column", ": ");
    } catch (const Json::out_of_range& failure) {
        error.reason = after(failure.what(), "json.exception", "] ");
    } catch (const std::invalid_argument& failure) {
        error.reason = failure.what();
    }
    // A line break that was read last is what broke the token before it.
    if (reached != text.data() && reached[-1] == '\n') --reached;
    error.line = 1 + static_cast<std::size_t>(std::count(text.data(), reached, '\n'));
    return Json(Json::value_t::discarded);  // in braces it would be a list with one element
}

std::string member_pointer(const std::string& parent, std::string_view member) {
    std::string out = parent + '/';
    for (const char c : member) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return out;
}

}  // namespace latchkey
