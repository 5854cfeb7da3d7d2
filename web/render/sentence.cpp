#include "web/render/sentence.h"

#include <unicode/messagepattern.h>
#include <algorithm>
#include <stdexcept>

namespace latchkey {

/// Turns ICU's parsed pattern, a flat list of parts, into pieces.
class Sentence::Reader {
 public:
    explicit Reader(std::string_view pattern) : pattern_(status_) {
        UParseError where;
        pattern_.parse(icu::UnicodeString::fromUTF8(
                           {pattern.data(), static_cast<std::int32_t>(pattern.size())}),
                       &where, status_);
        if (U_FAILURE(status_))
            fail(std::string(u_errorName(status_)) + " near character " +
                 std::to_string(where.offset + 1));
    }

    Pieces read() { return message(0); }

 private:
    using Part = icu::MessagePattern::Part;

    [[noreturn]] static void fail(const std::string& reason) { throw std::runtime_error(reason); }

    std::string text(std::int32_t from, std::int32_t to) const {
        std::string out;
        pattern_.getPatternString().tempSubStringBetween(from, to).toUTF8String(out);
        return out;
    }
    std::string text(const Part& part) const { return text(part.getIndex(), part.getLimit()); }

    static void add_words(Pieces& pieces, const std::string& words) {
        if (words.empty()) return;
        if (pieces.empty() || pieces.back().kind != Piece::Kind::words)
            pieces.push_back({.kind = Piece::Kind::words, .text = {}, .escaped = {}});
        pieces.back().text += words;
        append_escaped(pieces.back().escaped, words);
    }

    /// The message that begins with part `start`.
    Pieces message(std::int32_t start) {
        Pieces pieces;
        std::int32_t from = pattern_.getPart(start).getLimit();
        for (std::int32_t i = start + 1;; ++i) {
            const Part& part = pattern_.getPart(i);
            add_words(pieces, text(from, part.getIndex()));
            if (part.getType() == UMSGPAT_PART_TYPE_MSG_LIMIT) return pieces;
            from = part.getLimit();
            if (part.getType() == UMSGPAT_PART_TYPE_REPLACE_NUMBER)
                pieces.push_back({.kind = Piece::Kind::count, .text = {}, .escaped = {}});
            if (part.getType() == UMSGPAT_PART_TYPE_ARG_START) {
                pieces.push_back(argument(i));
                i = pattern_.getLimitPartIndex(i);
                from = pattern_.getPart(i).getLimit();
            }
        }
    }

    Piece argument(std::int32_t start) {
        const Part& name = pattern_.getPart(start + 1);
        if (name.getType() != UMSGPAT_PART_TYPE_ARG_NAME) fail("arguments have names, not numbers");
        Piece piece{.kind = Piece::Kind::argument, .text = text(name), .escaped = {}};
        switch (pattern_.getPart(start).getArgType()) {
            case UMSGPAT_ARG_TYPE_NONE:
                break;
            case UMSGPAT_ARG_TYPE_SIMPLE:
                piece.style = style(text(pattern_.getPart(start + 2)));
                break;
            case UMSGPAT_ARG_TYPE_PLURAL:
                piece.kind = Piece::Kind::plural;
                piece.variants = variants(start);
                break;
            case UMSGPAT_ARG_TYPE_SELECT:
                piece.kind = Piece::Kind::select;
                piece.variants = variants(start);
                break;
            default:
                fail("only plural and select are known, not choice or selectordinal");
        }
        return piece;
    }

    static Formats::Style style(const std::string& type) {
        if (type == "time") return Formats::Style::time;
        if (type == "date") return Formats::Style::date;
        fail("the form of an argument is \"time\" or \"date\", not \"" + type + "\"");
    }

    std::vector<Variant> variants(std::int32_t start) {
        std::vector<Variant> found;
        const std::int32_t limit = pattern_.getLimitPartIndex(start);
        std::string selector;
        for (std::int32_t i = start + 2; i < limit; ++i) {
            const Part& part = pattern_.getPart(i);
            if (part.getType() == UMSGPAT_PART_TYPE_ARG_SELECTOR) selector = text(part);
            if (part.getType() != UMSGPAT_PART_TYPE_MSG_START) continue;
            found.push_back({selector, message(i)});
            i = pattern_.getLimitPartIndex(i);
        }
        return found;
    }

    UErrorCode status_ = U_ZERO_ERROR;
    icu::MessagePattern pattern_;
};

Sentence::Sentence(std::string_view pattern) : pieces_(Reader(pattern).read()) {}

const Sentence::Variant* Sentence::chosen(const Piece& piece, const Arguments& arguments,
                                          const Formats& formats) {
    const auto find = [&](const std::string& selector) {
        return std::ranges::find(piece.variants, selector, &Variant::selector);
    };
    auto found = piece.variants.end();
    if (piece.kind == Piece::Kind::plural) {
        const std::int64_t count = arguments.number(piece.text).value_or(0);
        found = find("=" + std::to_string(count));
        if (found == piece.variants.end()) found = find(formats.plural(count));
    } else {
        const std::string word = arguments.word(piece.text);
        found = find(word.empty() ? "none" : word);
    }
    if (found == piece.variants.end()) found = find("other");
    return found == piece.variants.end() ? nullptr : &*found;
}

void Sentence::write(std::string& out, const Pieces& pieces, const Arguments& arguments,
                     const Formats& formats, Manner manner, std::int64_t count) {
    for (const Piece& piece : pieces) {
        switch (piece.kind) {
            case Piece::Kind::words:
                out += manner == Manner::plain ? piece.text : piece.escaped;
                break;
            case Piece::Kind::argument:
                arguments.write(out, piece.text, piece.style, manner);
                break;
            case Piece::Kind::count:
                append_words(out, formats.number(count), manner);
                break;
            case Piece::Kind::plural:
            case Piece::Kind::select:
                if (const Variant* variant = chosen(piece, arguments, formats)) {
                    const auto inner = piece.kind == Piece::Kind::plural
                                           ? arguments.number(piece.text).value_or(0)
                                           : count;
                    write(out, variant->pieces, arguments, formats, manner, inner);
                }
                break;
        }
    }
}

void Sentence::write(std::string& out, const Arguments& arguments, const Formats& formats,
                     Manner manner) const {
    write(out, pieces_, arguments, formats, manner, 0);
}

void Sentence::collect(const Pieces& pieces, std::set<std::string>& names) {
    for (const Piece& piece : pieces) {
        if (piece.kind == Piece::Kind::words || piece.kind == Piece::Kind::count) continue;
        names.insert(piece.text);
        for (const Variant& variant : piece.variants) collect(variant.pieces, names);
    }
}

std::set<std::string> Sentence::arguments() const {
    std::set<std::string> names;
    collect(pieces_, names);
    return names;
}

}  // namespace latchkey
