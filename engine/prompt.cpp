#include "engine/prompt.h"

namespace latchkey {
namespace {

Json argument_json(const Argument& argument) {
    if (const auto* instant = std::get_if<TimePoint>(&argument)) return {{"at", millis(*instant)}};
    if (const auto* number = std::get_if<std::int64_t>(&argument)) return *number;
    if (const auto* words = std::get_if<Words>(&argument)) return {{"words", *words}};
    return std::get<std::string>(argument);
}

Argument argument_from(const Json& json) {
    if (json.is_object() && json.contains("words")) return json.at("words").get<Words>();
    if (json.is_object()) return from_millis(json.at("at").get<std::int64_t>());
    if (json.is_number_integer()) return json.get<std::int64_t>();
    return json.get<std::string>();
}

Json instant_json(const std::optional<TimePoint>& at) {
    return at ? Json(millis(*at)) : Json();
}

std::optional<TimePoint> instant_from(const Json& json) {
    if (json.is_null()) return {};
    return from_millis(json.get<std::int64_t>());
}

}  // namespace

void to_json(Json& json, const Text& text) {
    json = {{"id", text.id}};
    for (const auto& [name, argument] : text.arguments)
        json["with"][name] = argument_json(argument);
}

void from_json(const Json& json, Text& text) {
    text = {.id = json.at("id").get<std::string>(), .arguments = {}};
    if (const auto with = json.find("with"); with != json.end())
        for (const auto& [name, argument] : with->items())
            text.arguments[name] = argument_from(argument);
}

static void to_json(Json& json, const Choice& choice) {
    json = {{"value", choice.value}, {"label", choice.label}};
}

static void from_json(const Json& json, Choice& choice) {
    choice = {json.at("value").get<std::string>(), json.at("label").get<Text>()};
}

static void to_json(Json& json, const Field& field) {
    json = {{"key", field.key},           {"kind", static_cast<int>(field.kind)},
            {"label", field.label},       {"hint", field.hint},
            {"spoken", field.spoken},     {"min", field.min_length},
            {"max", field.max_length},    {"required", field.required},
            {"autofill", field.autofill}, {"choices", field.choices},
            {"value", field.value}};
}

static void from_json(const Json& json, Field& field) {
    field = {.key = json.at("key").get<std::string>(),
             .kind = static_cast<FieldKind>(json.at("kind").get<int>()),
             .label = json.at("label").get<Text>(),
             .hint = json.at("hint").get<Text>(),
             .spoken = json.at("spoken").get<Text>(),
             .min_length = json.at("min").get<std::size_t>(),
             .max_length = json.at("max").get<std::size_t>(),
             .required = json.at("required").get<bool>(),
             .autofill = json.at("autofill").get<std::string>(),
             .choices = json.at("choices").get<std::vector<Choice>>(),
             .value = json.at("value").get<std::string>()};
}

static void to_json(Json& json, const Notice& notice) {
    json = {{"text", notice.text},
            {"qr", notice.qr_payload},
            {"verbatim", notice.verbatim},
            {"file", notice.file}};
}

static void from_json(const Json& json, Notice& notice) {
    notice = {.text = json.at("text").get<Text>(),
              .qr_payload = json.at("qr").get<std::string>(),
              .verbatim = json.value("verbatim", ""),
              .file = json.value("file", "")};
}

static void to_json(Json& json, const Action& action) {
    json = {{"key", action.key},
            {"label", action.label},
            {"available_at", instant_json(action.available_at)}};
}

static void from_json(const Json& json, Action& action) {
    action = {json.at("key").get<std::string>(), json.at("label").get<Text>(),
              instant_from(json.at("available_at"))};
}

void to_json(Json& json, const Prompt& prompt) {
    json = {{"title", prompt.title},
            {"notices", prompt.notices},
            {"fields", prompt.fields},
            {"submit", prompt.submit},
            {"actions", prompt.actions},
            {"expires_at", instant_json(prompt.expires_at)},
            {"lasts", prompt.lasts ? Json(prompt.lasts->count()) : Json()}};
}

void from_json(const Json& json, Prompt& prompt) {
    prompt = {.title = json.at("title").get<Text>(),
              .notices = json.at("notices").get<std::vector<Notice>>(),
              .fields = json.at("fields").get<std::vector<Field>>(),
              .submit = json.at("submit").get<Text>(),
              .actions = json.at("actions").get<std::vector<Action>>(),
              .expires_at = instant_from(json.at("expires_at"))};
    if (const Json& lasts = json.at("lasts"); !lasts.is_null())
        prompt.lasts = Milliseconds{lasts.get<std::int64_t>()};
}

void to_json(Json& json, const Problem& problem) {
    json = {{"pointer", problem.pointer}, {"code", problem.code}, {"text", problem.text}};
}

void from_json(const Json& json, Problem& problem) {
    problem = {json.at("pointer").get<std::string>(), json.at("code").get<std::string>(),
               json.at("text").get<Text>()};
}

std::optional<TimePoint> not_before(const Prompt& prompt, std::string_view action) {
    const auto found = std::ranges::find(prompt.actions, action, &Action::key);
    return found == prompt.actions.end() ? std::nullopt : found->available_at;
}

}  // namespace latchkey
