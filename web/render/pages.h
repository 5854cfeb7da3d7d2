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
    /// The catalogs must outlive the pages; the templates are not wanted any more.
    Pages(const Templates& templates, const Catalogs& catalogs, const StaticFiles& files,
          const Branding& branding);

    /// The page `name` ("home" for templates/pages/home.mustache). What `view` must hold is said at
    /// the top of that template and of templates/layout.mustache.
    std::string render(std::string_view name, const Json& view, const Catalog& catalog) const;

    const Catalogs& catalogs() const { return catalogs_; }

    /// What the installation gives to every page of a language.
    const Json& common(const Catalog& catalog) const { return languages_.at(&catalog).common; }

 private:
    struct Language {
        Json common;  // what is the same on every page
        Templates templates;
    };

    const Catalogs& catalogs_;
    std::map<const Catalog*, Language> languages_;
};

}  // namespace latchkey
