#include "web/render/view.h"

#include <array>

namespace latchkey {
namespace {

/// What a leaf that is an object stands for.
const std::string* sentence_id(const Json& leaf) {
    const auto id = leaf.find("id");
    return id != leaf.end() && id->is_string() ? id->get_ptr<const std::string*>() : nullptr;
}

std::optional<std::int64_t> member(const Json& leaf, const char* name) {
    const auto found = leaf.find(name);
    if (found == leaf.end() || !found->is_number_integer()) return {};
    return found->get<std::int64_t>();
}

/// What an administrator wrote, in several languages; null if the leaf is something else.
const Json* words(const Json& leaf) {
    const auto found = leaf.find("words");
    return found != leaf.end() && found->is_object() ? &*found : nullptr;
}

class JsonArguments final : public ViewArguments {
 public:
    JsonArguments(const Json& with, const Catalog& catalog) : ViewArguments(catalog), with_(with) {}

 private:
    const Json* find(std::string_view name) const override {
        if (!with_.is_object()) return nullptr;
        const auto found = with_.find(name);
        return found == with_.end() ? nullptr : &*found;
    }

    const Json& with_;
};

}  // namespace

Json instant(TimePoint at) {
    Json json;
    json["at"] = millis(at);
    return json;
}

Json instant(const std::optional<TimePoint>& at) {
    return at ? instant(*at) : Json(false);
}

Json duration(Milliseconds length) {
    return {{"lasts", length.count()}};
}

bool shown(const Json& value) {
    switch (value.type()) {
        case Json::value_t::null:
        case Json::value_t::discarded:
            return false;
        case Json::value_t::boolean:
            return value.get<bool>();
        case Json::value_t::string:
            return !value.get_ref<const std::string&>().empty();
        case Json::value_t::object: {
            const std::string* id = sentence_id(value);
            return !value.empty() && !(id && id->empty());
        }
        case Json::value_t::array:
            return !value.empty();
        default:
            return true;
    }
}

void write_string(std::string& out, std::string_view text, Manner manner, const Catalog& catalog) {
    const bool isolate = manner == Manner::content && catalog.formats().right_to_left();
    if (isolate) out += "<bdi>";
    append_words(out, text, manner);
    if (isolate) out += "</bdi>";
}

void write_instant(std::string& out, TimePoint at, Formats::Style style, Manner manner,
                   const Catalog& catalog) {
    const std::string words = catalog.formats().instant(at, style);
    if (manner != Manner::content) return append_words(out, words, manner);
    constexpr std::array kStyles{"time", "date", "date_time", "exact"};
    out += "<time datetime=\"" + rfc3339(at) + "\" data-as=\"" +
           kStyles[static_cast<std::size_t>(style)] + "\" title=\"";
    append_escaped(out, catalog.formats().instant(at, Formats::Style::exact));
    out += "\">";
    append_escaped(out, words);
    out += "</time>";
}

bool is_leaf(const Json& value) {
    if (!value.is_object() || value.empty() || value.size() > 2) return false;
    if (value.size() == 2) return sentence_id(value) && value.contains("with");
    return sentence_id(value) || words(value) || member(value, "at") || member(value, "lasts");
}

bool write_bare(std::string& out, const Json& value) {
    if (value.is_number_integer())
        out += value.dump();
    else if (const auto at = value.is_object() ? member(value, "at") : std::nullopt)
        out += rfc3339(from_millis(*at));
    else
        return false;
    return true;
}

void write_leaf(std::string& out, const Json& leaf, Formats::Style style, Manner manner,
                const Catalog& catalog) {
    switch (leaf.type()) {
        case Json::value_t::string:
            return write_string(out, leaf.get_ref<const std::string&>(), manner, catalog);
        case Json::value_t::number_integer:
        case Json::value_t::number_unsigned:
            return append_words(out, catalog.formats().number(leaf.get<std::int64_t>()), manner);
        case Json::value_t::number_float:
        case Json::value_t::boolean:
            out += leaf.dump();
            return;
        case Json::value_t::object:
            break;
        default:
            return;
    }
    if (const std::string* id = sentence_id(leaf)) {
        static const Json kNone = Json::object();
        const auto with = leaf.find("with");
        if (const Sentence* sentence = catalog.find(*id))
            sentence->write(out, JsonArguments(with == leaf.end() ? kNone : *with, catalog),
                            catalog.formats(), manner);
    } else if (const auto at = member(leaf, "at")) {
        write_instant(out, from_millis(*at), style, manner, catalog);
    } else if (const auto length = member(leaf, "lasts")) {
        append_words(out, catalog.formats().duration(Milliseconds{*length}), manner);
    } else if (const Json* written = words(leaf)) {
        write_string(out, catalog.pick(written->get<Words>()), manner, catalog);
    }
}

bool ViewArguments::write(std::string& out, std::string_view name, Formats::Style style,
                          Manner manner) const {
    const Json* value = find(name);
    if (!value) return false;
    if (value->is_number_integer())
        append_words(out, catalog_.formats().number(value->get<std::int64_t>()), manner);
    else
        write_leaf(out, *value, style, manner, catalog_);
    return true;
}

std::optional<std::int64_t> ViewArguments::number(std::string_view name) const {
    const Json* value = find(name);
    return value && value->is_number_integer() ? std::optional(value->get<std::int64_t>())
                                               : std::nullopt;
}

std::string ViewArguments::word(std::string_view name) const {
    const Json* value = find(name);
    return value && value->is_string() ? value->get<std::string>() : std::string();
}

}  // namespace latchkey
