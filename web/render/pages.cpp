#include "web/render/pages.h"

#include "engine/prompt.h"

#include <array>
#include <stdexcept>

namespace latchkey {
namespace {

/// Fills the names under "The installation" in templates/layout.mustache.
Json common_view(const Catalog& catalog, const Catalogs& catalogs, const StaticFiles& files,
                 const Branding& branding) {
    Json languages = Json::array();
    for (const Catalog* other : catalogs.all())
        languages.push_back({{"tag", other->language()},
                             {"name", other->say({"language.name", {}})},
                             {"current", other == &catalog}});
    const std::string logo = branding.logo.empty() ? "" : files.url(branding.logo);
    if (!branding.logo.empty() && logo.empty())
        throw std::runtime_error("the logo static/" + branding.logo + " does not exist");
    return {{"lang", catalog.language()},
            {"dir", catalog.direction()},
            {"organisation",
             branding.name.empty() ? Json(Text{"organisation", {}}) : Json(branding.name)},
            {"logo", logo},
            {"footer", branding.footer},
            {"icon", files.url("icon.svg")},
            {"css", files.url("site.css")},
            {"script", files.url("site.js")},
            {"clock", "0:00"},
            {"password_script", files.url("password.js")},
            {"languages", languages.size() > 1 ? languages : Json::array()}};
}

}  // namespace

Pages::Pages(const Templates& templates, const Catalogs& catalogs, const StaticFiles& files,
             const Branding& branding)
    : catalogs_(catalogs) {
    for (const Catalog* catalog : catalogs.all()) {
        Json common = common_view(*catalog, catalogs, files, branding);
        Templates written = templates.with(common, *catalog);
        languages_.emplace(catalog, Language{std::move(common), std::move(written)});
    }
}

std::string Pages::render(std::string_view name, const Json& view, const Catalog& catalog) const {
    const Language& language = languages_.at(&catalog);
    const std::array<const Json*, 2> roots{&language.common, &view};
    return language.templates.render(std::string(kPages) + std::string(name), roots, catalog);
}

}  // namespace latchkey
