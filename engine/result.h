#pragma once

#include "engine/text.h"
#include "engine/time.h"

#include <boost/system/result.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace latchkey {

/// Every way in which the engine declines. One row each in web/http/problems.cpp gives the HTTP
/// status, the problem code and the sentence.
enum class Errc {
    validation_failed,  // an answer, setting or definition has the wrong form: see Error::problems
    unknown_process,    // no such process, or not for this channel or person
    unknown_request,    // no such request, or not this caller's
    request_expired,    // its time ran out
    request_closed,     // it is completed, failed, locked or cancelled
    verification_not_offered,  // not part of the process, or not possible now
    no_destination,            // the chosen address or device does not exist
    not_verified,              // something that needs all proofs was asked for without them
    too_many_attempts,         // the tries for this verification in this request are used up
    blocked,                   // blocked for this account until Error::until
    resend_too_soon,           // another code may be sent at Error::until
    daily_limit_reached,       // no more messages today
    rate_limited,              // too many requests for this account or from this source
    password_rejected,         // the new password breaks rules: see Error::problems
    wrong_credentials,         // user name and password do not match
    already_answered,          // someone else, or the same form sent twice, was faster
    not_found,                 // a thing that an administrator or user named does not exist
    conflict,                  // a thing of that name exists, or it changed meanwhile
    forbidden,                 // known, but not allowed
};

/// One thing to mend. `pointer` names the field, JSON pointer or line; `code` is stable for
/// programs.
struct Problem {
    std::string pointer;
    std::string code;
    Text text;

    bool operator==(const Problem&) const = default;
};

/// A refusal: a value, never an exception.
struct Error {
    Errc code;
    std::vector<Problem> problems = {};
    std::optional<TimePoint> until = {};  // when it may succeed
};

template <class T>
using Result = boost::system::result<T, Error>;

/// The world failed: a database is gone, a disk is full. Says what was being done.
class Outage : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

/// The machine has more to do than it can; the caller should come back after `retry_after`.
class Busy : public Outage {
 public:
    Busy(const std::string& what, Seconds after) : Outage(what), retry_after(after) {}
    Seconds retry_after;
};

/// Asking a refused Result for its value is our mistake, not the caller's. Found by Boost.System
/// because it stands beside Error.
[[noreturn]] inline void throw_exception_from_error(const Error&, const boost::source_location&) {
    throw std::logic_error("value() of a refused result");
}

}  // namespace latchkey
