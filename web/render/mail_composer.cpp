#include "web/render/mail_composer.h"

#include "engine/prompt.h"
#include "web/render/view.h"

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>

namespace latchkey {
namespace {

constexpr std::string_view kMailFolder = "email/";
constexpr std::string_view kTextPart = ".txt";

std::string subject_id(std::string_view wording) {
    return "mail." + std::string(wording) + ".subject";
}

/// One line, whatever an administrator named the organisation.
std::string one_line(std::string text) {
    std::ranges::replace_if(
        text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
    return text;
}

/// At most one empty line in a row, none at the beginning, one line break at the end.
std::string tidy(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n' && (out.empty() || out.ends_with("\n\n"))) continue;
        out += c;
    }
    while (out.ends_with("\n\n")) out.pop_back();
    return out;
}

std::string url_of(const std::string& public_url, const std::string& path) {
    return public_url + (public_url.ends_with('/') ? "" : "/") + path;
}

/// A text with "{name}" for what is filled in.
std::string filled(std::string_view text, const std::map<std::string, std::string>& values) {
    std::string out;
    while (!text.empty()) {
        const auto begin = std::min(text.find('{'), text.size());
        const auto end = text.find('}', begin);
        out += text.substr(0, begin);
        if (end == text.npos) return out += text.substr(begin);
        const auto value = values.find(std::string(text.substr(begin + 1, end - begin - 1)));
        out += value == values.end() ? text.substr(begin, end + 1 - begin) : value->second;
        text.remove_prefix(end + 1);
    }
    return out;
}

}  // namespace

MailComposer::MailComposer(const Templates& templates, const Catalogs& catalogs,
                           const Branding& branding, std::string public_url,
                           std::function<std::string()> contact)
    : templates_(templates),
      catalogs_(catalogs),
      branding_(branding),
      theme_(theme_of(branding)),
      public_url_(std::move(public_url)),
      contact_(std::move(contact)) {
    for (const std::string& name : templates.names()) {
        if (!name.starts_with(kMailFolder) || name.ends_with(kTextPart)) continue;
        if (!templates.find(name + std::string(kTextPart)))
            throw std::runtime_error("the mail " + name + " has no part in plain text");
        const std::string id = subject_id(std::string_view(name).substr(kMailFolder.size()));
        if (!catalogs.index(id)) throw std::runtime_error("no language has the sentence " + id);
    }
}

Json MailComposer::view(const Message& message, const Catalog& catalog) const {
    Json view = message.data.is_object() ? message.data : Json::object();
    for (const char* name : {"at", "until"})
        if (view.contains(name)) view[name] = instant(from_millis(view[name].get<std::int64_t>()));
    for (const char* name : {"verification", "about"})
        if (view.contains(name)) view[name] = catalog.pick(view[name].get<Words>());
    view["link_url"] =
        view.contains("link")
            ? url_of(public_url_, std::string(kNoticePath) + view["link"].get<std::string>())
            : std::string();
    if (!view.contains("restores")) view["restores"] = false;
    view.update({{"lang", catalog.language()},
                 {"dir", catalog.direction()},
                 {"organisation",
                  branding_.name.empty() ? Json(Text{"organisation", {}}) : Json(branding_.name)},
                 {"footer", branding_.footer},
                 {"accent", theme_.light.accent},
                 {"on_accent", theme_.light.on_accent},
                 {"contact", contact_ ? contact_() : std::string()},
                 {"reference", message.reference}});
    if (view.contains("reminder")) add_reminder(view, message, catalog);
    return view;
}

/// The parts of a reminder (engine/campaign.h), as the standard sentences or an administrator put
/// them.
void MailComposer::add_reminder(Json& view, const Message& message, const Catalog& catalog) const {
    std::string organisation;
    write_leaf(organisation, view["organisation"], Formats::Style::date, Manner::plain, catalog);
    const TimePoint until = from_millis(message.data.at("until").get<std::int64_t>());
    const std::map<std::string, std::string> values{
        {"organisation", organisation},
        {"until", catalog.formats().instant(until, Formats::Style::date)},
        {"about", view["about"].get<std::string>()},
        {"address", public_url_},
        {"contact", view["contact"].get<std::string>()},
        {"name", view["name"].get<std::string>()}};
    for (const auto& [part, words] : message.data.at("reminder").items())
        view[part] = filled(catalog.pick(words.get<Words>()), values);
    view["page_url"] = url_of(public_url_, view["page"].get<std::string>());
}

Composed MailComposer::compose(const Message& message) const {
    const std::string name = std::string(kMailFolder) + message.wording;
    if (message.channel != "email" || !templates_.find(name))
        throw std::runtime_error("there is no template " + message.channel + "/" + message.wording);
    const Catalog& catalog = catalogs_.in(message.locale);
    const Json names = view(message, catalog);
    const std::array<const Json*, 1> roots{&names};
    Json with{{"organisation", names["organisation"]}};
    for (const char* known : {"about", "until"})
        if (names.contains(known)) with[known] = names[known];
    const Json subject{{"id", subject_id(message.wording)}, {"with", std::move(with)}};
    Composed composed;
    write_leaf(composed.subject, subject, Formats::Style::date_time, Manner::plain, catalog);
    composed.subject = one_line(std::move(composed.subject));
    composed.text = tidy(templates_.render(name + std::string(kTextPart), roots, catalog));
    composed.html = templates_.render(name, roots, catalog);
    composed.language = catalog.language();
    return composed;
}

}  // namespace latchkey
