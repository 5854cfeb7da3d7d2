#include "web/render/page_views.h"

#include "engine/password_policy.h"
#include "web/http/problems.h"
#include "web/render/view.h"

#include <algorithm>
#include <array>
#include <utility>

namespace latchkey {
namespace {

constexpr std::size_t kLongestIdentifier = 256;  // code points, as canonical_identifier allows

/// What the one field of the first page is called. Attributes without words of their own share one
/// label.
Text identifier_label(std::span<const std::string> identify_by) {
    constexpr std::array<std::string_view, 4> kKnown{"user_name", "email", "phone",
                                                     "employee_number"};
    const auto takes = [&](std::string_view kind) {
        return std::ranges::find(identify_by, kind) != identify_by.end();
    };
    if (identify_by.size() == 2 && takes("user_name") && takes("email"))
        return {"identify.label.user_name_or_email", {}};
    if (identify_by.size() == 1 && std::ranges::find(kKnown, identify_by[0]) != kKnown.end())
        return {"identify.label." + identify_by[0], {}};
    return {"identify.label.other", {}};
}

std::string autofill_of(std::span<const std::string> identify_by) {
    if (identify_by.size() == 1 && identify_by[0] == "email") return "email";
    if (identify_by.size() == 1 && identify_by[0] == "phone") return "tel";
    return "username";
}

}  // namespace

Json form(std::string_view action, const std::map<std::string, std::string>& hidden) {
    Json inputs = Json::array();
    for (const auto& [name, value] : hidden) {
        Json& input = inputs.emplace_back();
        input["name"] = name;
        input["value"] = value;
    }
    Json form;
    form["action"] = action;
    form["hidden"] = std::move(inputs);
    return form;
}

Json step(std::int64_t number, std::int64_t of) {
    Json marks = Json::array();
    for (std::int64_t i = 1; i <= of; ++i)
        marks.emplace_back()["state"] = i < number ? "done" : i == number ? "here" : "ahead";
    Json step;
    step["number"] = number;
    step["of"] = of;
    step["marks"] = std::move(marks);
    return step;
}

Json delivery_view(const Delivery& delivery) {
    if (delivery.state == Delivery::State::none) return false;
    const auto in = [&](Delivery::State state) {
        return delivery.state == state ? instant(delivery.at) : Json(false);
    };
    return {{"queued", in(Delivery::State::queued)},
            {"accepted", in(Delivery::State::accepted)},
            {"delayed", in(Delivery::State::delayed)},
            {"refused", in(Delivery::State::refused)}};
}

Prompt prompt_at(Prompt prompt, const Delivery& delivery) {
    if (prompt.lasts && delivery.state == Delivery::State::accepted)
        prompt.expires_at = delivery.at + *std::exchange(prompt.lasts, {});
    return prompt;
}

Json rules_view(std::span<const Text> rules) {
    Json list = Json::array();
    for (const Text& rule : rules) {
        const auto least = rule.arguments.find("least");
        const auto* value =
            least == rule.arguments.end() ? nullptr : std::get_if<std::int64_t>(&least->second);
        list.push_back({{"name", rule.id.substr(rule.id.rfind('.') + 1)},
                        {"value", value ? *value : 0},
                        {"rule", rule}});
    }
    return list;
}

Json refusal_view(std::string_view name, std::optional<TimePoint> until) {
    const std::string id = "error." + std::string(name);
    return {{"title", Text{id + ".title", {}}},
            {"body", Text{id + ".body", {}}},
            {"until", instant(until)}};
}

Problem problem_of(const Error& error) {
    const std::string code(http::problem_row(error.code).name);
    return {"", code, {"error." + code + ".body", {}}};
}

Prompt identifier_prompt(std::span<const std::string> identify_by) {
    return {.title = {"identify.title", {}},
            .fields = {{.key = "identifier",
                        .label = identifier_label(identify_by),
                        .max_length = kLongestIdentifier,
                        .autofill = autofill_of(identify_by)}}};
}

Prompt password_prompt() {
    return {.title = {"password.title", {}},
            .fields = {{.key = "password",
                        .kind = FieldKind::secret,
                        .label = {"password.label", {}},
                        .max_length = kLongestPassword,
                        .autofill = "new-password"}},
            .submit = {"password.submit", {}}};
}

Prompt sign_in_prompt() {
    return {.title = {"sign_in.title", {}},
            .notices = {{{"sign_in.lead", {}}}},
            .fields = {{.key = "user_name",
                        .label = {"identify.label.user_name", {}},
                        .max_length = kLongestIdentifier,
                        .autofill = "username"},
                       {.key = "password",
                        .kind = FieldKind::secret,
                        .label = {"sign_in.password", {}},
                        .max_length = kLongestPassword,
                        .autofill = "current-password"}},
            .submit = {"sign_in.submit", {}}};
}

Prompt confirm_password_prompt() {
    Prompt prompt = sign_in_prompt();
    prompt.title = {"sign_in.again", {}};
    prompt.notices = {{{"sign_in.again_why", {}}}};
    prompt.fields.erase(prompt.fields.begin());
    prompt.submit = {};
    return prompt;
}

}  // namespace latchkey
