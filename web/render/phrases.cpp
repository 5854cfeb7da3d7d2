#include "web/render/phrases.h"

namespace latchkey {

std::vector<std::string> CatalogPhrases::languages() const {
    std::vector<std::string> tags;
    for (const Catalog* catalog : catalogs_.all()) tags.push_back(catalog->language());
    return tags;
}

Words CatalogPhrases::say(const std::string& id) const {
    Words words;
    for (const Catalog* catalog : catalogs_.all()) {
        if (!catalog->own_ids().contains(id)) continue;
        Text text{id, {}};
        for (const std::string& name : catalog->find(id)->arguments())
            text.arguments.emplace(name, "{" + name + "}");
        words.emplace(catalog->language(), catalog->say(text));
    }
    return words;
}

}  // namespace latchkey
