#include "web/outbound/enrollment_hook.h"

#include "engine/unicode.h"
#include "web/outbound/webhook_signature.h"

#include <stdexcept>

namespace latchkey {
namespace {

constexpr std::size_t kLongestMessage = 300;  // code points

/// What may be shown of it; empty: nothing.
std::string readable(const Json& message) {
    if (!message.is_string()) return {};
    const auto text = to_nfc(message.get<std::string>());
    if (!text || has_control_characters(*text) || code_points(*text) > kLongestMessage) return {};
    return std::string(trimmed(*text));
}

class EnrollmentHook final : public EnrollmentCheck {
 public:
    EnrollmentHook(EnrollmentHookSettings settings, const Clock& clock, Random& random)
        : settings_(std::move(settings)),
          signer_(settings_.secret),
          clock_(clock),
          random_(random) {}

    Verdict ask(const SubmittedEnrollment& submitted) override {
        const TimePoint now = clock_.now();
        const std::string body = Json{
            {"type", "enrollment.submitted"},
            {"timestamp", rfc3339(now)},
            {"data",
             {{"user_name", submitted.account.user_name},
              {"locale", submitted.account.locale},
              {"groups", submitted.account.groups},
              {"verification", submitted.verification},
              {"kind", submitted.type},
              {"items",
               submitted.items}}}}.dump();
        GatewayRequest request{.method = "POST",
                               .url = settings_.url,
                               .headers = signer_.headers(random_token(random_), now, body),
                               .body = body};
        request.headers.emplace_back("Content-Type: application/json");
        request.headers.emplace_back("Accept: application/json");
        const auto answered = http_call(request, settings_.limits, {});
        if (const auto* const nothing = std::get_if<NoAnswer>(&answered))
            return unanswered(nothing->reason);
        return read(std::get<GatewayAnswer>(answered));
    }

 private:
    Verdict unanswered(std::string trouble) const {
        return {.taken = settings_.accept_unanswered, .trouble = std::move(trouble)};
    }

    Verdict read(const GatewayAnswer& answer) const {
        if (answer.status < 200 || answer.status > 299)
            return unanswered("status " + std::to_string(answer.status));
        const Json json = Json::parse(answer.body, nullptr, false);
        const auto allow = json.is_object() ? json.find("allow") : json.end();
        if (allow == json.end() || !allow->is_boolean())
            return unanswered("the answer is not what it should be");
        if (allow->get<bool>()) return {};
        return {.taken = false, .message = readable(json.value("message", Json()))};
    }

    EnrollmentHookSettings settings_;
    WebhookSigner signer_;
    const Clock& clock_;
    Random& random_;
};

}  // namespace

std::unique_ptr<EnrollmentCheck> make_enrollment_hook(EnrollmentHookSettings settings,
                                                      const Clock& clock, Random& random) {
    if (!safe_gateway_url(settings.url))
        throw std::invalid_argument("the url must begin with https://, or be http on this machine");
    return std::make_unique<EnrollmentHook>(std::move(settings), clock, random);
}

}  // namespace latchkey
