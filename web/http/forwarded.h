#pragma once

#include "web/http/address.h"
#include "web/http/message.h"

#include <optional>
#include <string>
#include <vector>

namespace latchkey::http {

/// One hop as a proxy reported it: who spoke to that proxy, and how.
struct Hop {
    std::optional<Address> from;  // nothing: hidden ("unknown", "_x") or malformed
    std::string scheme;           // "http" or "https" in lower case, or empty: not said

    bool operator==(const Hop&) const = default;
};

/// The hops that X-Forwarded-For names, first the one furthest away. X-Forwarded-Proto has no
/// agreed place in the list: its last value stands for every hop.
std::vector<Hop> x_forwarded_hops(const Request& request);

/// The same from Forwarded (RFC 7239).
std::vector<Hop> forwarded_hops(const Request& request);

}  // namespace latchkey::http
