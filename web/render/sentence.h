#pragma once

#include "web/render/escape.h"
#include "web/render/formats.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

/// Where a sentence takes its arguments from.
class Arguments {
 public:
    virtual ~Arguments() = default;

    /// Appends an argument; false, and nothing appended, if there is none of that name.
    virtual bool write(std::string& out, std::string_view name, Formats::Style style,
                       Manner manner) const = 0;
    /// Its value if it is a number: decides a plural.
    virtual std::optional<std::int64_t> number(std::string_view name) const = 0;
    /// Its value if it is a word: decides a "select".
    virtual std::string word(std::string_view name) const = 0;
};

/// A pattern of a message catalog in ICU's syntax, compiled: text with `{name}`, `{name, time}`,
/// `{name, date}`, `{name, plural, one {…} other {…}}` and `{name, select, …}`, in which "none"
/// stands for an empty word. Immutable.
class Sentence {
 public:
    Sentence() = default;
    /// Throws std::runtime_error with the reason if `pattern` cannot be read.
    explicit Sentence(std::string_view pattern);

    void write(std::string& out, const Arguments& arguments, const Formats& formats,
               Manner manner) const;

    /// The names of its arguments: what every language's version must share.
    std::set<std::string> arguments() const;

    bool empty() const { return pieces_.empty(); }

 private:
    struct Variant;
    struct Piece {
        enum class Kind { words, argument, count, plural, select };
        Kind kind = Kind::words;
        std::string text;     // the words, or the argument's name
        std::string escaped;  // the words for HTML
        Formats::Style style = Formats::Style::date_time;
        std::vector<Variant> variants = {};
    };
    using Pieces = std::vector<Piece>;
    struct Variant {
        std::string selector;  // "one", "other", "=0"
        Pieces pieces;
    };
    class Reader;

    static const Variant* chosen(const Piece& piece, const Arguments& arguments,
                                 const Formats& formats);
    static void write(std::string& out, const Pieces& pieces, const Arguments& arguments,
                      const Formats& formats, Manner manner, std::int64_t count);
    static void collect(const Pieces& pieces, std::set<std::string>& names);

    Pieces pieces_;
};

}  // namespace latchkey
