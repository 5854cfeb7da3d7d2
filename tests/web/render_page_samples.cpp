#include "tests/web/render_page_samples.h"

#include "engine/password_policy.h"
#include "engine/process.h"
#include "engine/prompt.h"
#include "engine/settings.h"
#include "tests/web/render_page_parts.h"
#include "web/render/html_prompt.h"
#include "web/render/page_views.h"
#include "web/render/view.h"

#include <chrono>

namespace latchkey {
namespace {
using namespace page_parts;
using namespace std::chrono_literals;

void starting_pages(std::vector<PageSample>& samples) {
    const Json home = {{"processes",
                        {{{"title", "Reset my password"},
                          {"description", "You have forgotten it, or it no longer works."},
                          {"url", "/p/reset"}},
                         {{"title", "Unlock my account"},
                          {"description", "You know your password, but may not sign in."},
                          {"url", "/p/unlock"}},
                         {{"title", "Prove to the service desk that it is me"},
                          {"description", ""},
                          {"url", "/p/verify"}}}},
                       {"sign_in_url", "/sign-in"},
                       {"message_url", "/message"}};
    samples.push_back({"home", "", with(frame("/"), home)});
    samples.push_back({"home", "demo", with(with(frame("/"), home), {{"demo", demo()}})});
    samples.push_back({"home", "empty",
                       with(frame("/"), {{"processes", Json::array()},
                                         {"sign_in_url", "/sign-in"},
                                         {"message_url", "/message"}})});

    const std::vector<std::string> by{"user_name", "email"};
    Json identify =
        with(frame("/p/reset"), {{"process", "Reset my password"},
                                 {"description", "You get a new password in about three minutes."},
                                 {"step", step(1, 4)},
                                 {"attempts_left", false},
                                 {"form", form("/p/reset", {{"nonce", "9ab2"}})}});
    samples.push_back({"identify", "", with(identify, prompt_view(identifier_prompt(by)))});
    identify["description"] = "";
    samples.push_back(
        {"identify", "errors",
         with(identify,
              prompt_view(identifier_prompt(by),
                          {{"identifier", "bad_identifier", {"problem.bad_identifier", {}}}},
                          {{"identifier", "amy lee@@example.org"}}))});

    Json sign_in = with(frame("/sign-in"),
                        {{"form", form("/sign-in")}, {"help_url", "/"}, {"attempts_left", false}});
    samples.push_back({"sign_in", "", with(sign_in, prompt_view(sign_in_prompt()))});
    samples.push_back({"sign_in", "again", with(sign_in, prompt_view(confirm_password_prompt()))});
    samples.push_back(
        {"sign_in", "errors",
         with(sign_in, prompt_view(sign_in_prompt(),
                                   {{"", "wrong_credentials", {"problem.wrong_credentials", {}}}},
                                   {{"user_name", "amy.lee"}, {"password", "hunter2"}}))});
}

Json option(const std::string& to, const std::string& note) {
    return {{"label", Text{"email_code.choose", {{"to", to}}}},
            {"note", note},
            {"form", form("/r/k3v7/choose", {{"verification", "email-code"}, {"destination", to}})},
            {"blocked_until", false}};
}

void request_pages(std::vector<PageSample>& samples) {
    Json blocked = option("", "");
    blocked["label"] = Text{"email_code.name", {}};
    blocked["form"] = false;
    blocked["blocked_until"] = instant(kNow + 15min);
    const Json options = {option("a••••@e••••.org", "Your address at work"),
                          option("a••••@g••••.com", ""), blocked};
    const Json choose = with(request_frame(2), {{"proofs_missing", 2},
                                                {"proofs_done", 0},
                                                {"ways", 3},
                                                {"stronger", false},
                                                {"older", false},
                                                {"too_new", false},
                                                {"failed", Json::array()},
                                                {"options", options}});
    samples.push_back({"choose", "", choose});
    samples.push_back({"choose", "stronger",
                       with(choose, {{"proofs_missing", 1},
                                     {"proofs_done", 1},
                                     {"ways", 1},
                                     {"stronger", true},
                                     {"failed", Json::array({{{"title", "Soft PIN"}}})},
                                     {"options", Json::array({options.at(0)})}})});
    samples.push_back({"choose", "nothing",
                       with(choose, {{"proofs_missing", 1},
                                     {"proofs_done", 1},
                                     {"ways", 0},
                                     {"too_new", duration(72h)},
                                     {"options", Json::array()}})});

    Json verify = with(request_frame(2), {{"form", form("/r/k3v7/reply", {{"expected", "0"}})},
                                          {"attempts_left", 3},
                                          {"another_way", form("/r/k3v7/another-way")}});
    const auto sent = [&](Delivery::State state) {
        return Json{{"delivery", delivery_view({state, kNow + 3s, {}})}};
    };
    samples.push_back(
        {"verify", "",
         with(with(verify, prompt_view(code_prompt())), sent(Delivery::State::accepted))});
    Prompt fresh = code_prompt();
    fresh.expires_at = {};
    fresh.lasts = 10min;
    samples.push_back({"verify", "queued",
                       with(with(verify, prompt_view(fresh)), sent(Delivery::State::queued))});
    samples.push_back({"verify", "delayed",
                       with(with(verify, prompt_view(fresh)), sent(Delivery::State::delayed))});
    verify["attempts_left"] = 1;
    samples.push_back(
        {"verify", "errors",
         with(with(verify, prompt_view(code_prompt(),
                                       {{"code", "wrong_answer", {"problem.wrong_code", {}}}},
                                       {{"code", "123456"}})),
              sent(Delivery::State::refused))});
    Json waiting = with(verify, prompt_view({.title = {"choose.title", {}}}));
    waiting["waiting"] = true;
    waiting["form"] = false;
    samples.push_back({"verify", "waiting", waiting});
    samples.push_back({"verify", "every_field", with(verify, prompt_view(every_field()))});
    samples.push_back({"verify", "every_error",
                       with(verify, prompt_view(every_field(), problem_everywhere(every_field()),
                                                {{"text", "Amy"}, {"few", "a"}}))});

    const auto settings = [] {
        std::vector<Problem> none;
        return checked_settings(process_password_settings(), Json::object(), "", none);
    }();
    Json password =
        with(request_frame(4, false), {{"user_name", "amy.lee"},
                                       {"rules", rules_view(PasswordPolicy::rules(settings))},
                                       {"form", form("/r/k3v7/password")}});
    samples.push_back({"password", "", with(password, prompt_view(password_prompt()))});
    samples.push_back(
        {"password", "errors",
         with(password,
              prompt_view(password_prompt(),
                          {{"password",
                            "password_too_short",
                            {"problem.password_too_short", {{"least", std::int64_t{15}}}}},
                           {"password", "password_common", {"problem.password_common", {}}}},
                          {{"password", "hunter2"}}))});

    Json act = with(request_frame(3), {{"form", form("/r/k3v7/act")}});
    samples.push_back(
        {"act", "unlock", with(act, {{"unlock", true}, {"process", "Unlock my account"}})});
    samples.push_back(
        {"act", "verify", with(act, {{"unlock", false}, {"process", "Prove that it is me"}})});
}

void closing_pages(std::vector<PageSample>& samples) {
    Json done = frame("/r/k3v7");
    done["reference"] = "7KQF-M3PD";
    done["process"] = "Reset my password";
    done.update({{"changed", true},
                 {"unlocked", true},
                 {"must_change", true},
                 {"sign_in_url", "https://portal.example.org/"}});
    samples.push_back({"done", "", done});
    done.update({{"changed", false}, {"must_change", false}, {"sign_in_url", ""}});
    samples.push_back({"done", "unlocked", done});
    done["unlocked"] = false;
    samples.push_back({"done", "verified", done});

    for (const std::string name :
         {"request_expired", "request_closed", "request_locked", "request_cancelled", "blocked",
          "rate_limited", "not_found", "unknown_process", "unknown_request", "form_expired",
          "foreign_form", "notice_link_over", "bad_form", "busy", "outage", "internal",
          "forbidden"}) {
        const bool waits = name == "blocked" || name == "rate_limited";
        Json view =
            with(frame(""), refusal_view(name, waits ? std::optional(kNow + 15min) : std::nullopt));
        const bool again = name == "request_expired" || name == "bad_form";
        view["start"] = again ? form("/p/reset", {{"identifier", "amy.lee"}}) : Json(false);
        view["start_url"] = again ? "" : "/";
        if (name.starts_with("request_")) view["reference"] = "7KQF-M3PD";
        samples.push_back({"refusal", name, view});
    }

    Json message =
        with(frame("/message"),
             {{"action", "/message"}, {"reference", ""}, {"known", false}, {"unknown", false}});
    samples.push_back({"message", "", message});
    message["reference"] = "7KQF-M3PD";
    samples.push_back({"message", "unknown", with(message, {{"unknown", true}})});
    const Json known{{"at", instant(kNow)},
                     {"why", Text{"about.code.why", {}}},
                     {"ignored", Text{"about.code.ignored", {}}}};
    samples.push_back({"message", "known", with(message, {{"known", known}})});

    Json notice = with(frame("/notice"), {{"done", false},
                                          {"freeze", duration(72h)},
                                          {"restored", Json::array({{{"title", "Code by email"}}})},
                                          {"form", form("/notice", {{"token", "t0"}})}});
    samples.push_back({"notice_link", "", notice});
    samples.push_back({"notice_link", "done", with(notice, {{"done", true}, {"form", false}})});
}

Json item(const std::string& name, const std::string& id) {
    return {{"name", name},
            {"id", id},
            {"added", instant(kNow - 2400h)},
            {"rename", form("/account/email-code/" + id + "/name")},
            {"unconfirmed", id == "i2"},
            {"replace", form("/account/begin/email-code/" + id)},
            {"remove_url", "/account/email-code/" + id + "/remove"}};
}

void own_pages(std::vector<PageSample>& samples) {
    const auto fact = [](const std::string& name, const std::string& value) {
        return Json{{"label", Text{"fact." + name, {}}}, {"value", value}};
    };
    const Json codes = {
        {"title", "Code by email"},
        {"id", "email-code"},
        {"state", Text{"enrollment.active", {}}},
        {"ready", true},
        {"attention", false},
        {"serves", {{{"process", "Reset my password"}}, {{"process", "Unlock my account"}}}},
        {"blocked_until", false},
        {"summary", Text{"recovery_codes.left", {{"left", std::int64_t{7}}}}},
        {"expires", Text{"account.expires", {{"expires", kNow + 240h}}}},
        {"automatic", true},
        {"used", instant(kNow - 700h)},
        {"items",
         {item("At home – amy@example.com", "i1"), item("amy.lee.private@mail.example.net", "i2")}},
        {"add", form("/account/begin/email-code")},
        {"add_label", Text{"account.add_another", {}}},
        {"try", false},
        {"try_url", "/account/test/email-code"},
        {"remove_url", ""}};
    const Json pin = {{"title", "Authenticator app"},
                      {"id", "authenticator"},
                      {"state", Text{"enrollment.none", {}}},
                      {"ready", false},
                      {"attention", false},
                      {"serves", Json::array({{{"process", "Reset my password"}}})},
                      {"blocked_until", false},
                      {"summary", false},
                      {"expires", false},
                      {"automatic", false},
                      {"used", false},
                      {"items", Json::array()},
                      {"add", form("/account/begin/authenticator")},
                      {"add_label", Text{"account.set_up", {}}},
                      {"try", false},
                      {"try_url", ""},
                      {"remove_url", ""}};
    const Json recovery = with(pin, {{"title", "Recovery codes"},
                                     {"id", "recovery-codes"},
                                     {"state", Text{"enrollment.active", {}}},
                                     {"ready", true},
                                     {"summary", codes.at("summary")},
                                     {"blocked_until", instant(kNow + 15min)},
                                     {"add_label", Text{"recovery_codes.renew", {}}},
                                     {"try", form("/account/open/recovery-codes")},
                                     {"remove_url", "/account/remove/recovery-codes"}});
    const Json questions = with(pin, {{"title", "Security questions"},
                                      {"id", "security-questions"},
                                      {"state", Text{"enrollment.stale", {}}},
                                      {"attention", true},
                                      {"add_label", Text{"security_questions.renew", {}}}});
    const Json account = {
        {"person", "Amy Lee"},
        {"done", Text{"account.added", {}}},
        {"frozen", false},
        {"facts",
         {fact("user_name", "amy.lee"), fact("display_name", "Amy Lee"),
          fact("email", "amy.lee@example.org"), fact("employee_number", "10442")}},
        {"processes",
         {{{"title", "Reset my password"}, {"ready", true}, {"missing", 0}, {"needed", 1}},
          {{"title", "Unlock my account"}, {"ready", false}, {"missing", 1}, {"needed", 2}}}},
        {"verifications", {codes, pin, recovery, questions}},
        {"related", {{"links", factors()}}}};
    samples.push_back({"account", "", with(own_frame("/account"), account)});
    samples.push_back(
        {"account", "empty",
         with(with(own_frame("/account"), account), {{"done", false},
                                                     {"frozen", instant(kNow + 72h)},
                                                     {"processes", Json::array()},
                                                     {"verifications", Json::array()}})});

    samples.push_back({"prove", "",
                       with(own_frame("/account/prove/soft-pin"),
                            {{"title", Text{"account.prove.title", {}}},
                             {"lead", Text{"account.prove.lead", {}}},
                             {"options",
                              {{{"label", Text{"email_code.choose", {{"to", "a••••@e••••.org"}}}},
                                {"note", "Code by email"},
                                {"form", form("/account/open/email-code", {{"destination", "d1"}})},
                                {"blocked_until", false}},
                               {{"label", "Authenticator app"},
                                {"note", ""},
                                {"form", false},
                                {"blocked_until", instant(kNow + 15min)}}}},
                             {"back_url", "/account"}})});

    Json enroll = with(own_frame("/account/email-code/add"),
                       {{"verification", "Code by email"},
                        {"delivery", false},
                        {"attempts_left", false},
                        {"form", form("/account/email-code/add")},
                        {"cancel", form("/account/email-code/cancel")}});
    samples.push_back({"enroll", "", with(enroll, prompt_view(address_prompt()))});
    samples.push_back(
        {"enroll", "errors",
         with(enroll, prompt_view(address_prompt(),
                                  {{"address", "bad", {"problem.email_code_bad_address", {}}}},
                                  {{"address", "amy at example"}, {"name", "at home"}}))});
    samples.push_back(
        {"enroll", "code",
         with(with(enroll, prompt_view(code_prompt())),
              {{"delivery", delivery_view({Delivery::State::accepted, kNow + 3s, {}})}})});
    samples.push_back({"confirm", "",
                       with(own_frame("/account/email-code/i1/remove"),
                            {{"title", Text{"account.remove.title", {{"name", "amy@example.com"}}}},
                             {"body", Text{"account.remove.body", {{"name", "amy@example.com"}}}},
                             {"submit", Text{"account.remove.submit", {}}},
                             {"form", form("/account/email-code/i1/remove")},
                             {"back_url", "/account"}})});
    samples.push_back({"set_up", "",
                       with(own_frame("/account/enroll/soft-pin"),
                            {{"title", Text{"account.set_up.title", {{"title", "Soft PIN"}}}},
                             {"body", Text{"account.set_up.body", {}}},
                             {"submit", Text{"account.set_up.submit", {}}},
                             {"form", form("/account/begin/soft-pin")},
                             {"back_url", "/account"}})});
}

void demonstration(std::vector<PageSample>& samples) {
    const auto line = [](const std::string& subject, TimePoint sent) {
        return Json{{"url", "/demo/mailbox/m1"},
                    {"to", "amy.lee@example.org"},
                    {"subject", subject},
                    {"sent", instant(sent)},
                    {"channel", "email"}};
    };
    samples.push_back(
        {"mailbox", "",
         with(frame("/demo/mailbox"), {{"messages",
                                        {line("Your password was changed", kNow),
                                         line("Your code from Example", kNow - 3min)}}})});
    samples.push_back(
        {"mailbox", "empty", with(frame("/demo/mailbox"), {{"messages", Json::array()}})});
    samples.push_back(
        {"mailbox_message", "",
         with(frame("/demo/mailbox/m1"),
              {{"to", "amy.lee@example.org"},
               {"subject", "Your code from Example"},
               {"sent", instant(kNow)},
               {"text", "Your code\n\n  482 913\n\nType it on the page where you asked for it.\n"},
               {"html_url", "/demo/mailbox/m1/html"},
               {"mailbox_url", "/demo/mailbox"}})});
    samples.push_back({"mailbox_message", "sms",
                       with(frame("/demo/mailbox/m2"), {{"to", "+1 555 0100"},
                                                        {"subject", ""},
                                                        {"sent", instant(kNow)},
                                                        {"text", "482 913 is your code."},
                                                        {"html_url", ""},
                                                        {"mailbox_url", "/demo/mailbox"}})});
}

}  // namespace

std::vector<PageSample> page_samples() {
    std::vector<PageSample> samples;
    starting_pages(samples);
    request_pages(samples);
    closing_pages(samples);
    own_pages(samples);
    demonstration(samples);
    return samples;
}

}  // namespace latchkey
