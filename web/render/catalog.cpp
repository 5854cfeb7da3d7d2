#include "web/render/catalog.h"

#include "engine/json.h"
#include "web/render/languages.h"
#include "web/render/view.h"

#include <algorithm>
#include <stdexcept>

namespace latchkey {
namespace {

constexpr std::string_view kMessagesFolder = "messages/";
constexpr std::string_view kEnding = ".json";

class TextArguments : public Arguments {
 public:
    TextArguments(const Text& text, const Catalog& catalog) : text_(text), catalog_(catalog) {}

    bool write(std::string& out, std::string_view name, Formats::Style style,
               Manner manner) const override {
        const Argument* argument = find(name);
        if (!argument) return false;
        if (const auto* at = std::get_if<TimePoint>(argument))
            write_instant(out, *at, style, manner, catalog_);
        else if (const auto* value = std::get_if<std::int64_t>(argument))
            append_words(out, catalog_.formats().number(*value), manner);
        else if (const auto* words = std::get_if<Words>(argument))
            write_string(out, catalog_.pick(*words), manner, catalog_);
        else
            write_string(out, std::get<std::string>(*argument), manner, catalog_);
        return true;
    }

    std::optional<std::int64_t> number(std::string_view name) const override {
        const Argument* argument = find(name);
        const auto* value = argument ? std::get_if<std::int64_t>(argument) : nullptr;
        return value ? std::optional(*value) : std::nullopt;
    }

    std::string word(std::string_view name) const override {
        const Argument* argument = find(name);
        const auto* value = argument ? std::get_if<std::string>(argument) : nullptr;
        return value ? *value : std::string();
    }

 private:
    const Argument* find(std::string_view name) const {
        const auto found = text_.arguments.find(std::string(name));
        return found == text_.arguments.end() ? nullptr : &found->second;
    }

    const Text& text_;
    const Catalog& catalog_;
};

}  // namespace

Catalog::Catalog(std::string tag, const std::string& zone)
    : tag_(std::move(tag)), formats_(tag_, zone) {}

const Sentence* Catalog::find(std::string_view id) const {
    const auto found = indices_->find(id);
    return found == indices_->end() ? nullptr : sentences_[found->second].get();
}

void Catalog::say(std::string& out, const Text& text, Manner manner) const {
    if (const Sentence* sentence = find(text.id))
        sentence->write(out, TextArguments(text, *this), formats_, manner);
}

std::string Catalog::say(const Text& text) const {
    std::string out;
    say(out, text, Manner::plain);
    return out;
}

const std::string& Catalog::pick(const Words& words) const {
    static const std::string kNothing;
    for (const std::string& tag : fallbacks_)
        if (const auto found = words.find(tag); found != words.end()) return found->second;
    return words.empty() ? kNothing : words.begin()->second;
}

Catalogs::Patterns Catalogs::read(const Assets& assets, const std::string& path) {
    Patterns patterns;
    for (const std::string* layer : assets.layers(path)) {
        JsonError error;
        const Json json = parse_json(*layer, error);
        if (json.is_discarded())
            throw std::runtime_error(assets.shown_name(path) + " line " +
                                     std::to_string(error.line) + ": " + error.reason);
        if (!json.is_object())
            throw std::runtime_error(assets.shown_name(path) + " must be one object of sentences");
        for (const auto& [id, pattern] : json.items()) {
            if (!pattern.is_string())
                throw std::runtime_error(assets.shown_name(path) + ": \"" + id +
                                         "\" must be a string");
            patterns[id] = pattern.get<std::string>();
        }
    }
    return patterns;
}

Catalogs::Catalogs(const Assets& assets, Options options) {
    std::map<std::string, Patterns> files;
    for (const std::string& path : assets.below(kMessagesFolder)) {
        if (!path.ends_with(kEnding)) continue;
        const std::string name = path.substr(kMessagesFolder.size(),
                                             path.size() - kMessagesFolder.size() - kEnding.size());
        const std::string tag = language_tag(name);
        if (tag != name)
            throw std::runtime_error(assets.shown_name(path) +
                                     " is not called after a language such as \"pt-BR\"");
        files[tag] = read(assets, path);
        for (const auto& [id, pattern] : files[tag]) indices_.emplace(id, 0);
    }
    if (options.languages.empty())
        for (const auto& [tag, patterns] : files) options.languages.push_back(tag);
    std::size_t next = 0;
    for (auto& [id, index] : indices_) index = next++;

    // The default language first: it closes every other one's chain of fallbacks.
    std::erase(options.languages, options.default_language);
    options.languages.insert(options.languages.begin(), options.default_language);
    for (const std::string& tag : options.languages) {
        if (!files.contains(tag))
            throw std::runtime_error("there are no messages for the language \"" + tag + "\"");
        catalogs_.push_back(std::make_unique<Catalog>(tag, options.zone));
        fill(*catalogs_.back(), files);
    }
}

void Catalogs::fill(Catalog& catalog, const std::map<std::string, Patterns>& files) {
    const Catalog& standard = *catalogs_.front();
    catalog.indices_ = &indices_;
    catalog.fallbacks_ = with_parents(catalog.tag_);
    catalog.fallbacks_.push_back(standard.tag_);
    for (const auto& [id, pattern] : files.at(catalog.tag_)) catalog.own_ids_.insert(id);
    for (const auto& [id, index] : indices_) {
        std::shared_ptr<const Sentence> found;
        for (const std::string& tag : catalog.fallbacks_) {
            const auto file = files.find(tag);
            if (file == files.end() || !file->second.contains(id)) continue;
            try {
                found = std::make_shared<Sentence>(file->second.find(id)->second);
            } catch (const std::runtime_error& error) {
                throw std::runtime_error("messages/" + tag + ".json: \"" + id +
                                         "\": " + error.what());
            }
            break;
        }
        catalog.sentences_.push_back(found ? found : std::make_shared<Sentence>());
    }
}

const Catalog* Catalogs::match(std::string_view tag) const {
    const auto chain = with_parents(tag);
    for (const std::string& candidate : chain)
        for (const auto& catalog : catalogs_)
            if (catalog->tag_ == candidate) return catalog.get();
    // Portuguese of another country is nearer to pt-BR than English is.
    for (const auto& catalog : catalogs_)
        if (!chain.empty() && with_parents(catalog->tag_).back() == chain.back())
            return catalog.get();
    return nullptr;
}

const Catalog& Catalogs::in(std::string_view tag) const {
    const Catalog* found = match(tag);
    return found ? *found : *catalogs_.front();
}

const Catalog& Catalogs::choose(std::string_view chosen, std::string_view preferred,
                                std::string_view accept_language) const {
    if (const Catalog* found = match(chosen)) return *found;
    if (const Catalog* found = match(preferred)) return *found;
    for (const std::string& tag : accepted_languages(accept_language))
        if (const Catalog* found = match(tag)) return *found;
    return *catalogs_.front();
}

std::vector<const Catalog*> Catalogs::all() const {
    std::vector<const Catalog*> all;
    for (const auto& catalog : catalogs_) all.push_back(catalog.get());
    return all;
}

std::optional<std::size_t> Catalogs::index(std::string_view id) const {
    const auto found = indices_.find(id);
    return found == indices_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace latchkey
