#pragma once

#include "engine/time.h"

#include <cstdint>
#include <map>
#include <string>
#include <variant>

namespace latchkey {

/// A value put into a sentence: words, a number (which may decide the plural) or an instant.
using Argument = std::variant<std::string, std::int64_t, TimePoint>;

/// A sentence by its id in the message catalogs. Put into a language only where it is shown, spoken
/// or sent; an empty id means "nothing to say".
struct Text {
    std::string id;
    std::map<std::string, Argument> arguments;

    bool empty() const { return id.empty(); }
    bool operator==(const Text&) const = default;
};

/// Words that an administrator wrote, one entry per language tag ("en", "pt-BR").
using Words = std::map<std::string, std::string>;

}  // namespace latchkey
