#pragma once

#include "verifications/code_devices.h"

/// The life of one code: made, sent, sent again, checked.
namespace latchkey {

/// One code: six digits that exist nowhere but in the message, since they can be derived again
/// (S14). `challenge` is random and belongs to one request or enrollment, so a code proves nothing
/// elsewhere.
std::string code_of(const CodeChannel& channel, const Situation& situation,
                    std::string_view challenge, std::string_view address);

/// Memory of a code under way, kept in a dialogue's state.
struct CodeSent {
    std::string challenge;
    std::string address;
    TimePoint sent_at;                  // the last time
    std::optional<TimePoint> taken_at;  // when the first message with this code was taken
    bool over = false;                  // it was found too old, and stays so
};
Json to_memory(const CodeSent& sent);
CodeSent code_sent(const Json& memory);

/// When the code ends: its life begins when the message was taken (R2.8). Nothing while it waits.
std::optional<TimePoint> code_end(const CodeSent& sent, const Situation& situation);

/// A first code, or another one: the same while at least half of its life is left and the address
/// is still the same, else a new one that replaces it.
CodeSent next_code(const CodeSent* before, const std::string& address, const Situation& situation);

/// The message that carries it. `wording` is "code" or "enroll_code".
SendMessage code_message(const CodeChannel& channel, const CodeSent& sent, const CodeDevice& device,
                         const std::string& wording, const Situation& situation);

/// The field that takes a code.
Field code_field(const CodeChannel& channel, const Json& settings);

/// Asks for the code that was sent, with "send it again".
Prompt code_prompt(const CodeChannel& channel, const CodeSent& sent, const Situation& situation);

inline constexpr std::string_view kResend = "resend";

/// Why a typed code is not taken, or nothing if it is right.
std::optional<Problem> code_fault(const CodeChannel& channel, const CodeSent& sent,
                                  std::string_view typed, const Situation& situation);

/// The dialogue's memory after that: a code that was too old is none any more, whatever becomes of
/// the clock (S13).
Json remembering(const Problem& fault, Json memory);

}  // namespace latchkey
