#pragma once

#include "db/crypto/aead_box.h"

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace latchkey {

/// A stored secret does not open: it was changed, moved, or sealed under a key that is not here.
/// Names where it stands and never what it holds.
class BrokenSeal : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

/// Where a sealed text stands. Moved to any other place it does not open (S61).
struct Place {
    std::string_view table;
    std::string_view column;
    std::string_view row;
};

/// Secrets at rest: columns that can only be read with the root key. Thread-safe.
class Sealer {
 public:
    explicit Sealer(KeySource keys) : box_(std::move(keys), "field") {}

    std::string seal(const Place& place, std::string_view plain) const;

    /// Throws BrokenSeal.
    std::string open(const Place& place, std::string_view sealed) const;

    /// The id of the root key that seals, and stands in front of what it sealed.
    std::string key() const { return box_.newest(); }

 private:
    AeadBox box_;
};

}  // namespace latchkey
