#pragma once

#include <string>
#include <string_view>

namespace latchkey {

/// Where words will stand, and so what has to be escaped.
enum class Manner {
    content,    // between HTML tags: escaped; instants become <time> elements
    attribute,  // in a double-quoted attribute, a title or a text area: escaped
    plain,      // mail in plain text: as it is
};

/// Appends `text` with & < > " ' as entities, which is safe in content and in quoted attributes.
void append_escaped(std::string& out, std::string_view text);

/// Appends `text` as `manner` needs it.
void append_words(std::string& out, std::string_view text, Manner manner);

}  // namespace latchkey
