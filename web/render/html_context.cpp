#include "web/render/html_context.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>

namespace latchkey {
namespace {

bool blank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/// Browsers drop such characters, so that an address still begins with what comes after them.
bool ignored_before_an_address(char c) {
    return static_cast<unsigned char>(c) <= ' ';
}

bool letter(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

/// Elsewhere in a tag, browsers see the end of a name, the beginning of another, or who knows what.
bool belongs_to_a_name(char c) {
    return letter(c) || ('0' <= c && c <= '9') ||
           std::string_view("-_:.@").find(c) != std::string_view::npos;
}

char lower(char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

bool one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, name) != names.end();
}

bool is_link(std::string_view attribute) {
    return one_of(attribute, {"href", "xlink:href", "src", "action", "formaction", "poster", "cite",
                              "data", "ping", "manifest"});
}

}  // namespace

void HtmlContext::feed(std::string_view text) {
    if (markup_ == Markup::text) return;
    for (const char c : text) {
        switch (state_) {
            case State::content:
                in_content(c);
                break;
            case State::raw:
            case State::plain:
                in_raw(c);
                break;
            case State::comment:
                seen_ += c;
                if (seen_.ends_with("--!>")) throw std::runtime_error("a comment ends with -->");
                if (seen_.ends_with("-->")) {
                    state_ = State::content;
                    seen_.clear();
                }
                break;
            case State::declaration:
                seen_ += c;
                if (seen_ == "--") state_ = State::comment;
                if (c == '>') {
                    state_ = State::content;
                    seen_.clear();
                }
                break;
            default:
                in_tag(c);
                break;
        }
    }
}

void HtmlContext::in_content(char c) {
    if (c != '<') return;
    state_ = State::tag_start;
    element_.clear();
    attribute_.clear();
    has_source_ = false;
}

void HtmlContext::in_tag(char c) {
    switch (state_) {
        case State::tag_start:
            if (c == '!') {
                state_ = State::declaration;
                seen_.clear();
            } else if (c == '/' || letter(c)) {
                state_ = State::tag_name;
                element_ = lower(c);
            } else {
                throw std::runtime_error("'<' that begins no tag: write &lt;");
            }
            break;
        case State::tag_name:
            if (element_ == "/" ? letter(c) : belongs_to_a_name(c))
                element_ += lower(c);
            else
                between_names(c);
            break;
        case State::in_tag:
            if (belongs_to_a_name(c)) {
                state_ = State::name;
                attribute_ = lower(c);
            } else {
                between_names(c);
            }
            break;
        case State::name:
            if (belongs_to_a_name(c)) {
                attribute_ += lower(c);
            } else {
                end_of_name();
                if (c == '=') {
                    state_ = State::before_value;
                } else {
                    attribute_.clear();
                    between_names(c);
                }
            }
            break;
        case State::before_value:
            if (c != '"')
                throw std::runtime_error("the value of " + attribute_ + " needs double quotes");
            state_ = State::value;
            begun_ = false;
            break;
        case State::value:
            if (c == '"') {
                attribute_.clear();
                begun_ = false;
                state_ = State::in_tag;
            } else if (is_link(attribute_) && !begun_ && !ignored_before_an_address(c)) {
                if (lower(c) == 'j') throw std::runtime_error("a link to script");
                begun_ = true;
            }
            break;
        default:
            break;
    }
}

void HtmlContext::between_names(char c) {
    if (c == '>')
        end_of_tag();
    else if (element_ != "/" && (blank(c) || c == '/'))
        state_ = State::in_tag;
    else
        throw std::runtime_error(std::string("'") + c + "' may not stand there in a tag");
}

void HtmlContext::end_of_name() {
    if (attribute_.starts_with("on"))
        throw std::runtime_error("script in the attribute " + attribute_);
    if (attribute_ == "srcdoc") throw std::runtime_error("srcdoc= is not allowed: use src=");
    if (attribute_ == "src") has_source_ = true;
    if (attribute_ == "style" && markup_ == Markup::page)
        throw std::runtime_error("style= is not allowed in pages: use a class");
}

void HtmlContext::end_of_tag() {
    if (element_ == "script" && !has_source_)
        throw std::runtime_error("inline script is not allowed: use src=");
    if (element_ == "style" && markup_ == Markup::page)
        throw std::runtime_error("inline style is not allowed in pages: use the style sheet");
    if (element_ == "pre") preformatted_ = true;
    if (element_ == "/pre") preformatted_ = false;
    seen_.clear();
    state_ = State::content;
    if (one_of(element_, {"script", "style"})) state_ = State::raw;
    if (one_of(element_, {"title", "textarea"})) state_ = State::plain;
    has_source_ = false;
    if (state_ == State::content) element_.clear();
}

void HtmlContext::in_raw(char c) {
    const std::string end = "</" + element_;
    if (seen_ == end) {
        if (c != '>') throw std::runtime_error("write " + end + ">");
        state_ = State::content;
        element_.clear();
        seen_.clear();
        return;
    }
    seen_ = c == '<' ? "<" : seen_ + lower(c);
    if (!end.starts_with(seen_)) seen_.clear();
    if (seen_.empty() && element_ == "script" && !blank(c))
        throw std::runtime_error("inline script is not allowed: use src=");
}

void HtmlContext::section() {
    if (state_ != State::name) return;
    end_of_name();
    attribute_.clear();
    state_ = State::in_tag;
}

HtmlContext::Place HtmlContext::value() {
    if (markup_ == Markup::text) return Place::content;
    switch (state_) {
        case State::content:
            return Place::content;
        case State::plain:
            return Place::plain;
        case State::value: {
            if (attribute_ == "style") return Place::style;
            if (!is_link(attribute_) || begun_) return Place::attribute;
            begun_ = true;
            return Place::link_start;
        }
        case State::raw:
            throw std::runtime_error("no value may stand in script or style");
        case State::comment:
            throw std::runtime_error("no value may stand in an HTML comment");
        default:
            throw std::runtime_error("a value in a tag must stand in a quoted attribute");
    }
}

bool HtmlContext::loose_blanks() const {
    if (markup_ == Markup::text || preformatted_) return false;
    return state_ == State::content || state_ == State::in_tag;
}

}  // namespace latchkey
