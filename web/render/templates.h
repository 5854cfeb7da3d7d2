#pragma once

#include "web/render/assets.h"
#include "web/render/catalog.h"
#include "web/render/template.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

/// The folders of templates.
constexpr std::string_view kPages = "pages/";
constexpr std::string_view kMails = "email/";

/// All templates of this installation, compiled at start: pages/<name>, email/<name> (HTML) and
/// email/<name>.txt (plain text). Immutable, thread-safe.
class Templates {
 public:
    /// Throws std::runtime_error with file, line and reason for the first template that is not
    /// valid. `missing` says what rendering does about names that the view data lacks: tests pass
    /// `fault`. `only` one folder ("pages/"), or all.
    Templates(const Assets& assets, const Catalogs& catalogs, std::string_view only = {},
              Template::Missing missing = Template::Missing::empty);

    /// `name` is the path below templates/ without its ending, such as "pages/home". Names are
    /// looked up in the last of `roots` first. Throws std::logic_error if there is no such
    /// template.
    std::string render(std::string_view name, std::span<const Json* const> roots,
                       const Catalog& catalog) const;

    /// The same for one language: see Template::with.
    Templates with(const Json& known, const Catalog& catalog) const;

    /// Null if there is no such template.
    const Template* find(std::string_view name) const;
    std::vector<std::string> names() const;

 private:
    explicit Templates(Template::Missing missing) : missing_(missing) {}

    std::map<std::string, Template, std::less<>> templates_;
    Template::Missing missing_;
};

}  // namespace latchkey
