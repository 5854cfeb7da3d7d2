#include "web/render/template.h"

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>

namespace latchkey {
namespace {

constexpr int kDeepest = 16;  // partials in partials

struct Tag {
    char sigil = ' ';  // one of "#^/>!<$", or ' ' for a value
    std::string name;
};

struct Node {
    char sigil = 0;  // 0: words; 't': a sentence; else as in Tag
    std::string text;
    int line = 0;
    std::vector<Node> children = {};
};

using Blocks = std::map<std::string, const Node*>;

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\n\r");
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(" \t\n\r") - first + 1));
}

[[noreturn]] void fail(const std::string& file, int line, const std::string& reason) {
    throw std::runtime_error(file + ".mustache line " + std::to_string(line) + ": " + reason);
}

/// Stands for the line break after a tag that has its line for itself: counted, but not shown.
constexpr char kDroppedBreak = '\x01';

bool is_tag_alone(std::string_view line) {
    return line.size() > 5 && line.starts_with("{{") && line.ends_with("}}") &&
           std::string_view("#^/><$").find(line[2]) != std::string_view::npos &&
           line.find("{{", 2) == std::string_view::npos;
}

/// The text without the lines that only comments take, and without the blanks and line breaks
/// around tags (other than values) that stand alone on a line.
std::string without_empty_lines(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t length = std::min(text.find('\n'), text.size());
        const std::string line = trimmed(text.substr(0, length));
        std::size_t taken = std::min(length + 1, text.size());
        if (line.starts_with("{{!")) {
            const std::size_t close = std::min(text.find("}}"), text.size());
            taken = std::min(text.find('\n', close), text.size() - 1) + 1;
            if (trimmed(text.substr(close, taken - close)) == "}}") {
                out.append(
                    static_cast<std::size_t>(std::ranges::count(text.substr(0, taken), '\n')),
                    kDroppedBreak);
            } else {
                out.append(text, 0, taken);
            }
        } else if (is_tag_alone(line)) {
            out += line;
            if (length < text.size()) out += kDroppedBreak;
        } else {
            out.append(text, 0, taken);
        }
        text.remove_prefix(taken);
    }
    return out;
}

/// Reads the text of one file into a tree.
class Parser {
 public:
    Parser(const std::string& file, std::string_view text)
        : file_(file), text_(without_empty_lines(text)) {}

    std::vector<Node> parse() { return until("", 0); }

 private:
    std::vector<Node> until(const std::string& closing, int opened) {
        std::vector<Node> nodes;
        for (;;) {
            const std::size_t begin = std::min(text_.find("{{", at_), text_.size());
            add_words(nodes, begin);
            if (begin == text_.size()) {
                if (!closing.empty()) fail(file_, opened, "{{" + closing + "}} is never closed");
                return nodes;
            }
            const int line = line_;
            const Tag tag = read_tag();
            if (tag.sigil == '/') {
                if (tag.name == closing) return nodes;
                fail(file_, line, "{{/" + tag.name + "}} closes nothing");
            }
            if (tag.sigil != '!') nodes.push_back(node(tag, line));
        }
    }

    Node node(const Tag& tag, int line) {
        Node made{tag.sigil, tag.name, line};
        if (tag.sigil == '#' && tag.name == "t") {
            made = {'t', "", line};
            for (const Node& child : until("t", line)) {
                if (child.sigil != 0) fail(file_, line, "a sentence's id holds no tags");
                made.text += trimmed(child.text);
            }
        } else if (std::string_view("#^<$").find(tag.sigil) != std::string_view::npos) {
            made.children = until(tag.name, line);
        }
        return made;
    }

    Tag read_tag() {
        const auto end = text_.find("}}", at_);
        if (end == std::string::npos) fail(file_, line_, "{{ without }}");
        std::string_view inside = std::string_view(text_).substr(at_ + 2, end - at_ - 2);
        Tag tag;
        if (!inside.empty() && std::string_view("#^/>!<$").find(inside[0]) != inside.npos) {
            tag.sigil = inside[0];
            inside.remove_prefix(1);
        }
        tag.name = trimmed(inside);
        if (tag.sigil != '!' && !is_name(tag.name))
            fail(file_, line_, "{{" + std::string(inside) + "}} is no name");
        advance(end + 2);
        return tag;
    }

    static bool is_name(std::string_view name) {
        return !name.empty() && std::ranges::all_of(name, [](char c) {
            return std::isalnum(static_cast<unsigned char>(c)) ||
                   std::string_view("_./-").find(c) != std::string_view::npos;
        });
    }

    void add_words(std::vector<Node>& nodes, std::size_t end) {
        std::string words = text_.substr(at_, end - at_);
        const int line = line_;
        advance(end);
        std::erase(words, kDroppedBreak);
        if (!words.empty()) nodes.push_back({0, std::move(words), line});
    }

    void advance(std::size_t to) {
        for (; at_ < to; ++at_)
            if (text_[at_] == '\n' || text_[at_] == kDroppedBreak) ++line_;
    }

    const std::string& file_;
    std::string text_;
    std::size_t at_ = 0;
    int line_ = 1;
};

/// The parts of `{{.}}` (none) or `{{a.b}}`.
std::vector<std::string> path_of(const std::string& name) {
    std::vector<std::string> path;
    if (name == ".") return path;
    for (std::size_t from = 0; from <= name.size();) {
        const std::size_t dot = std::min(name.find('.', from), name.size());
        path.push_back(name.substr(from, dot - from));
        from = dot + 1;
    }
    return path;
}

}  // namespace

/// Joins the trees of a template and of all that it includes into one list.
class TemplateCompiler {
 public:
    TemplateCompiler(Template& out, const Template::Loader& loader, const Catalogs& catalogs)
        : out_(out), loader_(loader), catalogs_(catalogs), context_(out.markup_) {}

    void compile(const std::string& name) {
        file(name, {}, 0);
        if (!(context_ == HtmlContext(out_.markup_)))
            fail(name, 1, "the template ends inside a tag, comment, script or text area");
    }

 private:
    using Op = Template::Op;

    void file(const std::string& name, const Blocks& blocks, int depth) {
        if (depth > kDeepest) throw std::runtime_error(name + " includes itself");
        const std::vector<Node> nodes = Parser(name, loader_(name)).parse();
        all(nodes, name, blocks, depth);
    }

    void all(const std::vector<Node>& nodes, const std::string& name, const Blocks& blocks,
             int depth) {
        for (const Node& node : nodes) {
            try {
                one(node, name, blocks, depth);
            } catch (const Located&) {
                throw;
            } catch (const std::runtime_error& error) {
                throw Located(name + ".mustache line " + std::to_string(node.line) + ": " +
                              error.what());
            }
        }
    }

    void one(const Node& node, const std::string& name, const Blocks& blocks, int depth) {
        switch (node.sigil) {
            case 0:
                return words(node.text);
            case 't':
                return sentence(node.text);
            case '>':
                return file(node.text, {}, depth + 1);
            case '<':
                return parent(node, name, blocks, depth);
            case '$':
                return block(node, name, blocks, depth);
            case ' ':
                return value(node.text);
            default:
                return section(node, name, blocks, depth);
        }
    }

    /// Blocks that the template around this one fills in win over the defaults given here.
    void parent(const Node& node, const std::string&, const Blocks& outer, int depth) {
        Blocks blocks = outer;
        for (const Node& child : node.children)
            if (child.sigil == '$') blocks.emplace(child.text, &child);
        file(node.text, blocks, depth + 1);
    }

    void block(const Node& node, const std::string& name, const Blocks& blocks, int depth) {
        const auto found = blocks.find(node.text);
        all(found == blocks.end() ? node.children : found->second->children, name, blocks, depth);
    }

    void section(const Node& node, const std::string& name, const Blocks& blocks, int depth) {
        const std::size_t at = out_.ops_.size();
        out_.ops_.push_back({.kind = node.sigil == '#' ? Op::Kind::section : Op::Kind::inverted,
                             .path = path_of(node.text)});
        out_.names_.insert(node.text);
        context_.section();
        const HtmlContext before = context_;
        all(node.children, name, blocks, depth);
        context_.section();
        if (!(context_ == before))
            throw std::runtime_error("{{" + node.text +
                                     "}} begins and ends at different places of a tag");
        out_.ops_[at].end = static_cast<std::uint32_t>(out_.ops_.size());
        closed_ = out_.ops_.size();
    }

    void words(std::string_view text) {
        // A section's first words must not join those before it.
        const bool joins = !out_.ops_.empty() && out_.ops_.size() != closed_ &&
                           out_.ops_.back().kind == Op::Kind::words;
        if (!joins) out_.ops_.push_back({.kind = Op::Kind::words});
        std::string& words = out_.ops_.back().words;
        for (const char c : text) {
            const bool loose = context_.loose_blanks();
            const bool blank = c == ' ' || c == '\t' || c == '\n';
            context_.feed({&c, 1});
            if (loose && blank && line_start_) continue;
            line_start_ = loose && c == '\n';
            words += c;
        }
    }

    void sentence(const std::string& id) {
        const auto index = catalogs_.index(id);
        if (!index) throw std::runtime_error("no language has the sentence \"" + id + "\"");
        const auto place = context_.value();
        if (place == HtmlContext::Place::link_start || place == HtmlContext::Place::style)
            throw std::runtime_error("a sentence is no address and no style");
        out_.ops_.push_back(
            {.kind = Op::Kind::sentence, .place = place, .sentence = *index, .words = id});
        out_.sentences_.insert(id);
        line_start_ = false;
    }

    void value(const std::string& name) {
        out_.ops_.push_back(
            {.kind = Op::Kind::value, .place = context_.value(), .path = path_of(name)});
        out_.names_.insert(name);
        line_start_ = false;
    }

    struct Located : std::runtime_error {
        using std::runtime_error::runtime_error;
    };

    Template& out_;
    const Template::Loader& loader_;
    const Catalogs& catalogs_;
    HtmlContext context_;
    std::size_t closed_ = 0;  // no words join across this index
    bool line_start_ = true;
};

Template::Template(const std::string& name, const Loader& loader, Markup markup,
                   const Catalogs& catalogs)
    : name_(name), markup_(markup) {
    TemplateCompiler(*this, loader, catalogs).compile(name);
}

}  // namespace latchkey
