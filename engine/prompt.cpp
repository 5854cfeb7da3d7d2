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

void write_instant(Json& json, const char* key, const std::optional<TimePoint>& at) {
    if (at) json[key] = millis(*at);
}

std::optional<std::int64_t> number_in(const Json& json, const char* key) {
    const auto found = json.find(key);
    if (found == json.end() || found->is_null()) return {};
    return found->get<std::int64_t>();
}

std::optional<TimePoint> instant_in(const Json& json, const char* key) {
    const auto number = number_in(json, key);
    return number ? std::optional(from_millis(*number)) : std::nullopt;
}

}  // namespace

void to_json(Json& json, const Text& text) {
    json = Json::object();
    json["id"] = text.id;
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
    const Field usual;
    json = Json::object();
    write_member(json, "key", field.key);
    write_member(json, "kind", static_cast<int>(field.kind));
    write_member(json, "label", field.label);
    write_member(json, "hint", field.hint);
    write_member(json, "spoken", field.spoken);
    write_member(json, "min", field.min_length, usual.min_length);
    write_member(json, "max", field.max_length, usual.max_length);
    write_member(json, "required", field.required, usual.required);
    write_member(json, "autofill", field.autofill);
    write_member(json, "choices", field.choices);
    write_member(json, "value", field.value);
}

static void from_json(const Json& json, Field& field) {
    const Field usual;
    field = {.key = json.value("key", ""),
             .kind = static_cast<FieldKind>(json.value("kind", 0)),
             .label = json.value("label", Text{}),
             .hint = json.value("hint", Text{}),
             .spoken = json.value("spoken", Text{}),
             .min_length = json.value("min", usual.min_length),
             .max_length = json.value("max", usual.max_length),
             .required = json.value("required", usual.required),
             .autofill = json.value("autofill", ""),
             .choices = json.value("choices", std::vector<Choice>{}),
             .value = json.value("value", "")};
}

static void to_json(Json& json, const Notice& notice) {
    json = Json::object();
    write_member(json, "text", notice.text);
    write_member(json, "qr", notice.qr_payload);
    write_member(json, "verbatim", notice.verbatim);
    write_member(json, "file", notice.file);
}

static void from_json(const Json& json, Notice& notice) {
    notice = {.text = json.value("text", Text{}),
              .qr_payload = json.value("qr", ""),
              .verbatim = json.value("verbatim", ""),
              .file = json.value("file", "")};
}

static void to_json(Json& json, const Action& action) {
    json = Json::object();
    write_member(json, "key", action.key);
    write_member(json, "label", action.label);
    write_instant(json, "available_at", action.available_at);
}

static void from_json(const Json& json, Action& action) {
    action = {json.value("key", ""), json.value("label", Text{}), instant_in(json, "available_at")};
}

void to_json(Json& json, const Prompt& prompt) {
    json = {{"title", prompt.title}};
    write_member(json, "notices", prompt.notices);
    write_member(json, "fields", prompt.fields);
    write_member(json, "submit", prompt.submit);
    write_member(json, "actions", prompt.actions);
    write_instant(json, "expires_at", prompt.expires_at);
    if (prompt.lasts) json["lasts"] = prompt.lasts->count();
}

void from_json(const Json& json, Prompt& prompt) {
    prompt = {.title = json.at("title").get<Text>(),
              .notices = json.value("notices", std::vector<Notice>{}),
              .fields = json.value("fields", std::vector<Field>{}),
              .submit = json.value("submit", Text{}),
              .actions = json.value("actions", std::vector<Action>{}),
              .expires_at = instant_in(json, "expires_at")};
    if (const auto lasts = number_in(json, "lasts")) prompt.lasts = Milliseconds{*lasts};
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
