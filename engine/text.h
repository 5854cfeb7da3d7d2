#pragma once

#include "engine/time.h"

#include <cstdint>
#include <map>
#include <string>
#include <variant>

namespace latchkey {

/// Words that an administrator wrote, one entry per language tag ("en", "pt-BR").
using Words = std::map<std::string, std::string>;

/// A value put into a sentence: a text, a number (which may decide the plural), an instant, or
/// words of which the reader's language is picked.
using Argument = std::variant<std::string, std::int64_t, TimePoint, Words>;

/// A sentence by its id in the message catalogs. Put into a language only where it is shown, spoken
/// or sent; an empty id means "nothing to say".
struct Text {
    std::string id;
    std::map<std::string, Argument> arguments;

    bool empty() const { return id.empty(); }
    bool operator==(const Text&) const = default;
};

}  // namespace latchkey
