#include "web/render/html_prompt.h"

#include "web/render/view.h"

#include <algorithm>
#include <array>

namespace latchkey {
namespace {

/// Above this a choice is a select instead of a list to tap on.
constexpr std::size_t kMostToTap = 7;

/// How each kind is shown. `echoed`: what was typed comes back after a mistake.
struct Row {
    FieldKind kind;
    std::string_view partial;  // templates/fields/<partial>.mustache
    std::string_view type;     // of the input element
    bool echoed;
};
constexpr std::array kRows{
    Row{FieldKind::text, "text", "text", true},
    Row{FieldKind::secret, "secret", "password", false},
    Row{FieldKind::digits, "digits", "text", false},
    Row{FieldKind::date, "date", "date", true},
    Row{FieldKind::choice, "choice", "", true},
    Row{FieldKind::flag, "flag", "checkbox", true},
};
static_assert([] {
    for (std::size_t i = 0; i < kRows.size(); ++i)
        if (kRows[i].kind != static_cast<FieldKind>(i)) return false;
    return kRows.size() == static_cast<std::size_t>(FieldKind::flag) + 1;
}());

const Row& row_of(const Field& field) {
    return kRows.at(static_cast<std::size_t>(field.kind));
}

std::string id_of(const Field& field) {
    return "f-" + field.key;
}

std::string type_of(const Field& field) {
    if (is_masked(field)) return "password";
    if (field.kind == FieldKind::text && (field.autofill == "email" || field.autofill == "tel"))
        return field.autofill;
    return std::string(row_of(field).type);
}

/// What stands in the field: what was typed, else what the prompt put there.
std::string value_of(const Field& field, const RawAnswers* typed) {
    if (!row_of(field).echoed) return {};
    if (!typed) return field.value;
    const auto found = typed->find(field.key);
    return found == typed->end() ? std::string() : found->second;
}

Json sentence_or_false(const Text& text) {
    return text.empty() ? Json(false) : Json(text);
}

Json choices_of(const Field& field, const std::string& value) {
    Json choices = Json::array();
    for (const Choice& choice : field.choices) {
        Json& json = choices.emplace_back();
        json["value"] = choice.value;
        json["option"] = choice.label;
        json["chosen"] = choice.value == value;
    }
    return choices;
}

Json field_json(const Field& field, const PromptState& state) {
    const auto problem = std::ranges::find(state.problems, field.key, &Problem::pointer);
    const bool wrong = problem != state.problems.end();
    const std::string id = id_of(field);
    std::string described;
    if (!field.hint.empty()) described = id + "-hint";
    if (wrong) described += (described.empty() ? "" : " ") + id + "-error";

    const std::string value = value_of(field, state.typed);
    Json kind;
    Json& shown = kind[std::string(row_of(field).partial)];
    shown["key"] = field.key;
    shown["field_id"] = id;
    shown["type"] = type_of(field);
    shown["label"] = field.label;
    shown["hint"] = sentence_or_false(field.hint);
    shown["error"] = wrong ? Json(problem->text) : Json(false);
    shown["described"] = described;
    shown["required"] = field.required;
    shown["autocomplete"] = field.autofill.empty() ? "off" : field.autofill;
    shown["value"] = value;
    shown["chosen"] = field.kind == FieldKind::flag && !value.empty() && value != "false";
    shown["many"] = field.choices.size() > kMostToTap;
    shown["choices"] = choices_of(field, value);
    return kind;
}

/// One line for each problem; those of a field lead to it.
Json errors_json(const Prompt& prompt, std::span<const Problem> problems) {
    if (problems.empty()) return false;
    Json list = Json::array();
    for (const Problem& problem : problems) {
        const auto field = std::ranges::find(prompt.fields, problem.pointer, &Field::key);
        const bool found = field != prompt.fields.end();
        // With a single field everybody knows which one is meant.
        const bool named = found && prompt.fields.size() > 1;
        list.push_back({{"text", problem.text},
                        {"label", named ? Json(field->label) : Json(false)},
                        {"field", found ? id_of(*field) : std::string()}});
    }
    return {{"list", std::move(list)}};
}

/// For a data: address.
std::string percent_encoded(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
    return out;
}

Json actions_json(const Prompt& prompt, TimePoint now) {
    Json actions = Json::array();
    for (const Action& action : prompt.actions) {
        const bool waits = action.available_at && *action.available_at > now;
        Json& json = actions.emplace_back();
        json["key"] = action.key;
        json["label"] = action.label;
        json["available_at"] = waits ? instant(*action.available_at) : Json(false);
    }
    return actions;
}

}  // namespace

bool is_masked(const Field& field) {
    return field.kind == FieldKind::digits && field.autofill.ends_with("-password");
}

Json html_prompt(const Prompt& prompt, const PromptState& state) {
    Json notices = Json::array();
    bool to_scan = false;
    for (const Notice& notice : prompt.notices) {
        const bool drawn = !notice.qr_payload.empty() && state.draw_qr;
        const std::string lines = percent_encoded(notice.verbatim);
        const std::string id = "n-" + std::to_string(notices.size());
        Json& json = notices.emplace_back();
        json["text"] = sentence_or_false(notice.text);
        json["qr"] = drawn ? state.draw_qr(notice.qr_payload) : std::string();
        json["qr_url"] = drawn ? notice.qr_payload : std::string();
        json["verbatim"] = notice.verbatim;
        json["verbatim_id"] = id;
        json["file"] = notice.file;
        json["file_url"] = notice.file.empty() ? "" : "data:text/plain;charset=utf-8," + lines;
        to_scan = to_scan || !notice.qr_payload.empty();
    }
    Json fields = Json::array();
    for (const Field& field : prompt.fields) fields.push_back(field_json(field, state));
    Json view;
    view["title"] = prompt.title;
    view["notices"] = std::move(notices);
    view["fields"] = std::move(fields);
    view["submit"] = prompt.submit.empty() ? Text{"prompt.continue", {}} : prompt.submit;
    view["actions"] = actions_json(prompt, state.now);
    view["expires_at"] = instant(prompt.expires_at);
    view["to_scan"] = to_scan;
    view["lasts"] = prompt.lasts ? duration(*prompt.lasts) : Json(false);
    view["errors"] = errors_json(prompt, state.problems);
    return view;
}

}  // namespace latchkey
