#pragma once

#include <string>
#include <string_view>

namespace latchkey {

/// What a template is written in, and so what it may contain.
enum class Markup {
    page,  // HTML under our content security policy: no style=, no on…=, no inline script or style
    mail,  // HTML for mail programs: style= and <style> may stand there, but hold no values
    text,  // no HTML: nothing is escaped
};

/// Follows a template's own HTML to know where each value will stand (S38). Refuses what could
/// never be safe or correct, so that a mistake shows at start and not in a browser.
class HtmlContext {
 public:
    explicit HtmlContext(Markup markup) : markup_(markup) {}

    /// Takes the template's next characters. Throws std::runtime_error with the reason for an
    /// attribute without double quotes, for style= and on…= in pages, for script that is not loaded
    /// by src=, and for what browsers may read as another tag or attribute than this does.
    void feed(std::string_view text);

    /// Takes the beginning or the end of a section, where an attribute without a value may end too.
    void section();

    enum class Place {
        content,     // between tags
        attribute,   // in a quoted attribute
        link_start,  // the very beginning of href, src, action or formaction
        style,       // in a mail's style=
        plain,       // <title> and <textarea>: text, but no tags
    };

    /// Takes a value: says where it stands. Throws std::runtime_error with the reason if none may.
    Place value();

    /// True where blanks at the beginning of a line mean nothing.
    bool loose_blanks() const;

    /// Two points of a template that a section must join are alike.
    bool operator==(const HtmlContext&) const = default;

 private:
    enum class State {
        content,
        tag_start,  // after '<'
        tag_name,
        in_tag,  // between attributes
        name,    // of an attribute
        before_value,
        value,
        raw,    // script and style
        plain,  // title and textarea
        comment,
        declaration,  // <!doctype
    };

    void in_content(char c);
    void in_tag(char c);
    void between_names(char c);
    void end_of_tag();
    void end_of_name();
    void in_raw(char c);

    Markup markup_;
    State state_ = State::content;
    std::string element_;    // the tag being read, or the one whose raw content is
    std::string attribute_;  // the attribute being read
    std::string seen_;       // of a comment or raw content
    bool begun_ = false;     // the link being read has a first character
    bool has_source_ = false;
    bool preformatted_ = false;  // in <pre>
};

}  // namespace latchkey
