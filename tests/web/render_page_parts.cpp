#include "tests/web/render_page_parts.h"

#include "web/render/html_prompt.h"
#include "web/render/page_views.h"
#include "web/render/view.h"

namespace latchkey::page_parts {

using namespace std::chrono_literals;

Json prompt_view(const Prompt& prompt, const std::vector<Problem>& problems,
                 const RawAnswers& typed) {
    const auto draw = [](std::string_view) {
        return std::string(
            "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' "
            "viewBox='0 0 8 8'%3E%3Cpath d='M1 1h2v2h-2zM5 1h2v2h-2zM1 5h2v2h-2zM4 "
            "4h1v1h-1zM6 6h1v1h-1z'/%3E%3C/svg%3E");
    };
    return html_prompt(prompt, {.problems = problems,
                                .typed = problems.empty() ? nullptr : &typed,
                                .now = kNow,
                                .draw_qr = draw});
}

Json frame(const std::string& here) {
    return {{"now", instant(kNow)},
            {"root", "/"},
            {"csrf", "5mUyC0bJ"},
            {"here", here},
            {"contact", "extension 4400, weekdays 8 to 18"},
            {"reference", ""},
            {"errors", false},
            {"step", false},
            {"time_out", false},
            {"menu", false},
            {"signed_in", false},
            {"demo", false}};
}

Json request_frame(std::int64_t number, bool extendable) {
    Json view = frame("/r/k3v7");
    view["reference"] = "7KQF-M3PD";
    view["process"] = "Reset my password";
    view["step"] = step(number, 4);
    view["time_out"] = {{"ends", instant(kNow + 17min)},
                        {"extend", extendable ? form("/r/k3v7/more-time") : Json(false)}};
    view["cancel"] = form("/r/k3v7/cancel");
    view["attempts_left"] = false;
    view["delivery"] = false;
    view["waiting"] = false;
    view["another_way"] = false;
    return view;
}

Json factors() {
    return {{{"title", "Authenticator app"}, {"enroll", form("/account/begin/authenticator")}}};
}

Json own_frame(const std::string& here) {
    Json view = frame(here);
    view["menu"] = {{"factors", factors()}};
    view["signed_in"] = {{"name", "Amy Lee"},
                         {"account_url", "/account"},
                         {"sign_out", form("/sign-out", {{"from", "account"}})}};
    return view;
}

Json demo() {
    return {{"mailbox_url", "/demo/mailbox"},
            {"accounts",
             {{{"user_name", "amy.lee"},
               {"password", "harbor-lantern-42"},
               {"role", Text{"demo.user", {}}}},
              {{"user_name", "omar.diaz"},
               {"password", "violet-compass-17"},
               {"role", Text{"demo.administrator", {}}}},
              {{"user_name", "ines.roth"},
               {"password", "copper-meadow-88"},
               {"role", Text{"demo.agent", {}}}}}}};
}

Json with(Json view, const Json& more) {
    view.update(more);
    return view;
}

Prompt code_prompt() {
    return {.title = {"email_code.enter.title", {}},
            .notices = {{{"email_code.enter.sent", {{"to", "a••••@e••••.org"}}}}},
            .fields = {{.key = "code",
                        .kind = FieldKind::digits,
                        .label = {"email_code.enter.code", {}},
                        .min_length = 6,
                        .max_length = 6,
                        .autofill = "one-time-code"}},
            .actions = {{"resend", {"email_code.enter.resend", {}}, kNow + 2min}},
            .expires_at = kNow + 10min};
}

Prompt address_prompt() {
    return {.title = {"email_code.add.title", {}},
            .fields = {{.key = "address",
                        .label = {"email_code.add.address", {}},
                        .hint = {"email_code.add.address_hint", {}},
                        .autofill = "email"},
                       {.key = "name",
                        .label = {"email_code.add.name", {}},
                        .hint = {"email_code.add.name_hint", {}},
                        .required = false}},
            .submit = {"email_code.add.submit", {}}};
}

Prompt every_field() {
    std::vector<Choice> few{{"a", {"identify.label.email", {}}},
                            {"b", {"identify.label.phone", {}}}};
    std::vector<Choice> many;
    for (int i = 0; i < 9; ++i)
        many.push_back({std::to_string(i),
                        {"page.step", {{"number", i + std::int64_t{1}}, {"of", std::int64_t{9}}}}});
    return {
        .title = {"password.title", {}},
        .notices = {{{"email_code.enter.sent", {{"to", "a••••@e••••.org"}}}, "otpauth://totp/x"},
                    {.text = {"email_code.add.name", {}},
                     .verbatim = "7kqf-m3pd\n9x2a-wq4t",
                     .file = "codes.txt"}},
        .fields = {{.key = "text", .label = {"fact.given_name", {}}},
                   {.key = "secret",
                    .kind = FieldKind::secret,
                    .label = {"sign_in.password", {}},
                    .hint = {"email_code.add.address_hint", {}},
                    .required = false},
                   {.key = "pin",
                    .kind = FieldKind::digits,
                    .label = {"fact.employee_number", {}},
                    .required = false,
                    .autofill = "current-password"},
                   {.key = "day",
                    .kind = FieldKind::date,
                    .label = {"problem.not_a_date", {}},
                    .hint = {"email_code.add.name_hint", {}},
                    .required = false},
                   {.key = "few",
                    .kind = FieldKind::choice,
                    .label = {"field.choose", {}},
                    .required = false,
                    .choices = few,
                    .value = "b"},
                   {.key = "many",
                    .kind = FieldKind::choice,
                    .label = {"page.languages", {}},
                    .required = false,
                    .choices = many,
                    .value = "3"},
                   {.key = "flag",
                    .kind = FieldKind::flag,
                    .label = {"setting.must_change", {}},
                    .hint = {"setting.must_change.help", {}},
                    .required = false,
                    .value = "true"}},
        .lasts = 10min};
}

std::vector<Problem> problem_everywhere(const Prompt& prompt) {
    std::vector<Problem> problems{{"", "wrong_answer", {"problem.wrong_answer", {}}}};
    for (const Field& field : prompt.fields)
        problems.push_back({field.key, "required", {"problem.required", {}}});
    return problems;
}

}  // namespace latchkey::page_parts
