#pragma once

#include "engine/text.h"
#include "web/render/assets.h"
#include "web/render/formats.h"
#include "web/render/sentence.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

/// The words of one language. Complete: what its own file lacks comes from its parent language
/// (pt-BR from pt) or from the default language. Immutable, thread-safe.
class Catalog {
 public:
    Catalog(std::string tag, const std::string& zone);

    const std::string& language() const { return tag_; }
    /// "ltr" or "rtl".
    std::string_view direction() const { return formats_.right_to_left() ? "rtl" : "ltr"; }
    const Formats& formats() const { return formats_; }

    /// Appends a sentence; nothing if the text is empty or no language knows its id.
    void say(std::string& out, const Text& text, Manner manner) const;
    /// The sentence in plain text.
    std::string say(const Text& text) const;

    /// What an administrator wrote, in this language or the nearest one there is; any language
    /// rather than nothing.
    const std::string& pick(const Words& words) const;

    /// Null if no language knows the id. The address stays.
    const Sentence* find(std::string_view id) const;
    /// By Catalogs::index.
    const Sentence& sentence(std::size_t index) const { return *sentences_[index]; }
    /// The ids that this language's own file has.
    const std::set<std::string, std::less<>>& own_ids() const { return own_ids_; }

 private:
    friend class Catalogs;

    std::string tag_;
    std::vector<std::string> fallbacks_;  // the tag, its parents, the default language
    Formats formats_;
    std::vector<std::shared_ptr<const Sentence>> sentences_;  // one for each id, shared
    const std::map<std::string, std::size_t, std::less<>>* indices_ = nullptr;
    std::set<std::string, std::less<>> own_ids_;
};

/// All languages of this installation: templates/messages/<tag>.json and what an overlay folder
/// adds to them or changes in them. Immutable, thread-safe.
class Catalogs {
 public:
    struct Options {
        std::string default_language = "en";
        std::vector<std::string> languages = {};  // empty: every one that there is
        std::string zone = "UTC";                 // in which dates and times are written
    };

    /// Throws std::runtime_error, naming file, id and reason, for a file that is no flat object of
    /// strings, a pattern that cannot be read, and a language or time zone that does not exist.
    Catalogs(const Assets& assets, Options options);
    Catalogs(const Catalogs&) = delete;
    Catalogs& operator=(const Catalogs&) = delete;

    /// The language to answer in (R25.1): what was chosen on the page, else what the account or
    /// session prefers, else what the browser accepts, else the default. Unknown tags are skipped.
    const Catalog& choose(std::string_view chosen, std::string_view preferred,
                          std::string_view accept_language) const;

    /// The nearest language to a tag, or the default: for mail and whatever else has one locale.
    const Catalog& in(std::string_view tag) const;

    /// The nearest language to a tag, or null.
    const Catalog* match(std::string_view tag) const;

    /// By tag, the default language first.
    std::vector<const Catalog*> all() const;

    /// The place of a sentence in every catalog, or nothing if no language has the id.
    std::optional<std::size_t> index(std::string_view id) const;
    const std::map<std::string, std::size_t, std::less<>>& indices() const { return indices_; }

 private:
    using Patterns = std::map<std::string, std::string, std::less<>>;
    static Patterns read(const Assets& assets, const std::string& path);
    void fill(Catalog& catalog, const std::map<std::string, Patterns>& files);

    std::map<std::string, std::size_t, std::less<>> indices_;
    std::vector<std::unique_ptr<Catalog>> catalogs_;
};

}  // namespace latchkey
