#include "web/render/templates.h"

#include <array>
#include <stdexcept>

namespace latchkey {
namespace {

constexpr std::string_view kEnding = ".mustache";

struct Folder {
    std::string_view path;
    Markup markup;
};
constexpr std::array kFolders{Folder{kPages, Markup::page}, Folder{kMails, Markup::mail}};

Markup markup_of(const Folder& folder, std::string_view name) {
    return name.ends_with(".txt") ? Markup::text : folder.markup;
}

}  // namespace

Templates::Templates(const Assets& assets, const Catalogs& catalogs, std::string_view only,
                     Template::Missing missing)
    : missing_(missing) {
    const auto load = [&](const std::string& name) -> const std::string& {
        const std::string* text = assets.find(name + std::string(kEnding));
        if (!text) throw std::runtime_error("there is no template \"" + name + "\"");
        return *text;
    };
    for (const Folder& folder : kFolders) {
        if (!folder.path.starts_with(only)) continue;
        for (const std::string& path : assets.below(folder.path)) {
            if (!path.ends_with(kEnding)) continue;
            const std::string name = path.substr(0, path.size() - kEnding.size());
            try {
                templates_.emplace(name, Template(name, load, markup_of(folder, name), catalogs));
            } catch (const std::runtime_error& error) {
                throw std::runtime_error("in " + assets.shown_name(path) + ": " + error.what());
            }
        }
    }
}

std::string Templates::render(std::string_view name, std::span<const Json* const> roots,
                              const Catalog& catalog) const {
    const Template* found = find(name);
    if (!found) throw std::logic_error("there is no template \"" + std::string(name) + "\"");
    std::string out;
    out.reserve(8192);
    found->render(out, roots, catalog, missing_);
    return out;
}

Templates Templates::with(const Json& known, const Catalog& catalog) const {
    Templates written(missing_);
    for (const auto& [name, whole] : templates_)
        written.templates_.emplace(name, whole.with(known, catalog));
    return written;
}

const Template* Templates::find(std::string_view name) const {
    const auto found = templates_.find(name);
    return found == templates_.end() ? nullptr : &found->second;
}

std::vector<std::string> Templates::names() const {
    std::vector<std::string> names;
    for (const auto& [name, one] : templates_) names.push_back(name);
    return names;
}

}  // namespace latchkey
