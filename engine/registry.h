#pragma once

#include "engine/verification.h"

#include <memory>
#include <string_view>
#include <vector>

namespace latchkey {

/// The verification types of this program, in the order in which they are listed to people. Filled
/// once at start by verifications/make_registry.cpp; immutable and shared between threads
/// afterwards.
class Registry {
 public:
    /// Two types with one id are a mistake of ours: throws std::logic_error.
    void add(std::unique_ptr<Verification> verification);

    /// Null if there is no such type.
    const Verification* find(std::string_view type_id) const;

    const std::vector<std::unique_ptr<Verification>>& all() const { return all_; }

 private:
    std::vector<std::unique_ptr<Verification>> all_;
};

/// The settings of the product, with those that its types add.
std::vector<Setting> product_settings(const Registry& registry);

}  // namespace latchkey
