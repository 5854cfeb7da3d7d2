#pragma once

#include "engine/json.h"
#include "web/render/branding.h"
#include "web/render/catalog.h"
#include "web/render/static_files.h"
#include "web/render/templates.h"

#include <map>
#include <string>
#include <string_view>

namespace latchkey {

/// Pages as people see them: a template, words in their language, and the installation's looks.
/// Immutable, thread-safe.
class Pages {
 public:
    /// All three must outlive the pages.
    Pages(const Templates& templates, const Catalogs& catalogs, const StaticFiles& files,
          const Branding& branding);

    /// The page `name` ("home" for templates/pages/home.mustache). What `view` must hold is said at
    /// the top of that template and of templates/layout.mustache.
    std::string render(std::string_view name, const Json& view, const Catalog& catalog) const;

    const Catalogs& catalogs() const { return catalogs_; }

 private:
    const Templates& templates_;
    const Catalogs& catalogs_;
    std::map<const Catalog*, Json> common_;  // what is the same on every page of a language
};

}  // namespace latchkey
