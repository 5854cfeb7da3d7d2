#include "web/render/template.h"

#include "web/render/view.h"

#include <algorithm>
#include <stdexcept>

namespace latchkey {
namespace {

using Place = HtmlContext::Place;

Manner manner_of(Markup markup, Place place) {
    if (markup == Markup::text) return Manner::plain;
    if (markup == Markup::page && place == Place::content) return Manner::content;
    return Manner::attribute;
}

/// Addresses that may begin a link. A path must not begin with "//", which names another host.
bool may_link(std::string_view url) {
    constexpr std::array<std::string_view, 8> kSchemes{
        "https:", "http:",       "mailto:",          "tel:",
        "sms:",   "data:image/", "data:text/plain;", "otpauth:"};
    if (url.empty() || url[0] == '#' || url[0] == '?') return true;
    if (url[0] == '/') return !url.starts_with("//") && !url.starts_with("/\\");
    return std::ranges::any_of(kSchemes, [&](auto scheme) { return url.starts_with(scheme); });
}

bool is_colour(std::string_view text) {
    return text.size() >= 4 && text.size() <= 9 && text[0] == '#' &&
           text.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string_view::npos;
}

}  // namespace

/// The sections that are open, outermost first.
class Template::Stack {
 public:
    explicit Stack(std::span<const Json* const> roots) : frames_(roots.begin(), roots.end()) {}

    void push(const Json& frame) { frames_.push_back(&frame); }
    void pop() { frames_.pop_back(); }

    /// Null if there is no such name.
    const Json* find(const std::vector<std::string>& path) const {
        if (path.empty()) return frames_.back();
        const Json* found = find(path.front());
        for (std::size_t i = 1; found && i < path.size(); ++i) found = member(*found, path[i]);
        return found;
    }

    const Json* find(std::string_view name) const {
        for (auto frame = frames_.rbegin(); frame != frames_.rend(); ++frame)
            if (const Json* found = member(**frame, name)) return found;
        return nullptr;
    }

 private:
    static const Json* member(const Json& object, std::string_view name) {
        if (!object.is_object()) return nullptr;
        const auto found = object.find(name);
        return found == object.end() ? nullptr : &*found;
    }

    std::vector<const Json*> frames_;
};

class Template::StackArguments final : public ViewArguments {
 public:
    StackArguments(const Stack& stack, const Catalog& catalog, const std::string& name,
                   const std::string& sentence, Missing missing)
        : ViewArguments(catalog),
          stack_(stack),
          name_(name),
          sentence_(sentence),
          missing_(missing) {}

 private:
    const Json* find(std::string_view name) const override {
        const Json* value = stack_.find(name);
        if (!value && missing_ == Missing::fault)
            throw std::logic_error(name_ + ": \"" + sentence_ + "\" needs \"" + std::string(name) +
                                   "\"");
        return value;
    }

    const Stack& stack_;
    const std::string& name_;
    const std::string& sentence_;
    Missing missing_;
};

void Template::render(std::string& out, std::span<const Json* const> roots, const Catalog& catalog,
                      Missing missing) const {
    Stack stack(roots);
    run(out, 0, ops_.size(), stack, catalog, missing);
}

void Template::run(std::string& out, std::size_t from, std::size_t to, Stack& stack,
                   const Catalog& catalog, Missing missing) const {
    while (from < to) {
        const Op& op = ops_[from++];
        switch (op.kind) {
            case Op::Kind::words:
                out += op.words;
                break;
            case Op::Kind::value:
                write_value(out, op, stack, catalog, missing);
                break;
            case Op::Kind::sentence:
                catalog.sentence(op.sentence)
                    .write(out, StackArguments(stack, catalog, name_, op.words, missing),
                           catalog.formats(), manner_of(markup_, op.place));
                break;
            case Op::Kind::section:
            case Op::Kind::inverted:
                run_section(out, op, from, stack, catalog, missing);
                from = op.end;
                break;
        }
    }
}

void Template::run_section(std::string& out, const Op& op, std::size_t from, Stack& stack,
                           const Catalog& catalog, Missing missing) const {
    const Json* value = stack.find(op.path);
    const bool is_shown = value && shown(*value);
    if (is_shown == (op.kind == Op::Kind::inverted)) return;
    const auto once = [&](const Json* frame) {
        if (frame) stack.push(*frame);
        run(out, from, op.end, stack, catalog, missing);
        if (frame) stack.pop();
    };
    if (op.kind == Op::Kind::inverted) return once(nullptr);
    if (!value->is_array()) return once(value->is_object() && !is_leaf(*value) ? value : nullptr);
    for (const Json& element : *value) once(&element);
}

void Template::write_value(std::string& out, const Op& op, const Stack& stack,
                           const Catalog& catalog, Missing missing) const {
    const Json* value = stack.find(op.path);
    if (!value) {
        if (missing == Missing::empty) return;
        std::string name;
        for (const auto& part : op.path) name += (name.empty() ? "" : ".") + part;
        throw std::logic_error(name_ + ": there is no \"" + name + "\"");
    }
    const auto* text = value->get_ptr<const std::string*>();
    if (op.place == Place::link_start && !(text && may_link(*text))) {
        out += '#';
        return;
    }
    if (op.place == Place::style && !(text && is_colour(*text))) return;
    if (op.place == Place::attribute && write_bare(out, *value)) return;
    write_leaf(out, *value, Formats::Style::date_time, manner_of(markup_, op.place), catalog);
}

}  // namespace latchkey
