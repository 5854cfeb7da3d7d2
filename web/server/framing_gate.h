#pragma once

#include <bitset>
#include <cstdint>
#include <string_view>

namespace latchkey {

/// What a message may measure (S66). Beyond it: 414, 431, 431, 413.
struct FramingLimits {
    std::size_t request_line = 8 * 1024;  // bytes, without its CR LF
    std::size_t head = 16 * 1024;         // bytes from the request line to the empty line, all in
    std::size_t header_count = 100;
    std::size_t body = 64 * 1024;  // bytes as they come: of a chunked body the chunk lines too
};

/// Says where an HTTP/1.1 request ends, by one strict reading of RFC 9112 and with no other part's
/// help (S65). Whoever disagrees about that with a proxy in front takes one person's bytes for
/// another person's request, so everything that two programs could read differently is refused:
/// any Transfer-Encoding but one exact `chunked` (section 6.1), that with Content-Length or in
/// HTTP/1.0, a Content-Length given twice or as a list (6.3), folded lines (5.2), blanks before a
/// colon (5.1), bare CR or LF (2.2), chunk extensions and trailers (7.1), a missing, repeated or
/// malformed Host, an absolute target for another host (3.2), unknown methods, upgrades, and
/// expectations but 100-continue. Also an empty line before the request line, which section 2.2
/// would have us skip: no client of this century sends it.
///
/// A machine over single bytes: the verdict does not depend on how they were split.
class FramingGate {
 public:
    enum class State { need_more, complete, refused };

    explicit FramingGate(const FramingLimits& limits) : limits_(limits) {}

    /// Reads on. `received` holds all bytes since the request's first, those of earlier calls too;
    /// they may have moved in memory. After a refusal nothing changes any more.
    State read(std::string_view received);

    /// When complete: the bytes of this message. What follows is the next one.
    std::size_t size() const { return at_; }

    /// When refused: 400, 413, 414, 417, 431, 501 or 505, and words of ours. The connection has to
    /// be closed, for nobody knows where the next message would begin.
    int status() const { return status_; }
    std::string_view reason() const { return reason_; }

    /// The request line and headers are read and admissible.
    bool head_complete() const { return state_ != State::refused && step_ >= Step::body; }
    /// The head is complete, the body is not, and the sender waits for "100 Continue" (RFC 9110
    /// section 10.1.1).
    bool wants_continue() const;

    /// What the machine saw, once the head is complete; views into `received`. For comparison with
    /// a second parser.
    std::string_view method() const { return method_; }
    std::string_view target(std::string_view received) const { return target_.of(received); }
    std::string_view host(std::string_view received) const { return host_.of(received); }
    /// When complete: the bytes of the body without chunk lines.
    std::size_t body_size() const { return body_size_; }

 private:
    // In the order in which they are passed.
    enum class Step : std::uint8_t {
        method,
        target,
        version,
        request_line_end,
        line_start,
        name,
        value,
        value_end,
        head_end,
        body,
        chunk_size_start,
        chunk_size,
        chunk_size_end,
        chunk,
        chunk_cr,
        chunk_lf,
        last_cr,
        last_lf,
    };

    /// Fields that frame or admit the message, or that may come once only because two of them would
    /// let two readers choose differently.
    enum class Field : std::uint8_t {
        host,
        content_length,
        transfer_encoding,
        expect,
        upgrade,
        authorization,
        content_type,
        cookie,
        origin,
        other,
    };
    static Field known_field(std::string_view name);

    struct Slice {
        std::size_t begin = 0;
        std::size_t size = 0;
        std::string_view of(std::string_view all) const { return all.substr(begin, size); }
    };

    void refuse(int status, std::string_view reason);
    /// Takes the present byte.
    void step_to(Step next);
    /// Takes the present byte if it is the one that has to stand here; else refuses.
    bool pass(char found, char wanted, Step next, std::string_view reason);

    void read_request_line(std::string_view received);
    void finish_method(std::string_view name);
    void finish_target(std::string_view received);
    void read_version(char c);
    void finish_version(std::string_view version);

    void read_head(std::string_view received);
    void finish_field(std::string_view received);
    void finish_length(std::string_view value);
    void finish_head(std::string_view received);
    bool seen(Field field) const { return seen_[static_cast<std::size_t>(field)]; }

    void read_body(std::string_view received);
    void read_chunk_size(char c);
    void finish_chunk_size();

    FramingLimits limits_;
    State state_ = State::need_more;
    Step step_ = Step::method;
    std::size_t at_ = 0;  // the next byte to look at

    std::string_view method_;
    Slice target_;
    std::size_t version_begin_ = 0;
    bool http_1_0_ = false;

    std::size_t fields_ = 0;
    Slice name_;
    Slice value_;
    Slice host_;
    std::bitset<static_cast<std::size_t>(Field::other)> seen_;
    std::size_t length_ = 0;  // Content-Length; of one beyond the limit only that it is

    std::size_t body_begin_ = 0;
    std::size_t part_end_ = 0;  // where the body or the present chunk ends
    std::size_t chunk_size_ = 0;
    std::size_t body_size_ = 0;

    int status_ = 0;
    std::string_view reason_;
};

}  // namespace latchkey
