#pragma once

#include "engine/json.h"
#include "web/render/catalog.h"
#include "web/render/html_context.h"

#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

/// A Mustache template, compiled once with all that it includes; rendering only walks a list.
/// Immutable, so all threads share it. The dialect, besides {{name}}, {{a.b}}, {{.}}, sections,
/// inverted sections, comments and partials:
///   {{#t}}id{{/t}}      a sentence of the catalog; its arguments are looked up like names
///   {{<file}}…{{/file}}  another template with its blocks {{$name}}…{{/name}} filled in anew
/// There is no way to write a value without escaping it.
class Template {
 public:
    /// Gives the text of a partial ("layout", "fields/digits"); throws if there is none.
    using Loader = std::function<const std::string&(const std::string& name)>;

    /// Throws std::runtime_error with file, line and reason if anything is wrong with `name` or
    /// with what it includes, or if it uses a sentence that no language has.
    Template(const std::string& name, const Loader& loader, Markup markup,
             const Catalogs& catalogs);

    /// What to do about a name that the view data does not have.
    enum class Missing { empty, fault };

    /// Appends the page. Names are looked up in the innermost section first and last in
    /// `roots`, whose last element is looked at first. `Missing::fault` throws std::logic_error
    /// for a missing value (a missing section is only left out).
    void render(std::string& out, std::span<const Json* const> roots, const Catalog& catalog,
                Missing missing) const;

    /// The same for one language, with what is `known` of every page written into it: less is left
    /// to do for each. No view may have a name that is known. Rendering still wants `known` among
    /// its roots; names() and sentences() are empty.
    Template with(const Json& known, const Catalog& catalog) const;

    /// Every name of a value or section, as written ("account.name").
    const std::set<std::string>& names() const { return names_; }
    /// Every sentence it uses, by id.
    const std::set<std::string>& sentences() const { return sentences_; }

 private:
    struct Op {
        enum class Kind : std::uint8_t { words, value, sentence, section, inverted };
        Kind kind;
        HtmlContext::Place place = HtmlContext::Place::content;
        std::uint32_t end = 0;               // section: the first op behind it
        std::size_t sentence = 0;            // index in the catalogs
        std::string words = {};              // or the id of a sentence
        std::vector<std::string> path = {};  // of a name; empty for {{.}}

        bool is_section() const { return kind == Kind::section || kind == Kind::inverted; }
    };
    using Ops = std::vector<Op>;
    class Stack;
    class StackArguments;
    class Writer;

    friend class TemplateCompiler;

    void run(std::string& out, std::size_t from, std::size_t to, Stack& stack,
             const Catalog& catalog, Missing missing) const;
    void run_section(std::string& out, const Op& op, std::size_t from, Stack& stack,
                     const Catalog& catalog, Missing missing) const;
    void write_value(std::string& out, const Op& op, const Stack& stack, const Catalog& catalog,
                     Missing missing) const;

    Template(std::string name, Markup markup) : name_(std::move(name)), markup_(markup) {}

    std::string name_;
    Markup markup_;
    Ops ops_;
    std::set<std::string> names_;
    std::set<std::string> sentences_;
};

}  // namespace latchkey
