#pragma once

#include "engine/json.h"
#include "engine/prompt.h"
#include "engine/time.h"
#include "web/render/catalog.h"

#include <optional>
#include <string>
#include <string_view>

/// View data: what handlers give to a template, as JSON without a word of any language. A leaf is
///   a string, a number or a truth value;
///   a sentence, `Json(Text)`: put into the reader's language where it is shown;
///   an instant or a duration, made by the functions below;
///   words in several languages, {"words": {"en": …}}, of which the reader's is picked.
namespace latchkey {

/// An instant: "2:32 PM" in the reader's language, with the exact time at hand.
Json instant(TimePoint at);
/// The same, or `false` for none.
Json instant(const std::optional<TimePoint>& at);

/// A length of time in words: "10 minutes".
Json duration(Milliseconds length);

/// True if a section of this value is shown: anything but null, false, "", [], {} and a sentence
/// without an id. Numbers are shown, zero too.
bool shown(const Json& value);

/// True for sentences, instants and durations: objects that a section does not look into.
bool is_leaf(const Json& value);

/// Appends a leaf in the reader's language. Objects and lists that are none append nothing.
void write_leaf(std::string& out, const Json& leaf, Formats::Style style, Manner manner,
                const Catalog& catalog);

/// Appends a number or an instant as programs read it; false if the value is neither.
bool write_bare(std::string& out, const Json& value);

void write_instant(std::string& out, TimePoint at, Formats::Style style, Manner manner,
                   const Catalog& catalog);

/// A name, an address, a word of the person's own: kept together in right-to-left text.
void write_string(std::string& out, std::string_view text, Manner manner, const Catalog& catalog);

/// The arguments of a sentence that are view data.
class ViewArguments : public Arguments {
 public:
    explicit ViewArguments(const Catalog& catalog) : catalog_(catalog) {}

    bool write(std::string& out, std::string_view name, Formats::Style style,
               Manner manner) const override;
    std::optional<std::int64_t> number(std::string_view name) const override;
    std::string word(std::string_view name) const override;

 private:
    /// Null if there is none of that name.
    virtual const Json* find(std::string_view name) const = 0;

    const Catalog& catalog_;
};

}  // namespace latchkey
