#include "web/render/template.h"

#include "web/render/view.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

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

/// Writes what is known into the ops of a template.
class Template::Writer {
 public:
    Writer(const Template& whole, const Json& known, const Catalog& catalog)
        : whole_(whole), catalog_(catalog), known_(std::array<const Json*, 1>{&known}) {}

    /// Appends the ops between the two. False, and of no use, if a known section is open and they
    /// hold what needs both the section and the view.
    bool write(Ops& out, std::size_t from, std::size_t to) {
        while (from < to) {
            const Op& op = whole_.ops_[from++];
            if (op.is_section()) {
                if (!write_section(out, op, from)) return false;
                from = op.end;
            } else if (is_known(op)) {
                Op words{.kind = Op::Kind::words};
                whole_.run(words.words, from - 1, from, known_, catalog_, Missing::empty);
                append(out, std::move(words));
            } else {
                if (op.kind == Op::Kind::sentence && in_section_) return false;
                append(out, op);
            }
        }
        return true;
    }

 private:
    /// Null if it is not known.
    const Json* find(const Op& op) const {
        return op.path.empty() && !in_section_ ? nullptr : known_.find(op.path);
    }

    bool is_known(const Op& op) const {
        if (op.kind == Op::Kind::words) return true;
        if (op.kind == Op::Kind::value) return find(op) != nullptr;
        return std::ranges::all_of(catalog_.sentence(op.sentence).arguments(),
                                   [&](const std::string& name) { return known_.find(name); });
    }

    bool write_section(Ops& out, const Op& op, std::size_t from) {
        const Json* value = find(op);
        if (!value) {
            if (in_section_) return false;
            const std::size_t at = out.size();
            out.push_back(op);
            write(out, from, op.end);
            out[at].end = static_cast<std::uint32_t>(out.size());
            behind_section_ = out.size();
            return true;
        }
        if (shown(*value) == (op.kind == Op::Kind::inverted)) return true;
        const bool frames = value->is_array() || (value->is_object() && !is_leaf(*value));
        if (op.kind == Op::Kind::inverted || !frames) return write(out, from, op.end);
        Ops inner;
        if (write_each(inner, *value, from, op.end)) {
            for (Op& one : inner) append(out, std::move(one));
        } else {
            if (in_section_) return false;
            copy(out, from - 1, op.end);
        }
        return true;
    }

    bool write_each(Ops& out, const Json& value, std::size_t from, std::size_t to) {
        const bool outer = std::exchange(in_section_, true);
        const auto once = [&](const Json& frame) {
            known_.push(frame);
            const bool written = write(out, from, to);
            known_.pop();
            return written;
        };
        const bool written = value.is_array() ? std::ranges::all_of(value, once) : once(value);
        in_section_ = outer;
        return written;
    }

    void copy(Ops& out, std::size_t from, std::size_t to) {
        const std::size_t at = out.size();
        for (std::size_t i = from; i < to; ++i) {
            out.push_back(whole_.ops_[i]);
            if (out.back().is_section())
                out.back().end = static_cast<std::uint32_t>(out.back().end - from + at);
        }
        behind_section_ = out.size();
    }

    void append(Ops& out, Op op) const {
        // What follows a section must not become a part of it.
        const bool joins = !out.empty() && out.size() != behind_section_ &&
                           op.kind == Op::Kind::words && out.back().kind == Op::Kind::words;
        if (joins)
            out.back().words += op.words;
        else
            out.push_back(std::move(op));
    }

    const Template& whole_;
    const Catalog& catalog_;
    Stack known_;
    bool in_section_ = false;
    std::size_t behind_section_ = 0;
};

Template Template::with(const Json& known, const Catalog& catalog) const {
    Template written(name_, markup_);
    Writer(*this, known, catalog).write(written.ops_, 0, ops_.size());
    return written;
}

}  // namespace latchkey
