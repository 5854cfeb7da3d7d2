#include "web/server/framing_gate.h"

#include "web/http/host.h"
#include "web/http/target.h"
#include "web/http/tokens.h"

#include <algorithm>
#include <array>

namespace latchkey {

namespace {

// TRACE and CONNECT are not among them (S67).
constexpr std::array<std::string_view, 7> kMethods = {"GET",   "POST",   "HEAD",   "PUT",
                                                      "PATCH", "DELETE", "OPTIONS"};
constexpr std::size_t kLongestMethod = 7;
constexpr std::string_view kBareCr = "bare CR";
constexpr std::size_t kVersionSize = std::string_view("HTTP/1.1").size();

// In the order of FramingGate::Field.
constexpr std::array<std::string_view, 9> kFields = {
    "host",         "content-length", "transfer-encoding",
    "expect",       "upgrade",        "authorization",
    "content-type", "cookie",         "origin"};

/// RFC 3986 section 3.3 and 3.4, and what browsers leave unescaped besides: [ ] ^ ` { | }.
constexpr bool target_character(char c) {
    constexpr auto kTable = [] {
        std::array<bool, 256> table{};
        for (std::size_t i = 0x21; i < 0x7f; ++i) table[i] = true;
        for (const char i : std::string_view("\"#<>\\"))
            table[static_cast<unsigned char>(i)] = false;
        return table;
    }();
    return kTable[static_cast<unsigned char>(c)];
}

/// RFC 9110 section 5.5: visible characters, blank, tab, and the bytes of other alphabets.
constexpr bool value_character(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || c == '\t';
}

/// The first position from `begin` on, and before `end`, whose byte is not of that kind.
template <class Kind>
std::size_t skip(std::string_view bytes, std::size_t begin, std::size_t end, Kind kind) {
    end = std::min(end, bytes.size());
    while (begin < end && kind(bytes[begin])) ++begin;
    return begin;
}

bool digit(char c) {
    return c >= '0' && c <= '9';
}

int hex_digit(char c) {
    if (digit(c)) return c - '0';
    const char lower = http::lower_case(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

FramingGate::State FramingGate::read(std::string_view received) {
    while (state_ == State::need_more && at_ < received.size()) {
        if (step_ <= Step::request_line_end)
            read_request_line(received);
        else if (step_ <= Step::head_end)
            read_head(received);
        else
            read_body(received);
    }
    return state_;
}

bool FramingGate::wants_continue() const {
    return state_ == State::need_more && head_complete() && seen(Field::expect) && !http_1_0_;
}

void FramingGate::refuse(int status, std::string_view reason) {
    state_ = State::refused;
    status_ = status;
    reason_ = reason;
}

void FramingGate::step_to(Step next) {
    ++at_;
    step_ = next;
}

bool FramingGate::pass(char found, char wanted, Step next, std::string_view reason) {
    if (found != wanted) {
        refuse(400, reason);
        return false;
    }
    step_to(next);
    return true;
}

void FramingGate::read_request_line(std::string_view received) {
    const char c = received[at_];
    if (step_ == Step::request_line_end) {
        pass(c, '\n', Step::line_start, kBareCr);
        return;
    }
    if (at_ >= limits_.request_line && c != '\r') return refuse(414, "request line too long");

    if (step_ == Step::method) {
        if (c == ' ') return finish_method(received.substr(0, at_));
        if (!http::token_character(c)) return refuse(400, "malformed method");
        if (at_ >= kLongestMethod) return refuse(501, "unknown method");
        ++at_;
    } else if (step_ == Step::target) {
        if (c == ' ') return finish_target(received);
        if (!target_character(c)) return refuse(400, "malformed request target");
        at_ = skip(received, at_, limits_.request_line, target_character);
    } else if (at_ - version_begin_ < kVersionSize) {
        read_version(c);
    } else {
        finish_version(received.substr(version_begin_));
    }
}

void FramingGate::finish_method(std::string_view name) {
    if (name.empty()) return refuse(400, "malformed method");
    const auto* known = std::ranges::find(kMethods, name);
    if (known == kMethods.end()) return refuse(501, "unknown method");
    method_ = *known;
    target_.begin = at_ + 1;
    step_to(Step::target);
}

void FramingGate::finish_target(std::string_view received) {
    target_.size = at_ - target_.begin;
    if (!http::split_target(target_.of(received))) return refuse(400, "malformed request target");
    version_begin_ = at_ + 1;
    step_to(Step::version);
}

void FramingGate::read_version(char c) {
    constexpr std::string_view kPattern = "HTTP/d.d";
    const char wanted = kPattern[at_ - version_begin_];
    if (wanted == 'd' ? !digit(c) : c != wanted) return refuse(400, "malformed version");
    ++at_;
}

void FramingGate::finish_version(std::string_view version) {
    if (version[kVersionSize] != '\r') return refuse(400, "malformed version");
    http_1_0_ = version.starts_with("HTTP/1.0");
    if (!http_1_0_ && !version.starts_with("HTTP/1.1")) return refuse(505, "only HTTP/1.1");
    step_to(Step::request_line_end);
}

void FramingGate::read_head(std::string_view received) {
    if (at_ >= limits_.head) return refuse(431, "head too large");
    const char c = received[at_];
    switch (step_) {
        case Step::line_start:
            if (c == '\r') return step_to(Step::head_end);
            if (c == ' ' || c == '\t') return refuse(400, "folded header line");
            if (!http::token_character(c)) return refuse(400, "malformed header name");
            if (++fields_ > limits_.header_count) return refuse(431, "too many headers");
            name_.begin = at_;
            step_ = Step::name;
            return;
        case Step::name:
            at_ = skip(received, at_, limits_.head, http::token_character);
            if (at_ == limits_.head || at_ == received.size()) return;
            if (received[at_] != ':') return refuse(400, "malformed header name");
            name_.size = at_ - name_.begin;
            value_.begin = at_ + 1;
            return step_to(Step::value);
        case Step::value:
            at_ = skip(received, at_, limits_.head, value_character);
            if (at_ == limits_.head || at_ == received.size()) return;
            if (received[at_] != '\r') return refuse(400, "control character in a header");
            value_.size = at_ - value_.begin;
            return step_to(Step::value_end);
        case Step::value_end:
            if (pass(c, '\n', Step::line_start, kBareCr)) finish_field(received);
            return;
        default:
            if (pass(c, '\n', Step::body, kBareCr)) finish_head(received);
            return;
    }
}

FramingGate::Field FramingGate::known_field(std::string_view name) {
    const auto* found = std::ranges::find_if(kFields, [name](std::string_view known) {
        return known.size() == name.size() && http::same_ignoring_case(known, name);
    });
    return static_cast<Field>(found - kFields.begin());
}

void FramingGate::finish_field(std::string_view received) {
    const auto field = known_field(name_.of(received));
    if (field == Field::other) return;
    if (seen(field)) return refuse(400, "header given twice");
    seen_.set(static_cast<std::size_t>(field));

    const auto value = http::trim(value_.of(received));
    switch (field) {
        case Field::host:
            host_ = Slice{static_cast<std::size_t>(value.data() - received.data()), value.size()};
            if (!http::parse_host(value)) refuse(400, "malformed Host");
            return;
        case Field::content_length:
            return finish_length(value);
        case Field::transfer_encoding:
            if (value != "chunked") refuse(400, "Transfer-Encoding other than chunked");
            return;
        case Field::expect:
            if (!http::same_ignoring_case(value, "100-continue"))
                refuse(417, "unknown expectation");
            return;
        case Field::upgrade:
            return refuse(400, "no upgrade here");
        default:
            return;
    }
}

void FramingGate::finish_length(std::string_view value) {
    if (value.empty() || !std::ranges::all_of(value, digit))
        return refuse(400, "malformed Content-Length");
    for (const char c : value)
        if (length_ <= limits_.body) length_ = length_ * 10 + static_cast<std::size_t>(c - '0');
}

void FramingGate::finish_head(std::string_view received) {
    const bool chunked = seen(Field::transfer_encoding);
    if (!seen(Field::host)) return refuse(400, "no Host");
    if (chunked && http_1_0_) return refuse(400, "Transfer-Encoding in HTTP/1.0");
    if (chunked && seen(Field::content_length))
        return refuse(400, "Transfer-Encoding with Content-Length");
    const auto authority = http::split_target(target_.of(received))->authority;
    if (!authority.empty() && !http::same_ignoring_case(authority, host_.of(received)))
        return refuse(400, "target and Host differ");
    if (length_ > limits_.body) return refuse(413, "body too large");

    body_begin_ = at_;
    part_end_ = at_ + length_;
    body_size_ = length_;
    if (chunked)
        step_ = Step::chunk_size_start;
    else if (length_ == 0)
        state_ = State::complete;
}

void FramingGate::read_body(std::string_view received) {
    if (step_ == Step::body || step_ == Step::chunk) {
        at_ = std::min(received.size(), part_end_);
        if (at_ < part_end_) return;
        if (step_ == Step::body) state_ = State::complete;
        step_ = Step::chunk_cr;
        return;
    }
    if (at_ - body_begin_ >= limits_.body) return refuse(413, "body too large");
    const char c = received[at_];
    switch (step_) {
        case Step::chunk_size_end:
            if (pass(c, '\n', Step::chunk, kBareCr)) finish_chunk_size();
            return;
        case Step::chunk_cr:
            pass(c, '\r', Step::chunk_lf, "chunk longer than its size");
            return;
        case Step::chunk_lf:
            pass(c, '\n', Step::chunk_size_start, kBareCr);
            return;
        case Step::last_cr:
            pass(c, '\r', Step::last_lf, "trailer");
            return;
        case Step::last_lf:
            if (pass(c, '\n', Step::last_lf, kBareCr)) state_ = State::complete;
            return;
        default:
            return read_chunk_size(c);
    }
}

void FramingGate::read_chunk_size(char c) {
    const int value = hex_digit(c);
    if (step_ == Step::chunk_size && c == '\r') return step_to(Step::chunk_size_end);
    if (value < 0) return refuse(400, "malformed chunk size, or a chunk extension");
    if (step_ == Step::chunk_size_start) chunk_size_ = 0;
    chunk_size_ = chunk_size_ * 16 + static_cast<std::size_t>(value);
    if (chunk_size_ > limits_.body) return refuse(413, "body too large");
    step_to(Step::chunk_size);
}

void FramingGate::finish_chunk_size() {
    if (chunk_size_ == 0) {
        step_ = Step::last_cr;
        return;
    }
    if (chunk_size_ > limits_.body - (at_ - body_begin_)) return refuse(413, "body too large");
    part_end_ = at_ + chunk_size_;
    body_size_ += chunk_size_;
}

}  // namespace latchkey
