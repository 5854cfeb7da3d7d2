#pragma once

#include "engine/ids.h"
#include "engine/time.h"

#include <cstdint>
#include <string>

namespace latchkey {

/// A browser, before and after sign-in. The cookie holds a token of which only digests are kept.
/// The token changes at each gain (S33); the id stays, so that requests remain bound.
struct Session {
    SessionId id;
    std::string digest;         // of the present token
    std::string former_digest;  // of the token before it
    std::string rotated_by;     // digest of the form whose sending changed the token
    AccountId account;          // empty: nobody is signed in
    TimePoint created_at;
    TimePoint seen_at;
    TimePoint proved_at{};    // when the person last gave the password in this session
    std::string factor = {};  // the verification that was proved last beside it; may be empty
    TimePoint factor_at{};    // when that was
    std::int64_t version = 0;
};

}  // namespace latchkey
